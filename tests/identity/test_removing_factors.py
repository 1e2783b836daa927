"""The operators' help for whoever has lost phone and recovery codes."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from phr.audit.models import AccessEntry, Basis
from tests.identity.authenticator import SoftAuthenticator
from tests.identity.passkey_steps import add, sign_in_with
from tests.identity.steps import events_of, is_in, log_in, set_up_app
from tests.problem_answers import problem_of
from tests.rows import nothing_written
from tests.signing_in import sign_in_to_the_admin_site

REMOVED = "accounts.factors_removed_by_staff"


def remove(username):
    said = StringIO()
    call_command("remove_second_factors", username, stdout=said)
    return said.getvalue()


def test_all_factors_go_and_all_sessions_end(api, alice, carol):
    client, phone = api("alice"), SoftAuthenticator()
    set_up_app(client)
    add(client, phone)
    set_up_app(api("carol"))

    assert remove("ALICE") == "Factors removed: 3.\n"

    assert not is_in(client)
    problem_of(sign_in_with(phone), 401, "unknown_passkey")
    assert log_in().status_code == 200
    assert {each.user for each in Authenticator.objects.all()} == {carol.user}
    assert events_of(REMOVED) == [{"user_id": str(alice.user_id)}]
    line = AccessEntry.objects.get(action=REMOVED)
    assert (line.actor_id, line.basis) == (None, Basis.STAFF)
    assert (line.patient_id, line.object_ids) == (alice.pk, [alice.user_id])


def test_staff_are_signed_out_of_their_browsers_too(sam):
    browser = Client()
    sign_in_to_the_admin_site(browser, "sam")

    remove("sam")

    assert browser.get("/admin/").status_code == 302


def test_of_none_there_is_nothing_to_tell(alice):
    assert remove("alice") == "Factors removed: 0.\n"
    assert events_of(REMOVED) == []


def test_of_nobody_it_removes_nothing(api, alice):
    set_up_app(api("alice"))

    with nothing_written(), pytest.raises(CommandError, match="account does not exist"):
        remove("alicia")
