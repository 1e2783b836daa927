"""A stolen session of the admin site ends in hours; what is done with it must not stay.

Whatever staff do there asks for a password or a code of the last five minutes (ADR 54).
"""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import get_resolver

from phr.accounts.models import User
from tests.access.browsers import SIX_MINUTES, browser_of
from tests.access.staff_actions import (
    STAFF_ACTIONS,
    Act,
    chosen,
    say_of_person,
)
from tests.access.test_admin_site import PAGES
from tests.cases import for_each, undone
from tests.cast import with_permissions
from tests.factories import PASSWORD, HealthRecordFactory, StaffFactory
from tests.identity.account_steps import confirm_address
from tests.rows import all_rows

CONFIRM = "/admin/confirm/"


def post(path: str, **body: Any) -> Act:
    def act(client: Any, scene: dict[str, Any]) -> Any:
        filled = {name: value.format_map(scene) for name, value in body.items()}
        return client.post(path.format_map(scene), filled)

    return act


def give_person(field: str, what: str) -> Act:
    return lambda client, scene: say_of_person(field, scene[what])(client, scene)


NEWCOMER = {
    "username": "newcomer",
    "user_type": "ADMIN",
    "first_name": "New",
    "last_name": "Comer",
    "email": "newcomer@example.org",
}
ACTS = {
    action.name: action.admin
    for action in STAFF_ACTIONS
    if action.admin and ".view_" not in action.right
} | {
    "add a person": post("/admin/accounts/user/add/", **NEWCOMER),
    "make somebody a superuser": say_of_person("is_superuser", "on"),
    "put somebody in a group": give_person("groups", "group"),
    "give somebody a right": give_person("user_permissions", "right"),
    "correct a name": say_of_person("last_name", "Other"),
    "send a link for a new password": chosen(
        "accounts/user", "send_password_link", "user"
    ),
    "make a group": post("/admin/auth/group/add/", name="Others"),
    "give a group rights": post(
        "/admin/auth/group/{group}/change/", name="Desk", permissions="{right}"
    ),
    "delete a group": post("/admin/auth/group/{group}/delete/", post="yes"),
    "delete chosen groups": post(
        "/admin/auth/group/",
        action="delete_selected",
        _selected_action="{group}",
        post="yes",
    ),
    "correct a doctor's licence": post(
        "/admin/care/doctorprofile/{doctor}/change/",
        specialization="Other",
        license_number="OTHER-1",
        years_of_experience="1",
    ),
    "read clinical text": post(
        "/admin/health_records/healthrecord/{record}/clinical-text/"
    ),
    "read a patient's clinical text": post(
        "/admin/care/patientprofile/{patient}/clinical-text/"
    ),
}
# Of what nothing comes that the session's end does not end.
NEVER = {
    "logout/": "closes, which must always be easy",
    "password_change/": "leads to the portal, which asks for the present password",
    "confirm/": "is where the proof is given",
    "core/outboxevent/replay/": "brings what waits anyway to whom it is for",
}


@pytest.fixture
def full_scene(staff_scene: dict[str, Any], alice: Any) -> dict[str, Any]:
    confirm_address(alice.user)
    group = Group.objects.create(name="Desk")
    right = Permission.objects.get(codename="view_caregrant")
    record = HealthRecordFactory(patient=alice)
    return staff_scene | {"group": group.pk, "right": right.pk, "record": record.pk}


@pytest.fixture
def chief(db: None) -> User:
    """Somebody who may do whatever anybody may."""
    chief = StaffFactory(username="chief", is_superuser=True)
    return with_permissions(chief, "read_clinical_text")


def rows_of_rights() -> list[Any]:
    groups = list(Group.objects.order_by("pk").values("pk", "name", "permissions"))
    of_users = User.objects.order_by("pk").values("pk", "groups", "user_permissions")
    return [groups, list(of_users)]


def everything() -> list[Any]:
    return [all_rows(), rows_of_rights()]


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_without_proof_nothing_is_done_and_with_it_the_same_is(full_scene, chief, act):
    client = browser_of(chief, proof=SIX_MINUTES)
    before = everything()

    refused = act(client, full_scene)

    assert refused.status_code == 302
    assert refused.headers["Location"].startswith(f"{CONFIRM}?next=%2Fadmin%2F")
    assert everything() == before
    page = client.get(refused.headers["Location"])
    assert b"Nothing was changed. Confirm that it is you" in page.content

    client.post(refused.headers["Location"], {"password": PASSWORD})
    assert everything() == before
    assert act(client, full_scene).status_code in (200, 302)
    assert everything() != before


@for_each("page", [page for page in PAGES if page not in NEVER], undone)
def test_whatever_is_sent_to_any_page_asks_for_proof(chief, page):
    client = browser_of(chief, proof=SIX_MINUTES)

    for method in (client.post, client.put, client.patch, client.delete):
        refused = method(f"/admin/{page}")

        assert refused.status_code == 302
        assert refused.headers["Location"].startswith(CONFIRM)


def test_what_never_asks_is_still_there():
    assert set(PAGES) > set(NEVER)
    for page in NEVER:
        assert get_resolver().resolve(f"/admin/{page}")


@pytest.mark.parametrize("page", NEVER)
def test_what_closes_or_asks_itself_goes_on_without(chief, page):
    client = browser_of(chief, proof=SIX_MINUTES)

    answer = client.post(f"/admin/{page}")

    assert not answer.headers.get("Location", "").startswith(CONFIRM)
