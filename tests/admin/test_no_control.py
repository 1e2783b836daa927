"""No staff action gives control of an account."""

from datetime import timedelta
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.links import confirmation_key
from phr.accounts.models import Mail, User
from phr.audit.models import AccessEntry, Basis, Outcome
from phr.identity.email_confirmation import confirm_email
from phr.notifications.models import Notification, NotificationType
from tests.admin.test_accounts import change, manager
from tests.admin.test_addresses import MOVED, confirm_address, who_gets_a_link
from tests.cast import with_permissions
from tests.factories import StaffFactory
from tests.identity.steps import events_of, log_in
from tests.problem_answers import problem_of
from tests.rows import all_rows

__all__ = ["manager"]  # a fixture

NOBODY = UUID(int=0)
RESEND = "/api/auth/email/resend/"


@pytest.fixture
def clerk(manager: User) -> User:
    """Staff who may change addresses as well."""
    return with_permissions(manager, "change_address")


def set_address(client, user, address=MOVED):
    assert change(client, user, email=address).status_code == 302
    user.refresh_from_db()


def test_a_change_of_address_needs_a_right_of_its_own(manager, browser, alice):
    client = browser(manager)
    before = all_rows()

    assert change(client, alice.user, email=MOVED).status_code == 403

    assert all_rows() == before
    line = AccessEntry.objects.get(action="accounts.address_changed_by_staff")
    assert (line.outcome, line.patient_id) == (Outcome.REFUSED, alice.pk)


def test_so_does_a_change_of_the_birth_date_that_emergency_access_asks_for(
    manager, browser, alice
):
    client = browser(manager)

    assert change(client, alice.user, date_of_birth="1990-01-01").status_code == 403
    with_permissions(manager, "change_birth_date")
    assert change(client, alice.user, date_of_birth="1990-01-01").status_code == 302

    lines = AccessEntry.objects.filter(action="accounts.birth_date_changed_by_staff")
    assert [line.outcome for line in lines.order_by("pk")] == ["REFUSED", "ALLOWED"]


def test_a_clerk_who_enters_their_own_address_gets_no_link(
    clerk, browser, alice, deliver
):
    confirm_address(alice.user)
    deliver()

    set_address(browser(clerk), alice.user)
    deliver()

    assert not Mail.objects.filter(address=MOVED).exists()
    assert not EmailAddress.objects.filter(email=MOVED).exists()
    with pytest.raises(EmailAddress.DoesNotExist):
        confirmation_key(alice.user, MOVED)
    assert who_gets_a_link(MOVED) == NOBODY
    assert who_gets_a_link("alice@example.org") == alice.user_id


def test_password_and_factors_stay_and_the_address_signs_nobody_in(
    clerk, browser, alice, api
):
    before = User.objects.get(pk=alice.user_id).password
    phone = api("alice")

    set_address(browser(clerk), alice.user)

    assert User.objects.get(pk=alice.user_id).password == before
    assert phone.get("/api/auth/profile/").status_code == 200
    assert log_in(MOVED).status_code == 401
    assert log_in().status_code == 200


def test_owner_old_address_and_access_log_say_who_did_it(
    clerk, browser, alice, api, deliver
):
    confirm_address(alice.user)
    deliver()
    Notification.objects.all().delete()
    Mail.objects.all().delete()

    set_address(browser(clerk), alice.user)
    deliver()

    told = Notification.objects.get(recipient=alice.user)
    assert told.notification_type == NotificationType.SECURITY
    assert told.title == "Staff have changed your e-mail address"
    assert [mail.address for mail in Mail.objects.all()] == ["alice@example.org"]
    log = api("alice").get("/api/access-log/").json()["results"]
    (line,) = [row for row in log if "changed_by_staff" in row["action"]]
    assert line["action"] == "accounts.address_changed_by_staff"
    assert line["basis"] == Basis.STAFF
    assert str(clerk) in str(line)


def test_the_owner_takes_it_on_signed_in_and_it_cools_before_it_resets(
    clerk, browser, alice, api, deliver, settings
):
    set_address(browser(clerk), alice.user)

    assert api("alice").post(RESEND).status_code == 202
    confirm_email(key=confirmation_key(alice.user, MOVED))

    assert EmailAddress.objects.get(user=alice.user).verified
    assert who_gets_a_link(MOVED) == NOBODY
    long_ago = timezone.now() - timedelta(days=settings.ADDRESS_COOLING_DAYS)
    User.objects.filter(pk=alice.user_id).update(address_set_by_staff_at=long_ago)
    assert who_gets_a_link(MOVED) == alice.user_id


def test_taking_it_on_asks_for_a_recent_proof(clerk, browser, alice, api):
    from phr.accounts.models import LoginSession

    set_address(browser(clerk), alice.user)
    client = api("alice")
    LoginSession.objects.filter(user=alice.user).update(proved_at=None)

    problem_of(client.post(RESEND), 403, "step_up_required")


