"""Codes count in whatever groups and digits somebody types them."""

import pytest
from django.test import Client

from tests.attacks.acting import otp, with_app
from tests.identity.steps import (
    CONFIRM,
    STEP_UP,
    TOTP,
    App,
    log_in,
    set_up_app,
)
from tests.problem_answers import problem_of
from tests.signing_in import sign_in_to_the_admin_site


def digits_from(zero):
    """The ten digits of a script."""
    return {ord("0") + digit: zero + digit for digit in range(10)}


ARABIC = digits_from(0x0660)
DEVANAGARI = digits_from(0x0966)
FULL_WIDTH = {ord(each): ord(each) + 0xFEE0 for each in map(chr, range(33, 127))}
GROUPED = {
    "in two halves": lambda code: f"{code[:3]} {code[3:]}",
    "in pairs": lambda code: " ".join((code[:2], code[2:4], code[4:])),
    "each alone": " ".join,
    "with a hyphen": lambda code: f"{code[:3]}-{code[3:]}",
    "with a dash": lambda code: f"{code[:3]} \u2013 {code[3:]}",
    "with a hyphen that does not break": lambda code: f"{code[:3]}\u2011{code[3:]}",
    "with a point": lambda code: f"{code[:3]}.{code[3:]}",
    "with a space that does not break": lambda code: f"{code[:3]}\u00a0{code[3:]}",
    "with a narrow space": lambda code: f"{code[:3]}\u202f{code[3:]}",
    "with a wide space": lambda code: f"{code[:3]}\u3000{code[3:]}",
    "with a tab": lambda code: f"{code[:3]}\t{code[3:]}",
    "with a line break": lambda code: f"{code[:3]}\n{code[3:]}",
    "with a soft hyphen": lambda code: f"{code[:3]}\u00ad{code[3:]}",
    "with an invisible space": lambda code: f"\ufeff{code[:3]}\u200b{code[3:]}",
    "from right to left": lambda code: f"\u202d{code}\u202c",
    "in Arabic digits": lambda code: code.translate(ARABIC),
    "in Devanagari digits": lambda code: code.translate(DEVANAGARI),
    "in full-width digits": lambda code: code.translate(FULL_WIDTH),
    "in full width with a space": lambda code: f"{code[:3]}\u3000{code[3:]}".translate(
        FULL_WIDTH
    ),
}


@pytest.fixture
def app_and_codes(api, alice):
    """Alice's app, set up with the code of the present step, and recovery codes."""
    return set_up_app(api("alice"))


@pytest.fixture
def app(app_and_codes):
    return app_and_codes[0]


@pytest.fixture
def codes(app_and_codes):
    return app_and_codes[1]


@pytest.mark.parametrize("written", GROUPED.values(), ids=GROUPED.keys())
def test_what_separates_the_digits_of_a_code_does_not_count(app, written):
    code = app.code(steps=1)

    assert log_in(otp=written(code)).status_code == 200
    problem_of(log_in(otp=code), 401, "invalid_code")  # used by it


@pytest.mark.parametrize("written", GROUPED.values(), ids=GROUPED.keys())
def test_a_code_that_is_shown_again_may_be_grouped_as_well(api, alice, written):
    client = api("alice")
    app = App(client.post(TOTP).json()["secret"])

    first = client.post(CONFIRM, {"otp": written(app.code(steps=-1))})
    again = client.post(STEP_UP, {"otp": written(app.code())})

    assert (first.status_code, again.status_code) == (200, 204)


@pytest.mark.parametrize(
    "written",
    [
        *(str.upper, lambda code: code.replace("-", " "), lambda code: f" {code} "),
        *(lambda code: code.replace("-", ""), " ".join),
        *(
            lambda code: code.replace("-", " \u2013 "),
            lambda code: code.translate(ARABIC),
        ),
        *(lambda code: code.translate(FULL_WIDTH), lambda code: f"\ufeff{code}\u200b"),
    ],
)
def test_a_recovery_code_may_be_written_in_other_ways(codes, written):
    assert log_in(recovery_code=written(codes[0])).status_code == 200


@pytest.mark.parametrize(
    "otp", ["-", "\u200b", "+", "12345", "1234567", "12345x", "x", "¹", "½" * 6]
)
def test_what_is_less_or_more_than_a_code_is_a_wrong_one(app, otp):
    problem_of(log_in(otp=otp), 401, "invalid_code")


@pytest.mark.parametrize("written", GROUPED.values(), ids=GROUPED.keys())
def test_the_form_takes_codes_in_groups_as_well(sam, written):
    secret, _codes = with_app(sam)

    answer = sign_in_to_the_admin_site(Client(), "sam", code=written(otp(secret)))

    assert answer.status_code == 302


@pytest.mark.parametrize("written", [" ".join, lambda code: code.translate(FULL_WIDTH)])
def test_the_form_knows_a_recovery_code_however_it_is_typed(sam, written):
    _secret, codes = with_app(sam)

    answer = sign_in_to_the_admin_site(Client(), "sam", code=written(codes[0]))

    assert answer.status_code == 302
