"""The page on which staff show again who they are, and which pages lead there."""

from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from tests.access.browsers import SIX_MINUTES, browser_of
from tests.attacks.acting import otp, with_app
from tests.attacks.test_admin_door import AWAY
from tests.cast import with_permissions
from tests.factories import PASSWORD, HealthRecordFactory
from tests.identity.steps import STEP_UP
from tests.portal.test_second_factors import APP, FACTORS

CONFIRM = "/admin/confirm/"
ADD = "/admin/care/caregrant/add/"


def asks(answer):
    moved = answer.headers.get("Location", "")
    return answer.status_code == 302 and moved.startswith(CONFIRM)


def confirm(client, back="", **shown):
    return client.post(f"{CONFIRM}?next={quote(back)}" if back else CONFIRM, shown)


def errors_of(answer):
    assert answer.status_code == 200
    return [str(error) for error in answer.context["form"].non_field_errors()]


def test_signing_in_counts_for_five_minutes(sam, browser):
    client = browser(sam)
    now = timezone.now()

    with time_machine.travel(now + timedelta(minutes=4)):
        assert client.get(ADD).status_code == 200
    with time_machine.travel(now + SIX_MINUTES):
        assert asks(client.get(ADD))


def test_a_session_that_remembers_no_proof_has_none(sam):
    client = Client()
    client.force_login(sam)

    assert asks(client.get(ADD))


def test_one_confirms_and_is_back_where_one_was(sam):
    client = browser_of(sam, proof=SIX_MINUTES)
    asked = client.get(f"{ADD}?patient=1&x=%2F").headers["Location"]

    shown = client.get(asked)
    done = client.post(asked, {"password": PASSWORD})

    assert 'autocomplete="current-password"' in shown.content.decode()
    assert 'name="code"' not in shown.content.decode()
    assert done.headers["Location"] == f"{ADD}?patient=1&x=%2F"
    assert client.get(ADD).status_code == 200


@pytest.mark.parametrize("away", AWAY)
def test_the_way_back_leads_to_no_other_host(sam, away):
    client = browser_of(sam, proof=SIX_MINUTES)

    assert confirm(client, away, password=PASSWORD).headers["Location"] == "/admin/"


def test_forms_ask_before_they_are_filled_in(rita, clea, dr_dan, bobs_grant):
    record = HealthRecordFactory()
    client = browser_of(with_permissions(rita, "read_clinical_text"), proof=SIX_MINUTES)

    for path in (
        ADD,
        f"/admin/accounts/user/{clea.pk}/change/",
        "/admin/accounts/user/add/",
        "/admin/auth/group/add/",
        f"/admin/care/doctorprofile/{dr_dan.pk}/change/",
        f"/admin/care/doctorprofile/{dr_dan.pk}/decide/",
        f"/admin/health_records/healthrecord/{record.pk}/clinical-text/",
    ):
        assert asks(client.get(path)), path


def test_what_only_shows_does_not_ask(sam, dr_dan, bobs_grant):
    client = browser_of(with_permissions(sam, "view_user"), proof=SIX_MINUTES)

    for path in (
        "/admin/",
        "/admin/care/caregrant/",
        f"/admin/care/caregrant/{bobs_grant.pk}/change/",
        f"/admin/accounts/user/{dr_dan.user_id}/change/",
    ):
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("shown", [{"password": "wrong"}, {"password": ""}, {}])
def test_what_is_no_proof_opens_nothing(sam, shown):
    client = browser_of(sam, proof=SIX_MINUTES)

    assert errors_of(confirm(client, **shown))
    assert asks(client.get(ADD))


def test_a_code_does_as_well_as_the_password_and_once(sam):
    secret, codes = with_app(sam)
    for shown in ({"code": otp(secret)}, {"code": codes[0]}, {"password": PASSWORD}):
        client = strong_browser(sam)
        assert errors_of(confirm(client, code="000000", password=PASSWORD))
        assert asks(client.get(ADD))
        assert confirm(client, **shown).status_code == 302
        assert client.get(ADD).status_code == 200
        if "code" in shown:
            assert errors_of(confirm(strong_browser(sam), **shown))


def strong_browser(user):
    """One that was begun with a second factor, six minutes ago."""
    return browser_of(user, proof=SIX_MINUTES, second_factor=True)


def test_guesses_count_together_with_those_in_the_api(sam, api):
    client = browser_of(sam, proof=SIX_MINUTES)
    for _ in range(5):
        assert api("sam").post(STEP_UP, {"password": "wrong"}).status_code == 403
        assert errors_of(confirm(client, password="wrong"))

    assert api("sam").post(STEP_UP, {"password": PASSWORD}).status_code == 429
    assert errors_of(confirm(client, password=PASSWORD))
    assert asks(client.get(ADD))


def test_a_thief_of_the_cookie_has_nothing_of_the_owners_proof(sam, browser, settings):
    owner, thief = browser(sam), Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = owner.session.session_key
    assert thief.get("/admin/").status_code == 200

    assert confirm(owner, password=PASSWORD).status_code == 302

    assert owner.get(ADD).status_code == 200
    assert thief.get("/admin/").status_code == 302
    listed = {row.session_key for row in UserSession.objects.purge_and_list(sam)}
    assert listed == {owner.session.session_key}


def test_no_second_factor_is_set_up_without_proof(sam, settings):
    settings.STAFF_MFA_REQUIRED = True
    client = browser_of(sam, proof=SIX_MINUTES)

    asked = client.post(APP)

    assert b"otpauth" not in asked.content
    wrong = client.post(f"{APP}?again", {"again-password": "wrong"})
    assert b"otpauth" not in wrong.content
    given = client.post(f"{APP}?again", {"again-password": PASSWORD})
    assert b"otpauth" in given.content


def test_who_lacks_a_second_factor_is_not_asked_for_a_proof_first(sam, settings):
    settings.STAFF_MFA_REQUIRED = True
    client = browser_of(sam, proof=SIX_MINUTES)

    for answer in (client.get(CONFIRM), client.post(CONFIRM, {"password": PASSWORD})):
        assert answer.headers["Location"] == FACTORS


def test_the_page_needs_the_token_of_the_form(sam):
    client = Client(enforce_csrf_checks=True)
    client.force_login(sam)

    assert confirm(client, password=PASSWORD).status_code == 403


def test_nobody_elses_password_will_do(sam, nina):
    nina.set_password("quite another one 7")
    nina.save()
    client = browser_of(nina, proof=SIX_MINUTES)

    assert errors_of(confirm(client, password=PASSWORD))