def test_the_owner_who_changes_it_back_is_as_before(clerk, browser, alice, api):
    confirm_address(alice.user)
    set_address(browser(clerk), alice.user)

    body = {"user": {"email": "alice@example.org"}}
    assert api("alice").patch("/api/auth/profile/", body).status_code == 200

    assert who_gets_a_link("alice@example.org") == alice.user_id
    assert User.objects.get(pk=alice.user_id).address_set_by_staff_at is None


def test_two_changes_in_a_row_leave_the_confirmed_address(clerk, browser, alice):
    confirm_address(alice.user)
    client = browser(clerk)

    set_address(client, alice.user)
    set_address(client, alice.user, "elsewhere@example.org")

    assert who_gets_a_link("alice@example.org") == alice.user_id
    assert who_gets_a_link("elsewhere@example.org") == NOBODY


def test_a_superuser_gets_no_further(rita, browser, alice, dr_bob):
    client = browser(rita)
    body = {
        "usable_password": "true",
        "password1": "purple monkey dish 8",
        "password2": "purple monkey dish 8",
        "set-password": "Change password",
    }
    for user in (alice.user, dr_bob.user, StaffFactory(username="olga")):
        page = f"/admin/accounts/user/{user.pk}/password/"
        assert client.get(page).status_code == 403
        assert client.post(page, body).status_code == 403
        assert User.objects.get(pk=user.pk).password == user.password
        shown = client.get(f"/admin/accounts/user/{user.pk}/change/").content.decode()
        assert "argon2" not in shown


def test_superusers_give_rights_to_others_and_not_to_themselves(rita, browser):
    right = Permission.objects.get(codename="read_clinical_text")
    other = StaffFactory(username="olga")
    client = browser(rita)

    change(client, rita, user_permissions=[right.pk])
    change(client, other, user_permissions=[right.pk])

    assert not rita.user_permissions.exists()
    assert other.user_permissions.get() == right
    assert AccessEntry.objects.filter(object_ids=[other.pk]).exists()


def test_a_link_for_a_new_password_goes_to_the_owner(manager, browser, alice):
    confirm_address(alice.user)
    body = {"action": "send_password_link", "_selected_action": [alice.user_id]}

    browser(manager).post("/admin/accounts/user/", body)

    asked = events_of("accounts.password_link_by_staff")
    assert asked == [{"user_id": str(alice.user_id)}]
    assert AccessEntry.objects.get(action="accounts.password_link_sent_by_staff")


def test_strangers_do_not_use_up_the_links_that_staff_send(
    manager, browser, alice, mailoutbox, deliver
):
    confirm_address(alice.user)
    stranger, client = APIClient(), browser(manager)
    body = {"action": "send_password_link", "_selected_action": [alice.user_id]}
    for _ in range(6):
        stranger.post("/api/auth/password/forgot/", {"email": alice.user.email})
        deliver()
    assert links_in(mailoutbox) == 5

    for _ in range(3):
        client.post("/admin/accounts/user/", body)
        deliver()

    assert links_in(mailoutbox) == 7


def links_in(mails):
    return sum(mail.subject == "Set a new password" for mail in mails)


def test_a_name_that_was_verified_is_for_who_verifies(manager, browser, dr_bob):
    client = browser(manager)

    assert change(client, dr_bob.user, last_name="Lind").status_code == 403
    with_permissions(manager, "change_doctorprofile")
    assert change(client, dr_bob.user, last_name="Flint").status_code == 302

    assert User.objects.get(pk=dr_bob.user_id).last_name == "Flint"


def test_what_the_owner_changed_meanwhile_is_not_overwritten(manager, browser, alice):
    client = browser(manager)
    page = client.get(f"/admin/accounts/user/{alice.user_id}/change/")
    seen = page.context["adminform"].form["seen_at"].value()
    alice.user.phone_number = "+31201234567"
    alice.user.save()

    answer = change(client, alice.user, phone_number="", seen_at=seen)

    assert answer.status_code == 302
    assert User.objects.get(pk=alice.user_id).phone_number == "+31201234567"


def test_staff_know_no_password_of_an_account_that_they_make(rita, browser, deliver):
    from tests.admin.test_accounts import ADD, new_person

    assert browser(rita).post(ADD, new_person()).status_code == 302
    user = User.objects.get(username="newcomer")
    assert not user.has_usable_password()

    claim_key = confirmation_key(user, user.email)
    confirm_email(key=claim_key)

    asked = events_of("accounts.password_reset_asked")
    assert asked == [{"user_id": str(user.pk)}]


def test_all_that_staff_change_is_told(manager, browser, alice, deliver):
    change(browser(manager), alice.user, phone_number="+31207654321")
    deliver()

    told = Notification.objects.get(recipient=alice.user)
    assert told.title == "Staff have changed your account"
