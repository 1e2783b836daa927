"""Opening an account in the browser."""

from typing import Any

import pytest
from django.test import Client

from phr.accounts.models import User
from phr.audit.models import AccessEntry
from phr.care.registration import REGISTRATIONS_PER_ADDRESS
from phr.core.models import OutboxEvent
from tests.rows import nothing_written

SIGN_UP, AS_DOCTOR = "/sign-up/", "/sign-up/doctor/"
WORDS = "a long enough sentence 7"
NINA = {
    "first_name": "Nina",
    "last_name": "Novak",
    "email": "nina.novak@example.org",
    "username": "nina.novak",
    "password": WORDS,
    "password_confirm": WORDS,
    "phone_number": "+31201234567",
    "date_of_birth": "1961-05-04",
}
DOCTOR = NINA | {"specialization": "Cardiology", "license_number": "NL-1"}
pytestmark = pytest.mark.django_db


def sign_up(client: Client | None = None, path: str = SIGN_UP, **changes: str) -> Any:
    return (client or Client()).post(path, NINA | changes)


def test_who_opens_an_account_is_signed_in_and_gets_a_link():
    client = Client()

    done = sign_up(client)

    assert (done.status_code, done.headers["Location"]) == (302, "/")
    user = User.objects.get(username="nina.novak")
    assert (user.user_type, user.phone_number) == ("PATIENT", "+31201234567")
    assert client.get("/account/").status_code == 200
    assert OutboxEvent.objects.filter(kind="accounts.address_to_confirm").count() == 1
    actions = set(AccessEntry.objects.values_list("action", flat=True))
    assert {"accounts.signed_in", "care.patient_registered"} <= actions


def test_a_doctor_hands_in_what_staff_will_check():
    client = Client()

    done = client.post(AS_DOCTOR, DOCTOR | {"years_of_experience": "9"})

    assert done.status_code == 302
    doctor = User.objects.get(username="nina.novak").doctor_profile
    assert (doctor.specialization, doctor.license_number) == ("Cardiology", "NL-1")
    assert (doctor.years_of_experience, doctor.verified_at) == (9, None)


def test_a_patient_cannot_say_that_they_are_a_doctor_or_staff():
    sign_up(user_type="ADMIN", license_number="NL-1", is_staff="on", is_superuser="on")

    user = User.objects.get(username="nina.novak")
    assert (user.user_type, user.is_staff) == ("PATIENT", False)
    assert not user.is_superuser


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"username": "ALICE"}, "This username is taken."),
        ({"username": "nina novak"}, "Use letters without accents"),
        ({"username": "nina@example.org"}, "Use letters without accents"),
        ({"first_name": "", "last_name": " "}, "Give a first name, a last name"),
        ({"email": "nina"}, "Enter a valid email address."),
        ({"phone_number": "0201234567"}, "international form"),
        ({"date_of_birth": "1820-01-01"}, "Give a day from 1900 until today."),
        ({"date_of_birth": "4.5.1961"}, "Enter a valid date."),
        ({"password_confirm": "something else 9"}, "The two passwords differ."),
        (dict.fromkeys(("password", "password_confirm"), "12345678"), "too common"),
        ({"first_name": "Ni\nna"}, "Use a single line"),
        ({"first_name": "N" * 151}, "at most 150"),
        ({"username": "\0"}, "Null characters"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(alice, changes, said):
    with nothing_written():
        refused = sign_up(**changes)

    assert refused.status_code == 400
    page = refused.content.decode()
    assert said in page
    assert 'class="field wrong"' in page
    assert WORDS not in page


def test_an_address_that_somebody_has_is_no_secret_given_away(alice):
    taken, free = sign_up(email="alice@example.org"), sign_up(username="another")

    assert taken.status_code == free.status_code == 302


def test_sixty_accounts_an_hour_are_enough_for_an_address():
    REGISTRATIONS_PER_ADDRESS.take("127.0.0.1", REGISTRATIONS_PER_ADDRESS.times)

    refused = sign_up()

    assert refused.status_code == 429
    assert not User.objects.exists()
    REGISTRATIONS_PER_ADDRESS.give_back("127.0.0.1", REGISTRATIONS_PER_ADDRESS.times)


def test_what_was_typed_stays_but_for_the_passwords():
    refused = sign_up(username="a b", first_name="<b>Nina</b>")

    page = refused.content.decode()
    assert "&lt;b&gt;Nina&lt;/b&gt;" in page
    assert "<b>Nina" not in page
    assert 'value="nina.novak@example.org"' in page
