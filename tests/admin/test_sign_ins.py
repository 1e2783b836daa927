"""Other people's sign-ins in the admin site: looked at, and ended."""

import pytest

from phr.accounts.models import LoginSession
from phr.audit.models import AccessEntry
from tests.cast import with_permissions

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


def end_all_of(user, client):
    sessions = LoginSession.objects.filter(user=user).values_list("pk", flat=True)
    body = {"action": "end", "_selected_action": [str(pk) for pk in sessions]}
    return client.post(SESSIONS, body, follow=True)


@pytest.mark.parametrize("name", ["rita", "sam"])
def test_superusers_alone_end_sign_ins_of_staff(
    request, rita, sam, nina, browser, alice, api, name
):
    colleague = request.getfixturevalue(name)
    with_permissions(nina, "view_loginsession", "change_loginsession")
    phone, patients = api(name), api("alice")
    clerk = browser(nina)

    assert "Sign-ins ended" not in end_all_of(colleague, clerk).content.decode()
    everybody = LoginSession.objects.values_list("pk", flat=True)
    clerk.post(SESSIONS, {"action": "end", "_selected_action": list(everybody)})

    for client in (phone, patients):
        assert client.get("/api/auth/profile/").status_code == 200
    line = AccessEntry.objects.get(action="accounts.session_ended_by_staff")
    assert (line.outcome, line.actor_id) == ("REFUSED", nina.pk)
    assert line.object_ids == [colleague.pk]

    assert "Sign-ins ended: 1." in end_all_of(alice.user, clerk).content.decode()
    if colleague != rita:
        superuser = browser(rita)
        assert "Sign-ins ended: 1." in end_all_of(sam, superuser).content.decode()
        assert phone.get("/api/auth/profile/").status_code == 401


def test_staff_without_more_rights_end_sign_ins_of_their_own(nina, browser, api):
    with_permissions(nina, "view_loginsession", "change_loginsession")
    phone = api("nina")

    assert "Sign-ins ended: 1." in end_all_of(nina, browser(nina)).content.decode()

    assert phone.get("/api/auth/profile/").status_code == 401
