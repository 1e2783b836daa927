"""Whoever has one right alone opens the pages of that right, and no other page."""

import pytest
from django.test import Client

from phr.accounts.models import User
from phr.accounts.rights import Right
from tests.access.browsers import browser_of
from tests.cast import with_permissions

# Each page about something that a right could be needed for, with those that open it.
DOCTOR = {Right.SEE_DOCTORS, Right.VERIFY_DOCTORS}
GRANT = {Right.SEE_GRANTS, Right.END_GRANTS}
PERSON = {Right.SEE_PEOPLE, Right.CHANGE_PEOPLE}
REVIEWS = {Right.REVIEW_EMERGENCIES}
PAGES: dict[str, set[Right]] = {
    "/staff/assign/": {Right.ASSIGN_DOCTORS},
    "/staff/doctors/{doctor}/decide/": {Right.VERIFY_DOCTORS},
    "/staff/emergencies/{emergency}/review/": REVIEWS,
    "/admin/care/doctorprofile/": DOCTOR,
    "/admin/care/doctorprofile/{doctor}/change/": DOCTOR,
    "/admin/care/doctorprofile/{doctor}/history/": DOCTOR,
    "/admin/care/doctorprofile/{doctor}/decide/": {Right.VERIFY_DOCTORS},
    "/admin/care/doctorprofile/{doctor}/delete/": set(),
    "/admin/care/doctorverification/": {Right.SEE_LICENSES},
    "/admin/care/emergencyaccess/": REVIEWS,
    "/admin/care/emergencyaccess/{emergency}/change/": REVIEWS,
    "/admin/care/emergencyaccess/{emergency}/review/": REVIEWS,
    "/admin/care/caregrant/": GRANT,
    "/admin/care/caregrant/add/": {Right.ASSIGN_DOCTORS},
    "/admin/care/caregrant/{grant}/change/": GRANT,
    "/admin/care/caregrant/{grant}/delete/": set(),
    "/admin/care/patientprofile/": {Right.SEE_PATIENTS},
    "/admin/care/patientprofile/{patient}/change/": {Right.SEE_PATIENTS},
    "/admin/care/patientprofile/{patient}/clinical-text/": set(),
    "/admin/health_records/healthrecord/": set(),
    "/admin/health_records/doctorcomment/": set(),
    "/admin/health_records/accountusage/": set(),
    "/admin/accounts/user/": PERSON,
    "/admin/accounts/user/add/": {Right.ADD_PEOPLE},
    "/admin/accounts/user/{user}/change/": PERSON,
    "/admin/accounts/user/{user}/password/": set(),
    "/admin/accounts/user/{user}/delete/": set(),
    "/admin/accounts/loginsession/": {Right.END_SIGN_INS},
    "/admin/accounts/loginsession/{session}/delete/": set(),
    "/admin/core/outboxevent/": {Right.SEE_EVENTS},
    "/admin/audit/accessentry/": set(),
    "/admin/audit/ledgerseal/": set(),
    "/admin/notifications/notification/": set(),
    "/admin/erasure/erasure/": set(),
    "/admin/auth/group/": set(),
}


def clerk_with(nina: User, right: Right) -> Client:
    return browser_of(with_permissions(nina, right.partition(".")[2]))


@pytest.mark.parametrize("right", Right)
def test_one_right_opens_its_pages_and_no_other(staff_scene, nina, right):
    client = clerk_with(nina, right)

    opened = {
        path: client.get(path.format_map(staff_scene)).status_code for path in PAGES
    }

    expected = {path: 200 if right in by else 403 for path, by in PAGES.items()}
    assert opened == expected


@pytest.mark.parametrize("right", Right)
def test_the_dashboard_leads_to_no_page_that_is_closed(staff_scene, nina, right):
    client = clerk_with(nina, right)

    page = client.get("/staff/").content.decode()

    links = {path.format_map(staff_scene): by for path, by in PAGES.items()}
    for path, by in links.items():
        assert f'href="{path}' not in page or right in by, path


def test_who_may_only_add_people_adds_one_and_does_not_see_them(nina):
    client = clerk_with(nina, Right.ADD_PEOPLE)
    newcomer = {
        "username": "newcomer",
        "user_type": "PATIENT",
        "first_name": "New",
        "last_name": "Comer",
        "email": "newcomer@example.org",
    }

    added = client.post("/admin/accounts/user/add/", newcomer)

    assert (added.status_code, added.headers["Location"]) == (302, "/admin/")
    made = User.objects.get(username="newcomer")
    assert "New Comer" in client.get("/admin/").content.decode()
    page = f"/admin/accounts/user/{made.pk}/change/"
    assert client.get(page).status_code == 403
    staff = newcomer | {"username": "second", "user_type": "ADMIN"}
    assert (
        b"Only superusers make accounts for staff"
        in client.post("/admin/accounts/user/add/", staff).content
    )
    assert not User.objects.filter(username="second").exists()
