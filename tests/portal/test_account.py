"""One's own account in the portal: details, address, password, messages, leaving."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from phr.accounts.addresses import has_confirmed_address
from phr.accounts.models import LoginSession, User
from phr.archive.models import Export
from phr.archive.worker import prepare_export
from phr.core.models import OutboxEvent
from phr.erasure.models import Erasure
from phr.notifications.models import NotificationType
from phr.notifications.preferences import preferences_of
from tests.access.browsers import SIX_MINUTES, browser_of
from tests.factories import PASSWORD, ExportFactory
from tests.identity.account_steps import NEW_PASSWORD, TWICE, confirm_address
from tests.portal.reading import queries_of
from tests.rows import nothing_written

ACCOUNT = "/account/"
DETAILS, ADDRESS = ACCOUNT + "details/", ACCOUNT + "address/"
CHANGE, NOTICES = ACCOUNT + "password/", ACCOUNT + "notices/"
SESSIONS, EXPORT, DELETE = (
    ACCOUNT + "sessions/",
    ACCOUNT + "export/",
    ACCOUNT + "delete/",
)
AGAIN = {"again-password": PASSWORD}
pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def alices(alice: Any) -> Client:
    return browser_of(alice.user)


@pytest.fixture
def late(alice: Any) -> Client:
    """A browser in which Alice gave her password six minutes ago."""
    return browser_of(alice.user, proof=SIX_MINUTES)


def details(**changes: str) -> dict[str, str]:
    same = {"first_name": "Alice", "last_name": "Moreau"}
    return same | changes


def test_the_bar_leads_to_the_account_and_it_says_what_is_missing(alices):
    assert 'href="/account/"' in text_of(alices.get("/records/"))

    page = text_of(alices.get(ACCOUNT))

    assert "is not confirmed yet" in page
    assert "has a password only" in page


@pytest.mark.parametrize(
    "path",
    [ACCOUNT, DETAILS, NOTICES, SESSIONS, EXPORT, DELETE, ACCOUNT + "second-factor/"],
)
def test_a_page_costs_eight_queries_however_much_there_is(alices, alice, api, path):
    for _ in range(6):
        api("alice")
        ExportFactory(user=alice.user, ready=True)

    assert len(queries_of(alices, path)) <= 8


def test_a_patient_changes_what_doctors_see_of_them(alices, alice):
    done = alices.post(
        DETAILS,
        details(
            phone_number="+31201234567",
            date_of_birth="1961-05-04",
            emergency_contact="Ben, +31 20 765",
            blood_type="AB-",
            allergies="Penicillin\n nuts",
        ),
    )

    assert done.status_code == 302
    alice.refresh_from_db()
    assert (alice.blood_type, alice.allergies) == (
        "AB-",
        "Penicillin\r\n nuts".replace("\r", ""),
    )
    assert alice.user.date_of_birth.isoformat() == "1961-05-04"
    page = text_of(alices.get(DETAILS))
    for shown in ('value="1961-05-04"', 'value="Ben, +31 20 765"', "Penicillin"):
        assert shown in page


def test_what_others_know_one_by_wants_the_password_on_the_way(late, alice):
    with nothing_written():
        asked = late.post(DETAILS, details(last_name="Other", allergies="<b>nuts"))

    page = text_of(asked)
    assert 'action="?again="' in page
    assert 'name="last_name" value="Other"' in page
    assert "&lt;b&gt;nuts" in page
    body = details(last_name="Other", allergies="nuts")
    wrong = late.post(f"{DETAILS}?again=", body | {"again-password": "wrong"})
    assert wrong.status_code in (400, 401, 403)
    assert late.post(f"{DETAILS}?again=", body | AGAIN).status_code == 302
    assert User.objects.get(pk=alice.user_id).last_name == "Other"


def test_a_verified_doctor_stays_who_staff_have_verified(dr_bob):
    doctor = browser_of(dr_bob.user)
    name = {"first_name": "Robert", "last_name": dr_bob.user.last_name}
    known = {"specialization": dr_bob.specialization}
    known |= {"license_number": dr_bob.license_number}

    refused = doctor.post(DETAILS, name | known)

    assert refused.status_code == 409
    assert "Staff have verified this" in text_of(refused)
    assert "allergies" not in text_of(refused)


def test_a_new_address_is_asked_to_be_confirmed_and_the_old_one_told(alices, alice):
    confirm_address(alice.user)

    done = alices.post(ADDRESS, {"email": "new@Example.org"})

    assert done.headers["Location"] == "/account/confirm-email/?sent"
    user = User.objects.get(pk=alice.user_id)
    assert user.email == "new@example.org"
    assert not has_confirmed_address(user)
    kinds = set(OutboxEvent.objects.values_list("kind", flat=True))
    assert {"accounts.email_changed", "accounts.address_to_confirm"} <= kinds


def test_another_address_wants_the_password_and_goes_five_times_an_hour(late, alices):
    assert 'name="again-password"' in text_of(late.post(ADDRESS, {"email": "a@b.org"}))

    answers = [
        alices.post(ADDRESS, {"email": f"new{number}@example.org"}).status_code
        for number in range(6)
    ]

    assert answers == [302] * 5 + [429]


def test_a_new_password_keeps_this_browser_and_ends_the_others(alices, alice, api):
    other, phone = browser_of(alice.user), api("alice")
    assert other.get(ACCOUNT).status_code == 200
    before = alices.session.session_key

    done = alices.post(CHANGE, TWICE | {"current_password": PASSWORD})

    assert done.status_code == 302
    assert alices.session.session_key != before
    assert alices.get(ACCOUNT).status_code == 200
    assert other.get(ACCOUNT).status_code == 302
    assert phone.get("/api/auth/profile/").status_code == 401
    assert User.objects.get(pk=alice.user_id).check_password(NEW_PASSWORD)


def test_the_present_password_is_guessed_ten_times_at_most(alices):
    body = TWICE | {"current_password": "wrong"}

    answers = [alices.post(CHANGE, body).status_code for _ in range(11)]

    assert len(set(answers[:10])) == 1
    assert answers[0] in (400, 403)
    assert answers[10] == 429
    assert NEW_PASSWORD not in text_of(alices.post(CHANGE, body))


def test_sessions_say_what_and_since_when_and_are_ended(alices, alice, api):
    api("alice")
    LoginSession.objects.filter(user=alice.user).update(
        user_agent="Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/143.0"
    )

    page = text_of(alices.get(SESSIONS))

    assert "Firefox on Windows" in page
    assert page.count('class="badge"') == 1
    session = LoginSession.objects.get(user=alice.user)
    done = alices.post(f"{SESSIONS}{session.pk}/end/", follow=True)
    assert "You are signed out there." in text_of(done)
    assert "Firefox on Windows" not in text_of(done)


def test_a_browser_elsewhere_is_signed_out_from_here(alices, alice):
    stolen = Client(headers={"user-agent": "Safari on an iPhone"})
    stolen.post("/sign-in/", {"username": "alice", "password": PASSWORD})
    (path,) = [
        path
        for path in re.findall(
            r'action="(/account/sessions/[^"]+/end/)"', text_of(alices.get(SESSIONS))
        )
        if "Safari" in text_of(alices.get(SESSIONS)).split(path)[0].rsplit("<li>", 1)[1]
    ]

    assert alices.post(path).status_code == 302

    assert stolen.get(ACCOUNT).status_code == 302
    assert alices.get(ACCOUNT).status_code == 200


def test_nobody_ends_the_session_of_somebody_else(alices, carol, api):
    phone = api("carol")
    session = LoginSession.objects.get(user=carol.user)

    assert alices.post(f"{SESSIONS}{session.pk}/end/").status_code == 404
    assert phone.get("/api/auth/profile/").status_code == 200


def test_signing_out_everywhere_ends_this_browser_too(alices, alice, api):
    phone, other = api("alice"), browser_of(alice.user)
    assert other.get(ACCOUNT).status_code == 200

    out = alices.post(SESSIONS + "end-all/", follow=True)

    assert "You are signed out everywhere." in text_of(out)
    for client in (alices, other):
        assert client.get(ACCOUNT).status_code == 302
    assert phone.get("/api/auth/profile/").status_code == 401


def ticked(page: str) -> dict[str, str]:
    boxes = re.findall(r'<input type="checkbox" name="([^"]+)"([^>]*)>', page)
    return {name: "on" for name, more in boxes if "checked" in more}


def test_one_is_told_as_one_wishes_but_of_safety_always(alices, alice):
    boxes = ticked(text_of(alices.get(NOTICES)))
    assert "comment_added-email" not in boxes

    del boxes["care_requested-email"]
    done = alices.post(NOTICES, boxes | {"comment_added-email": "on"})

    assert done.status_code == 302
    wishes = {each.notification_type: each for each in preferences_of(alice.user)}
    assert not wishes[NotificationType.CARE_REQUESTED].email
    assert wishes[NotificationType.COMMENT_ADDED].email
    assert wishes[NotificationType.SECURITY].email


def test_to_hear_less_wants_the_password_to_hear_more_does_not(late, alice):
    boxes = ticked(text_of(late.get(NOTICES)))
    assert late.post(NOTICES, boxes | {"comment_added-email": "on"}).status_code == 302

    boxes = ticked(text_of(late.get(NOTICES)))
    del boxes["care_requested-email"]
    with nothing_written():
        asked = late.post(NOTICES, boxes)

    assert 'name="again-password"' in text_of(asked)


def test_an_export_is_asked_for_watched_and_fetched(alices, alice):
    assert "You have not asked for one yet." in text_of(alices.get(EXPORT))
    assert alices.post(EXPORT).status_code == 302
    waiting = text_of(alices.get(EXPORT))
    assert "Being made" in waiting
    assert "<progress" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    assert '<meta http-equiv="refresh"' in waiting

    export = Export.objects.get(user=alice.user)
    prepare_export(export.pk, at=timezone.now())

    ready = text_of(alices.get(EXPORT))
    assert "<progress" not in ready
    assert '<meta http-equiv="refresh"' not in ready
    file = alices.post(f"{EXPORT}{export.pk}/download/")
    assert file.status_code == 200
    assert b"".join(file.streaming_content).startswith(b"PK")


def test_the_file_is_not_fetched_by_a_mere_link_nor_without_the_password(late, alice):
    export = ExportFactory(user=alice.user, ready=True)
    path = f"{EXPORT}{export.pk}/download/"

    assert late.get(path).status_code == 405
    assert 'name="again-password"' in text_of(late.post(path))
    assert (
        late.post(f"{path}?again=", AGAIN).headers["Content-Type"] == "application/zip"
    )


def test_closing_the_account_can_be_taken_back_for_a_week(alices, alice):
    assert "You have 7 days to change your mind." in text_of(alices.get(DELETE))
    asked = alices.post(DELETE, follow=True)
    assert "Your account will be closed" in text_of(asked)
    erasure = Erasure.objects.get()
    assert erasure.due_at - erasure.requested_at == timedelta(days=7)
    assert f"/account/receipts/{erasure.pk}/" in text_of(asked)
    assert Client().get(f"/account/receipts/{erasure.pk}/").status_code == 404

    kept = alices.post(DELETE + "cancel/", follow=True)

    assert "Your account stays." in text_of(kept)
    erasure.refresh_from_db()
    assert erasure.cancelled_at


def test_the_receipt_is_read_without_an_account(settings):
    settings.INSTALLATION_TIME_ZONE = "Asia/Kathmandu"
    Erasure.objects.create(
        user_id="01a22e0c-90f0-701d-a118-72641f0d217b",
        requested_at=datetime(2026, 5, 3, 20, tzinfo=UTC),
        due_at=timezone.now(),
        begun_at=timezone.now(),
        erased_at=timezone.now(),
        counts={"notifications_of_others": 12},
    )

    page = text_of(Client().get(f"/account/receipts/{Erasure.objects.get().pk}/"))

    assert "An account was deleted" in page
    assert "It was asked for on 4 May 2026, 01:45 (Asia/Kathmandu), and done" in page
    assert "Notifications that others had of it</th><td>12</td>" in page


def test_five_times_a_day_one_may_change_ones_mind(alices):
    answers = []
    for _ in range(6):
        answers.append(alices.post(DELETE).status_code)
        alices.post(DELETE + "cancel/")

    assert answers == [302] * 5 + [429]
