"""One password in all the spellings that Unicode takes for the same."""

from collections.abc import Callable
from functools import partial
from typing import Any
from unicodedata import normalize

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from phr.accounts.hashing import HashingThread
from phr.accounts.links import reset_key
from phr.accounts.models import User
from phr.care.models import PatientProfile
from tests.accounts.bodies import patient_body
from tests.attacks.acting import (
    CHANGE,
    REGISTER,
    RESET,
    STEP_UP,
    TWICE,
    holding,
    log_in,
    session_of,
)
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written
from tests.signing_in import sign_in_to_the_admin_site

pytestmark = pytest.mark.django_db
OWN_PASSWORD = "/account/password/"
COMPOSED = normalize("NFC", "Crème brûlée à Zoë")
DECOMPOSED = normalize("NFD", COMPOSED)
PAIRS = {
    "accents": (COMPOSED, DECOMPOSED),
    "two marks on a letter": (
        normalize("NFC", "phở bò ở Huế"),
        normalize("NFD", "phở bò ở Huế"),
    ),
    "marks in another order": (
        "\u1e69even long walks",
        "s\u0307\u0323even long walks",
    ),
    "Korean": (
        normalize("NFC", "한글로쓴문장입니다"),
        normalize("NFD", "한글로쓴문장입니다"),
    ),
    "kana": ("\u30ac\u30a6\u30b9 walks home", "\uff76\uff9e\uff73\uff7d walks home"),
    "wide letters": ("an Otter by the lake", "an \uff2ftter by the lake"),
    "a wide space": ("an otter by the lake", "an\u3000otter by the lake"),
    "a space that does not break": ("an otter by a lake", "an\u00a0otter by a lake"),
    "ligatures": ("a fine waffle", "a \ufb01ne wa\ufb04e"),
    "a small two": ("nine m2 of garden", "nine m\u00b2 of garden"),
    "three dots": ("and then... a walk", "and then\u2026 a walk"),
    "the sign of Angstrom": (
        "40 \u00c5ngstr\u00f6m wide",
        "40 \u212bngstro\u0308m wide",
    ),
}


def spelled(*, both_ways: bool = True) -> pytest.MarkDecorator:
    pairs = [*PAIRS.values()]
    if both_ways:
        pairs += [(other, one) for one, other in pairs]
    return pytest.mark.parametrize(("given", "typed"), pairs, ids=ascii)


def hash_as_before(user: User, password: str) -> str:
    """A hash as the server made them: of what was typed, just so."""
    hasher = Argon2PasswordHasher()
    hasher.time_cost, hasher.memory_cost, hasher.parallelism = 1, 64, 1  # as in tests
    encoded: str = hasher.encode(password, hasher.salt())
    User.objects.filter(pk=user.pk).update(password=encoded)
    user.password = encoded
    return encoded


@spelled()
def test_a_password_signs_in_however_a_keyboard_spells_it(
    given: str, typed: str
) -> None:
    body = patient_body(password=given, password_confirm=given)
    assert APIClient().post(REGISTER, body).status_code == 201

    assert log_in(body["username"], typed).status_code == 200
    assert log_in(body["username"], given).status_code == 200
    problem_of(log_in(body["username"], typed + "x"), 401, "invalid_credentials")


@spelled()
def test_a_hash_of_before_opens_to_what_it_was_made_of(
    alice: PatientProfile, given: str, typed: str
) -> None:
    old = hash_as_before(alice.user, given)

    assert log_in(password=given).status_code == 200

    alice.user.refresh_from_db()
    is_normal = given == normalize("NFKC", given)
    assert (alice.user.password == old) == is_normal, "it is brought up to date"
    assert log_in(password=typed).status_code == 200
    assert log_in(password=given).status_code == 200


@spelled(both_ways=False)
def test_a_hash_of_before_opens_to_other_spellings_of_a_normal_one(
    alice: PatientProfile, given: str, typed: str
) -> None:
    hash_as_before(alice.user, given)

    assert log_in(password=typed).status_code == 200


@pytest.mark.parametrize("is_old", [True, False])
def test_who_is_signed_in_shows_a_password_in_any_spelling(
    alice: PatientProfile, *, is_old: bool
) -> None:
    hash_as_before(alice.user, DECOMPOSED if is_old else COMPOSED)
    client = holding(session_of(alice.user)[0].access)

    assert client.post(STEP_UP, {"password": DECOMPOSED}).status_code == 204
    changed = client.post(CHANGE, {"current_password": DECOMPOSED, **TWICE})
    assert changed.status_code == 204


