"""Other people's sign-ins in the admin site: looked at, and ended."""

from phr.accounts.models import LoginSession
from phr.audit.models import AccessEntry
from tests.admin.conftest import with_permissions

SESSIONS = "/admin/accounts/loginsession/"


def test_ending_a_sign_in_takes_effect_at_once(rita, browser, alice, api):
    phone, tablet = api("alice"), api("alice")
    first = LoginSession.objects.filter(user=alice.user).earliest("pk")
    body = {"action": "end", "_selected_action": [first.pk]}

    response = browser(rita).post(SESSIONS, body, follow=True)

    assert "Sign-ins ended: 1." in response.content.decode()
    assert phone.get("/api/auth/profile/").status_code == 401
    assert tablet.get("/api/auth/profile/").status_code == 200
    line = AccessEntry.objects.get(action="accounts.session_ended_by_staff")
    assert line.patient_id == alice.pk


def test_who_may_only_look_ends_no_sign_in(nina, browser, alice, api):
    with_permissions(nina, "view_loginsession")
    phone = api("alice")
    session = LoginSession.objects.get(user=alice.user)
    body = {"action": "end", "_selected_action": [session.pk]}

    browser(nina).post(SESSIONS, body)

    assert phone.get("/api/auth/profile/").status_code == 200
    assert not AccessEntry.objects.filter(action__endswith="_by_staff").exists()
