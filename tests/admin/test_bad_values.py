"""Whatever stands in an address, a form or a cookie, no page of the site fails."""

import pytest
from django import VERSION
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.test import Client, RequestFactory
from structlog.testing import capture_logs

from phr.accounts.models import User
from phr.audit.models import AccessEntry
from phr.care.admin import CareGrantAdmin
from phr.care.choices import GrantStatus
from phr.care.models import CareGrant
from phr.core.admin import parameters_of

GRANTS = "/admin/care/caregrant/"
PATIENTS = "/admin/autocomplete/?app_label=care&model_name=caregrant&field_name=patient"


@pytest.mark.parametrize(
    "cookie",
    [
        r'"\000aaaaaaaaaaaa"',
        r'"\000' + "a" * 31 + '"',
        "A" * 32,
        "a" * 31,
        "a" * 33,
        "a" * 32,
    ],
)
@pytest.mark.parametrize("path", ["/sign-in/", "/admin/"])
def test_a_session_cookie_of_anything_is_nobodys(path, cookie, db):
    response = Client().get(path, headers={"cookie": f"sessionid={cookie}"})

    assert response.status_code == (200 if path == "/sign-in/" else 302)


def test_a_session_that_django_made_is_taken(sam, browser):
    client = browser(sam)

    assert client.get("/admin/").status_code == 200
    key = client.cookies["sessionid"].value
    stranger = Client()
    stranger.cookies["sessionid"] = f"{key}a"
    assert stranger.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        f"{GRANTS}add/?patient=abc",
        f"{GRANTS}?status__regex=(",
        f"{GRANTS}?status__exact=%00",
        f"{GRANTS}?status=%00",
        f"{GRANTS}?patient__user__password__startswith=a",
        "/admin/accounts/user/?username__regex=(",
        "/admin/accounts/user/?username=%00",
        "/admin/accounts/user/?created_at__year=99999999999999",
        "/admin/accounts/user/?password__startswith=a",
        "/admin/accounts/user/?user_type__in=DOCTOR",
        "/admin/auth/group/?name__regex=(",
        "/admin/care/doctorprofile/?license_number__regex=(",
        "/admin/care/doctorprofile/?verified_at__year=99999999999999",
        "/admin/care/doctorverification/?status__regex=(",
        "/admin/care/doctorverification/?license_number__startswith=M",
        "/admin/care/emergencyaccess/?reviewed_at__year=99999999999999",
        "/admin/care/emergencyaccess/?grant__reason__contains=a",
        "/admin/accounts/loginsession/?revoked_at__year=99999999999999",
    ],
)
def test_a_value_in_the_address_that_cannot_be_used_is_a_bad_request(
    path, rita, browser
):
    response = browser(rita).get(path, headers={"accept": "text/html"})

    assert response.status_code == 400
    assert "rita" not in response.content.decode()


def test_an_id_that_is_none_behind_a_shortcut_is_a_bad_request(rita, browser):
    users = ContentType.objects.get_for_model(User)

    response = browser(rita).get(f"/admin/r/{users.pk}/abc/")

    # Django finds that out by itself from 6.1 on.
    assert response.status_code == (400 if VERSION < (6, 1) else 404)


@pytest.mark.parametrize("patient", ["abc", "\0"])
def test_assigning_nobody_is_a_bad_request(patient, dr_bob, rita, browser):
    body = {"patient": patient, "doctor": dr_bob.pk}
    before = list(CareGrant.objects.values())

    assert browser(rita).post(f"{GRANTS}add/", body).status_code == 400
    assert list(CareGrant.objects.values()) == before


def test_ending_a_grant_that_is_none_is_a_bad_request(bobs_grant, rita, browser):
    body = {"action": "end", "_selected_action": ["abc", bobs_grant.pk]}

    assert browser(rita).post(GRANTS, body).status_code == 400

    bobs_grant.refresh_from_db()
    assert bobs_grant.status == GrantStatus.ACTIVE
    assert not AccessEntry.objects.filter(action="care.grant_ended").exists()


def fail(*args: object, **kwargs: object) -> None:
    raise ValueError("of our own making")


def test_a_mistake_of_our_own_stays_one(rita, browser, monkeypatch):
    client = browser(rita)
    client.raise_request_exception = False
    monkeypatch.setattr(CareGrantAdmin, "get_queryset", fail)

    assert client.get(GRANTS).status_code == 500


def test_what_is_answered_as_a_bad_value_is_in_the_log(rita, browser, monkeypatch):
    monkeypatch.setattr(CareGrantAdmin, "get_queryset", fail)
    client = browser(rita)

    with capture_logs() as lines:
        assert client.get(f"{GRANTS}?state=ACTIVE").status_code == 400

    (line,) = [line for line in lines if line["event"] == "admin_value_refused"]
    assert line["log_level"] == "error"


def test_filters_ask_for_their_values_and_for_nothing_else():
    asked = {"user_type", "user_type__exact", "user_type__isnull"}
    assert parameters_of("user_type", User) == asked
    days = {
        "created_at",
        "created_at__gte",
        "created_at__lt",
        "created_at__isnull",
    }
    assert parameters_of("created_at", User) == days
    empty = ("last_login", admin.EmptyFieldListFilter)
    assert parameters_of(empty, User) == {"last_login__isempty"}
    request = RequestFactory().get("/admin/auth/group/")
    assert not admin.site.get_model_admin(Group).lookup_allowed("name", "a", request)
