"""Who holds the cookie of somebody's browser is out with whatever its owner does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from phr.accounts.models import User
from phr.identity.account_administration import remove_second_factors
from tests.attacks.acting import NEW_PASSWORD, with_app
from tests.cast import with_permissions
from tests.factories import PASSWORD
from tests.signing_in import sign_in_to_the_admin_site

ELSEWHERE = "198.51.100.1"
PLACES = ("/staff/", "/admin/", "/account/")
Deed = Callable[[Client, User], object]


@pytest.fixture
def owner(sam: User) -> Client:
    client = Client(headers={"user-agent": "Firefox"})
    assert sign_in_to_the_admin_site(client, "sam").status_code == 302
    return client


@pytest.fixture
def thief(owner: Client) -> Client:
    """Another program at another address, with a copy of the cookie."""
    thief = Client(headers={"user-agent": "curl"}, REMOTE_ADDR=ELSEWHERE)
    thief.cookies["sessionid"] = owner.cookies["sessionid"].value
    assert is_in(thief)
    return thief


def is_in(client: Client) -> bool:
    statuses = {client.get(path).status_code for path in PLACES}
    assert len(statuses) == 1
    return statuses == {200}


def change_password(client: Client, user: User) -> None:
    words = {"current_password": PASSWORD}
    words |= dict.fromkeys(("password", "password_confirm"), NEW_PASSWORD)
    assert client.post("/account/password/", words).status_code == 302


DEEDS: dict[str, Deed] = {
    "signs out": lambda client, user: client.post("/sign-out/"),
    "signs out in the old place": lambda client, user: client.post(
        "/admin/logout/", follow=True
    ),
    "signs out everywhere": lambda client, user: client.post(
        "/account/sessions/end-all/"
    ),
    "signs in again": lambda client, user: sign_in_to_the_admin_site(client, "sam"),
    "confirms who they are": lambda client, user: client.post(
        "/admin/confirm/", {"password": PASSWORD}
    ),
    "changes the password": change_password,
    "is blocked": lambda client, user: User.objects.filter(pk=user.pk).update(
        is_active=False
    ),
    "loses a second factor": lambda client, user: (
        with_app(user),
        remove_second_factors(user=user, at=timezone.now()),
    ),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_the_thief_is_out_once_the_owner(
    sam: User, owner: Client, thief: Client, deed: Deed
) -> None:
    deed(owner, sam)

    assert not is_in(thief)


def test_rights_that_are_taken_away_are_gone_with_the_next_request(
    sam: User, owner: Client
) -> None:
    """From whoever is signed in, in whichever tab."""
    with_permissions(sam, "view_user")
    page, form = "/admin/accounts/user/", "/staff/assign/"
    assert [owner.get(path).status_code for path in (page, form)] == [200, 200]

    sam.user_permissions.clear()

    assert [owner.get(path).status_code for path in (page, form)] == [403, 403]
    assert owner.post(form, {}).status_code == 403
    assert owner.get("/admin/").status_code == 200


def test_who_is_staff_no_longer_is_out_of_the_admin_site_at_once(
    sam: User, owner: Client
) -> None:
    User.objects.filter(pk=sam.pk).update(is_staff=False, user_type="DOCTOR")

    assert owner.get("/admin/").status_code == 403
    assert owner.get("/staff/").status_code == 404


def test_after_five_minutes_a_cookie_alone_does_nothing(
    sam: User, owner: Client, thief: Client, carol: Any, dr_eve: Any
) -> None:
    body = {"patient_id": str(carol.pk), "doctor_id": str(dr_eve.pk)}
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        asked = thief.post("/staff/assign/", body)
        led = thief.post("/admin/care/caregrant/add/", {})

    assert "again-password" in asked.content.decode()
    assert led.headers["Location"].startswith("/admin/confirm/")
    assert not carol.care_grants.exists()
