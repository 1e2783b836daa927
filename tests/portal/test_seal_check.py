"""Somebody has the seals of their own log checked, by a button on its page."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from phr.accounts.models import User
from phr.audit import verification, whole_check
from phr.audit.models import AccessEntry
from phr.audit.tasks import check_ledger
from phr.core.rate_limits import Limit
from tests.audit.ledgers import add_lines, seal, tamper
from tests.portal.reading import plain

CHECK = "/access/log/check/"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sealed(alice: Any, monkeypatch: pytest.MonkeyPatch) -> list[AccessEntry]:
    """Five lines, each under a seal of its own, of which a turn checks two."""
    monkeypatch.setattr(verification, "SEALS_PER_PAGE", 2)
    for turn in ("FIRST_TURN", "TURN"):
        monkeypatch.setattr(whole_check, turn, timedelta(0))
    lines = []
    for _ in range(5):
        lines += add_lines(1)
        seal()
    return lines


def take_turn(user: User) -> bool:
    """Do what a worker does; false if there is nothing left to do."""
    check = whole_check.find_check(user.pk)
    assert check is not None
    check_ledger(user_id=str(user.pk), run=check.run)
    return not check.is_over


def check_through(client: Any, user: User) -> tuple[Any, int]:
    """Press the button, and wait."""
    client.post(CHECK)
    turns = 1
    while take_turn(user):
        turns += 1
    return client.get(CHECK), turns


def test_a_check_counts_every_line_in_as_many_turns_as_it_takes(browser, alice, sealed):
    page, turns = check_through(browser("alice"), alice.user)

    assert turns == 3
    assert "5 lines, all as they were written." in plain(page)


def test_a_short_log_is_checked_at_once(browser, alice, sealed, monkeypatch):
    monkeypatch.setattr(whole_check, "FIRST_TURN", timedelta(minutes=1))

    page = browser("alice").post(CHECK, follow=True)

    assert "5 lines, all as they were written." in plain(page)


def test_a_page_says_how_far_the_check_is_and_goes_on_without_it(
    browser, alice, sealed
):
    alices = browser("alice")

    begun = plain(alices.post(CHECK, follow=True))
    take_turn(alice.user)

    assert "2 lines are as they were written so far." in begun
    assert "40 % are checked." in begun
    assert "80 % are checked." in plain(alices.get(CHECK))


def test_who_presses_again_meanwhile_begins_no_second_check(browser, alice, sealed):
    alices = browser("alice")
    alices.post(CHECK)
    begun = whole_check.find_check(alice.user.pk)

    alices.post(CHECK)

    assert whole_check.find_check(alice.user.pk) == begun


def test_a_check_of_which_no_worker_was_heard_is_begun_again(browser, alice, sealed):
    alices = browser("alice")
    alices.post(CHECK)
    begun = whole_check.find_check(alice.user.pk)
    assert begun is not None
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        told = plain(browser("alice").get(CHECK))
        browser("alice").post(CHECK)

    check_ledger(user_id=str(alice.user.pk), run=begun.run)  # late, after all

    assert "The last check stopped before its end." in told
    again = whole_check.find_check(alice.user.pk)
    assert again is not None
    assert again.run != begun.run
    assert again.lines == 2


def test_a_new_line_waits_for_its_seal(browser, alice, sealed):
    add_lines(1)

    page, _turns = check_through(browser("alice"), alice.user)

    assert "5 lines, all as they were written." in plain(page)
    assert "1 new line waits for its seal" in plain(page)


FAULTS = [
    (
        "UPDATE audit_accessentry SET actor_name = 'Nobody' WHERE id = %s",
        "A line was changed after it had been sealed.",
    ),
    ("DELETE FROM audit_accessentry WHERE id = %s", "A sealed line is missing."),
]


@pytest.mark.parametrize(("statement", "said"), FAULTS)
def test_what_was_tampered_with_is_said_in_words(
    browser, alice, sealed, statement, said
):
    tamper(statement, sealed[3].pk)

    page, turns = check_through(browser("alice"), alice.user)

    assert turns == 2
    assert said in plain(page)
    assert "It shows at seal 4." in plain(page)
    assert "all as they were written" not in plain(page)


def test_what_one_person_has_checked_says_nothing_to_another(
    browser, alice, carol, sealed
):
    check_through(browser("alice"), alice.user)

    assert "as they were written" not in plain(browser("carol").get(CHECK))


def test_checking_too_often_says_to_wait(browser, alice, sealed, monkeypatch):
    monkeypatch.setattr(whole_check, "WHOLE_CHECKS", Limit("few", 1, MINUTE))
    alices = browser("alice")
    check_through(alices, alice.user)

    page = alices.post(CHECK)

    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) <= 60
    assert "Please wait" in plain(page)
