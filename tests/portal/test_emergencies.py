"""Emergency access in the portal: it says what happens, and wants a strong session."""

import pytest

from phr.audit.models import AccessEntry
from phr.care.models import CareGrant
from tests.access.browsers import browser_of
from tests.care.emergencies import BORN
from tests.rows import nothing_written

PAGE = "/emergency/"
WHY = {"reason_code": "UNCONSCIOUS", "reason": "Found unconscious in the street."}


@pytest.fixture(autouse=True)
def _switched_on(settings):
    settings.EMERGENCY_ACCESS = True


@pytest.fixture
def alice(alice):
    alice.user.date_of_birth = BORN
    alice.user.save()
    return alice


@pytest.fixture
def strong(dr_eve):
    """The browser of Dr. Eve, who is verified, after two factors."""
    return browser_of(dr_eve.user, second_factor=True)


@pytest.mark.parametrize("by", ["code", "name"])
def test_records_are_opened_in_an_emergency(alice, strong, by):
    named = {"patient_id": str(alice.pk)}
    if by == "name":
        named = {"username": "ALICE", "date_of_birth": str(BORN)}
    assert (
        "The patient and staff are told at once." in strong.get(PAGE).content.decode()
    )

    response = strong.post(PAGE, WHY | named)

    assert response.headers["Location"] == f"/patients/{alice.pk}/"
    chart = strong.get(response.headers["Location"]).content.decode()
    assert "Emergency access" in chart
    line = AccessEntry.objects.get(action="health_records.chart_opened")
    assert line.basis == "EMERGENCY"
    assert "Alice Moreau" in strong.get(PAGE).content.decode()  # what is in force


def test_a_password_alone_is_not_enough(alice, dr_eve):
    weak = browser_of(dr_eve.user)
    assert "<textarea" not in weak.get(PAGE).content.decode()
    assert "second factor" in weak.get(PAGE).content.decode()

    with nothing_written():
        response = weak.post(PAGE, WHY | {"patient_id": str(alice.pk)})

    assert response.status_code == 403


@pytest.mark.parametrize(
    ("named", "status", "said"),
    [
        ({}, 400, "or only the code"),
        ({"username": "alice"}, 400, "both the user name and the date of birth"),
        ({"username": "alice", "date_of_birth": "1987-04-13"}, 404, "does not exist"),
        ({"username": "alice", "date_of_birth": "soon"}, 400, "valid date"),
        ({"patient_id": "x"}, 400, "A code has 32"),
    ],
)
def test_who_is_named_wrongly_stays_closed_and_what_was_typed_is_kept(
    alice, strong, named, status, said
):
    with nothing_written():
        response = strong.post(PAGE, WHY | named)

    page = response.content.decode()
    assert response.status_code == status
    assert said in page
    assert WHY["reason"] in page


def test_where_it_is_off_the_page_says_so_and_opens_nothing(alice, strong, settings):
    settings.EMERGENCY_ACCESS = False

    assert "turned off" in strong.get(PAGE).content.decode()
    assert strong.post(PAGE, WHY | {"patient_id": str(alice.pk)}).status_code == 403
    assert not CareGrant.objects.filter(origin="EMERGENCY").exists()


def test_who_is_not_verified_reads_why_not(dr_dan):
    assert (
        "Only doctors whom staff have verified"
        in browser_of(dr_dan.user).get(PAGE).content.decode()
    )