def test_a_password_set_by_a_link_or_anew_is_the_same_in_any_spelling(
    alice: PatientProfile,
) -> None:
    twice = {"password": COMPOSED, "password_confirm": DECOMPOSED}
    reset = APIClient().post(RESET, {"key": reset_key(alice.user), **twice})
    assert reset.status_code == 204, reset.content
    access = log_in(password=DECOMPOSED).json()["tokens"]["access"]

    twice = {"password": DECOMPOSED + "!", "password_confirm": COMPOSED + "!"}
    changed = holding(access).post(CHANGE, {"current_password": COMPOSED, **twice})

    assert changed.status_code == 204
    assert log_in(password=COMPOSED + "!").status_code == 200


def test_admin_site_and_portal_take_any_spelling(sam: User) -> None:
    hash_as_before(sam, COMPOSED)
    client = Client()

    signed_in = sign_in_to_the_admin_site(client, "sam", DECOMPOSED)
    assert signed_in.status_code == 302
    confirmed = client.post("/admin/confirm/", {"password": DECOMPOSED})
    assert confirmed.status_code == 302
    new = dict.fromkeys(("password", "password_confirm"), DECOMPOSED + "!")
    changed = client.post(OWN_PASSWORD, {"current_password": DECOMPOSED, **new})
    assert changed.status_code == 302
    assert log_in("sam", COMPOSED + "!").status_code == 200


@spelled()
def test_a_new_password_is_confirmed_in_any_spelling(
    sam: User, given: str, typed: str
) -> None:
    hash_as_before(sam, COMPOSED)
    client = Client()
    sign_in_to_the_admin_site(client, "sam", COMPOSED)
    words = {"current_password": COMPOSED, "password": given}

    page = client.post(OWN_PASSWORD, words | {"password_confirm": typed + "x"})
    assert page.context["form"].errors.keys() == {"password_confirm"}
    done = client.post(OWN_PASSWORD, words | {"password_confirm": typed})

    assert done.status_code == 302
    assert log_in("sam", typed).status_code == 200


def test_the_portal_sets_no_password_too_long_to_sign_in_with(sam: User) -> None:
    hash_as_before(sam, COMPOSED)
    client = Client()
    sign_in_to_the_admin_site(client, "sam", COMPOSED)
    new = dict.fromkeys(("password", "password_confirm"), "a long walk " * 22)

    page = client.post(OWN_PASSWORD, {"current_password": COMPOSED, **new})

    assert page.context["form"].errors.keys() == new.keys()
    assert log_in("sam", COMPOSED).status_code == 200


def test_a_superuser_made_by_the_command_signs_in_in_any_spelling(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", DECOMPOSED)
    call_command("createsuperuser", username="root", email="r@x.org", interactive=False)

    assert log_in("root", COMPOSED).status_code == 200


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("e\u0301" * 4, "too short"),  # four letters
        (
            "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44\uff11\uff12\uff13",
            "too common",
        ),
        ("\u00b2\u2075\u2074\u2079\u2070\u00b3\u00b9\u2076\u2075\u2078", "numeric"),
        ("\ufdfa", "too short"),  # becomes 18 letters
        ("\uff2eora-\uff2cindqvist", "too similar"),
        ("\uff24octor!2026#\uff28ealth", "easy to guess here"),
    ],
)
def test_a_password_is_weak_if_one_of_its_spellings_is(password: str, why: str) -> None:
    body = patient_body(password=password, password_confirm=password)

    with nothing_written():
        answer = APIClient().post(REGISTER, body)

    assert faults_of(answer) == {("password", "weak_password")}
    assert why in answer.json()["errors"][0]["message"]


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], int]:
    """How often a call has something hashed."""
    made: list[Any] = []
    run = HashingThread.run

    def counted(self: HashingThread, work: Any, *args: Any) -> Any:
        made.append(work)
        return run(self, work, *args)

    monkeypatch.setattr(HashingThread, "run", counted)

    def count(call: Callable[[], Any]) -> int:
        made.clear()
        call()
        return len(made)

    return count


@pytest.mark.parametrize(
    ("wrong", "times"), [("not hers", 1), (COMPOSED, 1), (DECOMPOSED, 2)]
)
def test_a_wrong_password_is_hashed_as_often_whoever_is_named(
    alice: PatientProfile,
    carol: PatientProfile,
    dr_dan: Any,
    hashes: Callable[[Callable[[], Any]], int],
    wrong: str,
    times: int,
) -> None:
    carol.user.set_unusable_password()
    carol.user.save()
    User.objects.filter(pk=dr_dan.user_id).update(is_active=False)

    for name in ("alice", "carol", "dr_dan", "nobody", "nobody@example.org"):
        assert hashes(partial(log_in, name, wrong)) == times, name


def test_a_right_password_as_it_is_kept_is_hashed_once(
    alice: PatientProfile, hashes: Callable[[Callable[[], Any]], int]
) -> None:
    hash_as_before(alice.user, COMPOSED)

    assert hashes(partial(log_in, password=COMPOSED)) == 1
