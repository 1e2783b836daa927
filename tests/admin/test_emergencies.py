"""Staff review emergency accesses in the admin site, each once."""

import pytest
from django.urls import reverse
from django.utils import timezone

from phr.audit.models import AccessEntry, Basis
from phr.care.choices import GrantStatus
from phr.care.grants import end_grant
from phr.care.models import EmergencyAccess
from phr.core.ids import uuid7
from phr.notifications.models import Notification
from tests.cast import with_permissions
from tests.factories import EmergencyAccessFactory, HealthRecordFactory
from tests.rows import nothing_written

QUEUE = "/admin/care/emergencyaccess/"
JUSTIFIED = {"verdict": "JUSTIFIED", "note": "Confirmed by the ward."}


@pytest.fixture
def emergency(alice, dr_eve):
    return EmergencyAccessFactory(grant__patient=alice, grant__doctor=dr_eve)


def review_page(emergency):
    return reverse("admin:care_emergencyaccess_review", args=[emergency.pk])


def test_a_review_is_noted_entered_and_told_to_both(
    emergency, alice, dr_eve, rita, browser, deliver
):
    response = browser(rita).post(review_page(emergency), JUSTIFIED)
    deliver()

    assert response.status_code == 302
    emergency.refresh_from_db()
    assert (emergency.verdict, emergency.reviewed_by) == ("JUSTIFIED", rita)
    assert emergency.review_note == "Confirmed by the ward."
    assert emergency.reviewed_at <= timezone.now()
    line = AccessEntry.objects.get(action="care.emergency_reviewed")
    assert (line.actor_id, line.basis) == (rita.pk, Basis.STAFF)
    assert (line.patient_id, line.grant_id) == (alice.pk, emergency.grant_id)
    told = Notification.objects.filter(notification_type="EMERGENCY_ACCESS")
    assert {row.recipient for row in told} == {alice.user, dr_eve.user}
    assert not any("ward" in row.message for row in told)
    emergency.grant.refresh_from_db()
    assert emergency.grant.status == GrantStatus.ACTIVE


def test_what_was_not_justified_ends_with_the_review(
    emergency, alice, rita, browser, api
):
    record = HealthRecordFactory(patient=alice)
    url = f"/api/health-records/{record.pk}/"
    assert api("dr_eve").get(url).status_code == 200

    browser(rita).post(review_page(emergency), {"verdict": "UNJUSTIFIED"})

    emergency.grant.refresh_from_db()
    assert emergency.grant.status == GrantStatus.ENDED
    assert emergency.grant.ended_by == rita
    assert api("dr_eve").get(url).status_code == 404


def test_what_was_ended_already_can_be_found_not_justified(
    emergency, alice, rita, browser
):
    grant = end_grant(actor=alice.user, grant_id=emergency.grant_id, at=timezone.now())

    browser(rita).post(review_page(emergency), {"verdict": "UNJUSTIFIED"})

    emergency.refresh_from_db()
    assert emergency.verdict == "UNJUSTIFIED"
    assert (emergency.grant.ended_by, emergency.grant.ended_at) == (
        alice.user,
        grant.ended_at,
    )


def test_a_second_review_is_refused(emergency, rita, browser):
    client = browser(rita)
    client.post(review_page(emergency), JUSTIFIED)

    with nothing_written():
        response = client.post(review_page(emergency), {"verdict": "UNJUSTIFIED"})

    assert "This emergency access was already reviewed" in response.content.decode()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "verdict"),
        ({"verdict": "PERHAPS"}, "verdict"),
        ({"verdict": "JUSTIFIED", "note": "x" * 501}, "note"),
    ],
)
def test_a_review_that_is_not_whole_is_none(emergency, rita, browser, values, field):
    client = browser(rita)

    with nothing_written():
        response = client.post(review_page(emergency), values)

    assert list(response.context["form"].errors) == [field]


@pytest.mark.parametrize("method", ["get", "post"])
def test_reviewing_needs_its_permission(emergency, nina, browser, method):
    with_permissions(nina, "view_emergencyaccess", "change_caregrant")
    client = browser(nina)

    with nothing_written():
        response = getattr(client, method)(review_page(emergency), JUSTIFIED)

    assert response.status_code == 403
    page = client.get(f"{QUEUE}{emergency.pk}/change/").content.decode()
    assert review_page(emergency) not in page


def test_who_may_review_is_led_there_until_it_is_done(emergency, nina, browser):
    with_permissions(nina, "view_emergencyaccess", "change_emergencyaccess")
    client, page = browser(nina), f"{QUEUE}{emergency.pk}/change/"

    assert review_page(emergency) in client.get(page).content.decode()
    assert client.post(review_page(emergency), JUSTIFIED).status_code == 302
    assert review_page(emergency) not in client.get(page).content.decode()


def test_an_emergency_that_was_none_is_not_found(rita, browser):
    page = reverse("admin:care_emergencyaccess_review", args=[uuid7()])

    assert browser(rita).get(page).status_code == 404


def test_what_is_to_be_reviewed_stands_first_and_can_be_had_alone(rita, browser):
    waiting = EmergencyAccessFactory()
    reviewed = EmergencyAccessFactory(verdict="JUSTIFIED", reviewed_at=timezone.now())
    client = browser(rita)

    rows = client.get(QUEUE).context["cl"].result_list
    assert [row.pk for row in rows] == [waiting.pk, reviewed.pk]
    rows = client.get(QUEUE, {"reviewed_at__isempty": "1"}).context["cl"].result_list
    assert [row.pk for row in rows] == [waiting.pk]
    rows = client.get(QUEUE, {"verdict__exact": "JUSTIFIED"}).context["cl"].result_list
    assert [row.pk for row in rows] == [reviewed.pk]


def test_that_nothing_was_read_is_said_too(emergency, rita, browser):
    content = browser(rita).get(review_page(emergency)).content.decode()

    assert "<dd>0</dd>" in content
    assert "<dd>None</dd>" not in content


def test_the_page_shows_what_there_is_to_judge_by(
    emergency, alice, alices_record, rita, browser, api
):
    doctor = api("dr_eve")
    for _ in range(3):
        doctor.get(f"/api/health-records/{alices_record.pk}/")
    api("dr_eve").get("/api/health-records/my-patients/")
    end_grant(actor=alice.user, grant_id=emergency.grant_id, at=timezone.now())

    for page in (review_page(emergency), f"{QUEUE}{emergency.pk}/change/"):
        response = browser(rita).get(page)
        content = response.content.decode()
        for fact in (
            "Dr. Eve Lind",
            "Alice Moreau",
            "The patient cannot be asked",
            "Found unconscious in the street.",
        ):
            assert fact in content, (page, fact)
        assert alices_record.title not in content
    facts = dict(browser(rita).get(review_page(emergency)).context["facts"])
    assert facts["Entries in the ledger"] == 4
    assert facts["Ended by"] == str(alice.user)
    assert EmergencyAccess.objects.get().reviewed_at is None
