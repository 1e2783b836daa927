"""Each staff action has one right, which decides in API and admin site alike."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from phr.accounts.models import User
from phr.accounts.rights import ALSO_BY, Right, has_right
from phr.audit import denied_attempts
from phr.audit.models import AccessEntry, Outcome
from phr.care.models import CareGrant
from phr.notifications.models import Notification
from tests.access.browsers import browser_of
from tests.access.staff_actions import STAFF_ACTIONS, assign
from tests.cast import with_permissions
from tests.factories import EmergencyAccessFactory
from tests.problem_answers import problem_of
from tests.rows import all_rows

IN_API = [pytest.param(a, id=a.name) for a in STAFF_ACTIONS if a.api]
ENTERED = [
    pytest.param(action, id=action.name)
    for action in STAFF_ACTIONS
    if action.api and action.right != Right.SEE_LICENSES
]
IN_ADMIN = [pytest.param(a, id=a.name) for a in STAFF_ACTIONS if a.admin]


def give_every_right_but(user: User, right: str) -> None:
    """Everything that can be given, less one right and what holds it."""
    others = [
        other for other in Right if other not in (right, ALSO_BY.get(Right(right)))
    ]
    with_permissions(user, *(other.partition(".")[2] for other in others))


def rows_that_stay() -> dict[str, Any]:
    return {
        name: rows for name, rows in all_rows().items() if name != "audit.AccessEntry"
    }


@pytest.mark.parametrize("action", IN_API)
def test_in_the_api_every_other_right_is_not_enough(staff_scene, nina, api, action):
    give_every_right_but(nina, action.right)
    client = api("nina")
    before = all_rows()

    problem_of(action.api(client, staff_scene), 403, "not_allowed")

    assert all_rows() == before


@pytest.mark.parametrize("action", IN_ADMIN)
def test_in_the_admin_site_every_other_right_is_not_enough(staff_scene, nina, action):
    give_every_right_but(nina, action.right)
    client = browser_of(nina)
    before = all_rows()

    response = action.admin(client, staff_scene)

    # An action of a list that one has not got is not there to be chosen.
    refused = response.status_code == 403 or b"form" in response.content
    assert refused or "No action selected" in str(response.wsgi_request._messages)
    assert all_rows() == before


@pytest.mark.parametrize("action", IN_API)
def test_in_the_api_that_right_alone_is_enough(staff_scene, nina, api, action):
    with_permissions(nina, action.right.partition(".")[2])

    assert action.api(api("nina"), staff_scene).status_code == 200


@pytest.mark.parametrize("action", IN_ADMIN)
def test_in_the_admin_site_that_right_is_enough(staff_scene, nina, action):
    names = [name.partition(".")[2] for name in (action.right, *action.beside)]
    with_permissions(nina, *names)
    client = browser_of(nina)
    before = rows_that_stay()

    response = action.admin(client, staff_scene)

    assert response.status_code in (200, 302)
    if response.status_code == 302:
        assert rows_that_stay() != before


@pytest.mark.parametrize("action", ENTERED)
def test_a_refused_attempt_is_entered(staff_scene, nina, api, action):
    client = api("nina")

    action.api(client, staff_scene)

    line = AccessEntry.objects.filter(actor_id=nina.pk).get()
    assert line.outcome == Outcome.REFUSED


def test_a_page_that_is_refused_is_entered(staff_scene, nina):
    client = browser_of(nina)

    client.post("/admin/care/caregrant/add/", {"patient": staff_scene["patient"]})

    line = AccessEntry.objects.get(actor_id=nina.pk)
    assert (line.action, line.outcome) == ("accounts.page_refused", Outcome.REFUSED)


def test_pages_that_are_refused_again_and_again_become_a_count(staff_scene, nina):
    client = browser_of(nina)
    for page in ["care/caregrant", "accounts/user"] * 10:
        assert client.post(f"/admin/{page}/add/", {}).status_code == 403

    lines = AccessEntry.objects.filter(actor_id=nina.pk, outcome=Outcome.REFUSED)
    assert lines.count() == 1
    denied_attempts.enter_counts(now=timezone.now() + timedelta(minutes=61))
    assert [line.count for line in lines.order_by("position")] == [0, 19]


def test_an_id_of_nothing_is_refused_to_staff_like_one_of_something(
    staff_scene, nina, api
):
    client = api("nina")

    for name in ("grant", "doctor", "patient"):
        staff_scene |= {name: staff_scene["user"]}
    for action in STAFF_ACTIONS:
        if action.api:
            problem_of(action.api(client, staff_scene), 403, "not_allowed")


def test_a_right_is_of_no_use_to_who_is_no_active_staff(alice, dr_bob, nina):
    names = [right.partition(".")[2] for right in Right]
    blocked = with_permissions(nina, *names)
    blocked.is_active = False

    for user in (alice.user, dr_bob.user, blocked):
        user.user_permissions.set(Permission.objects.all())
        assert not any(has_right(user, right) for right in Right)


def test_superusers_have_every_right(nina):
    nina.is_superuser = True

    assert all(has_right(nina, right) for right in Right)


def test_a_licence_number_is_shown_to_staff_who_may_see_doctors(dr_bob, nina, api):
    def shown():
        (row,) = api("nina").get("/api/auth/doctors/").json()["results"]
        return row.get("license_number")

    assert shown() is None
    with_permissions(nina, "view_doctorprofile")
    assert shown() == dr_bob.license_number


def test_whoever_assigns_reads_no_more_of_the_patient_than_the_name(
    staff_scene, nina, api
):
    with_permissions(nina, "add_caregrant")

    patient = assign(api("nina"), staff_scene).json()["patient"]

    assert patient.keys() == {"id", "user", "assigned_doctor"}
    assert patient["user"].keys() == {"id", "first_name", "last_name"}


def test_only_staff_who_decide_are_told_of_what_waits(
    staff_scene, nina, sam, api, deliver
):
    license_ = {"license_number": "MED-7", "authority": "Board"}
    api("dr_dan").post("/api/care/verification/", license_)
    deliver()

    told = set(Notification.objects.values_list("recipient", flat=True))
    assert told == {sam.pk}


def test_who_reviews_ends_what_was_not_justified_without_another_right(nina):
    access = EmergencyAccessFactory()
    with_permissions(nina, "change_emergencyaccess")

    page = f"/admin/care/emergencyaccess/{access.pk}/review/"
    browser_of(nina).post(page, {"verdict": "UNJUSTIFIED", "note": "No reason."})

    assert CareGrant.objects.get(pk=access.grant_id).ended_by == nina
