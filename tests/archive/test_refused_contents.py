"""What does not hold together, or does not fit in here, is refused, all of it."""

import io
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from phr.accounts.models import User
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.core.single_line import as_one_line
from phr.health_records.models import HealthRecord, RecordVersion
from phr.notifications.models import Notification
from tests.archive.exporting import import_from
from tests.archive.forging import (
    RECORDS,
    Change,
    forged,
    refused,
)
from tests.factories import (
    DoctorFactory,
    HealthRecordFactory,
    PatientFactory,
    StaffFactory,
    UserFactory,
)


def set_in(*path: Any, value: Any) -> Change:
    """Put a value somewhere into a part."""

    def change(part: Any) -> None:
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = value

    return change


def repeat(*path: Any) -> Change:
    def change(part: Any) -> None:
        for step in path:
            part = part[step]
        part.append(part[0])

    return change


OTHER_ID = "01912345-0000-7000-8000-000000000000"
FORGED: list[tuple[str, Change, str]] = [
    (RECORDS, set_in("records", 0, "patient", value=OTHER_ID), "another patient"),
    (RECORDS, set_in("records", 0, "created_by", value=OTHER_ID), "not in care"),
    (RECORDS, repeat("records"), "pkey"),
    (RECORDS, repeat("records", 0, "versions"), "pkey"),
    (RECORDS, repeat("records", 0, "comments"), "pkey"),
    (RECORDS, set_in("records", 0, "comments", 0, "doctor", value=OTHER_ID), "doctor"),
    (
        RECORDS,
        set_in("records", 0, "comments", 0, "is_private", value=True),
        "schema.*is_private",
    ),
    (
        RECORDS,
        set_in("records", 0, "versions", 0, "changed_by", value=OTHER_ID),
        "not in care",
    ),
    (RECORDS, set_in("records", 0, "title", value=" "), "title_is_not_blank"),
    (RECORDS, set_in("records", 0, "title", value="x" * 201), "schema"),
    (RECORDS, set_in("records", 0, "title", value=7), "schema"),
    (RECORDS, set_in("records", 0, "colour", value="red"), "schema"),
    (RECORDS, set_in("records", 0, "record_type", value="SECRET"), "schema"),
    (RECORDS, set_in("records", 0, "version", value=2**31), "schema"),
    (RECORDS, set_in("records", 0, "version", value=0), "schema"),
    (
        RECORDS,
        set_in("records", 0, "visit_date", value="1899-12-31T00:00:00Z"),
        "visit",
    ),
    (
        RECORDS,
        set_in("records", 0, "visit_date", value="9999-12-31T00:00:00Z"),
        "visit",
    ),
    (
        RECORDS,
        set_in("records", 0, "created_at", value="2026-02-30T00:00:00Z"),
        "created_at",
    ),
    ("account.json", set_in("user", "user_type", value="ADMIN"), "schema"),
    ("account.json", set_in("user", "username", value="a b"), "schema"),
    ("account.json", set_in("user", "email", value="nowhere"), "email"),
    ("account.json", set_in("user", "email", value="x@☃.example"), "email"),
    ("account.json", set_in("user", "is_staff", value=True), "schema"),
    ("account.json", set_in("user", "password", value="x"), "schema"),
    ("account.json", repeat("email_addresses"), "account_emailaddress|primary"),
    (
        "account.json",
        set_in("user", "date_of_birth", value="2026-13-01"),
        "date_of_birth",
    ),
    ("care.json", repeat("people"), "twice"),
    ("care.json", repeat("doctors"), "twice"),
    ("care.json", repeat("grants"), "pkey|one_open|primary"),
    ("care.json", set_in("people", 0, "user_type", value="PATIENT"), "schema"),
    ("care.json", set_in("people", 0, "user_type", value="ADMIN"), "different details"),
    ("care.json", set_in("doctors", 0, "user", value=OTHER_ID), "different details"),
    ("care.json", set_in("grants", 0, "patient", value=OTHER_ID), "another patient"),
    ("care.json", set_in("grants", 0, "doctor", value=OTHER_ID), "doctor"),
    ("care.json", set_in("grants", 0, "ended_by", value=OTHER_ID), "not in care"),
    (
        "care.json",
        set_in("grants", 0, "expires_at", value="2000-01-01T00:00:00Z"),
        "expires_after",
    ),
    ("care.json", set_in("grants", 0, "status", value="ENDED"), "has_an_end"),
    (
        "notifications-0001.json",
        set_in("notifications", 0, "is_read", value=True),
        "read_at_says_when",
    ),
    ("notifications-0001.json", repeat("notifications"), "pkey"),
    ("care.json", set_in("part", value="account"), "schema"),
]


@pytest.mark.parametrize("number", range(len(FORGED)))
def test_what_does_not_hold_together_is_refused(archive, number):
    name, change, why = FORGED[number]

    refused(forged(archive, name, change), why)


def test_a_ledger_of_somebody_else_is_refused(archive, alice):
    line = {
        "id": OTHER_ID,
        "at": "2026-03-02T09:00:00Z",
        "action": "a.b",
        "object_kind": "record",
        "object_ids": [],
        "categories": [],
        "count": 0,
        "basis": "OWN",
        "outcome": "ALLOWED",
        "actor": None,
        "patient": OTHER_ID,
        "grant": None,
        "origin": {"face": "api", "address": None, "user_agent": ""},
    }
    refused(
        forged(archive, "access-log-0001.json", set_in("entries", value=[line])),
        "another patient",
    )


def test_an_account_that_is_here_is_refused_by_id_name_and_address(archive, alice):
    for make in (
        lambda: UserFactory(id=alice.user_id),
        lambda: UserFactory(username="ALICE"),
        lambda: PatientFactory(id=alice.pk),
        lambda: EmailAddress.objects.create(
            user=UserFactory(), email=alice.user.email.upper(), verified=True
        ),
    ):
        made = make()
        refused(archive, "already")
        made.delete()

    import_from(archive, stdout=io.StringIO())


def with_address(archive, email):
    """As an archive has it from before there was one spelling."""

    def change(part):
        part["user"]["email"] = email
        part["email_addresses"][0] |= {"email": email, "verified": True}

    return forged(archive, "account.json", change)


def test_an_address_in_another_spelling_is_here_already(archive):
    made = UserFactory()
    EmailAddress.objects.create(user=made, email="x@straße.example", verified=True)
    path = with_address(archive, "X@xn--strae-oqa.example")
    refused(path, "already")
    made.delete()

    import_from(path, stdout=io.StringIO())

    assert EmailAddress.objects.get().email == "x@straße.example"
    assert EmailAddress.objects.get().user.email == "X@straße.example"


def test_ids_of_records_that_are_here_are_refused(archive, alices_record):
    HealthRecordFactory(id=alices_record.pk)

    refused(archive, "pkey")


def test_somebody_of_another_kind_is_refused(archive, dr_bob):
    StaffFactory(id=dr_bob.user_id)

    refused(archive, "different account type here")


def test_a_doctor_who_is_another_one_here_is_refused(archive, dr_bob):
    DoctorFactory(id=dr_bob.pk)

    refused(archive, "different details here")


def test_a_doctor_with_another_profile_here_is_refused(archive, dr_bob):
    DoctorFactory(user__id=dr_bob.user_id)

    refused(archive, "different details here")


def test_a_doctor_who_is_here_stays_as_they_are(archive, dr_bob):
    DoctorFactory(
        id=dr_bob.pk,
        verified=True,
        user__id=dr_bob.user_id,
        user__first_name="Robert",
    )

    import_from(archive, stdout=io.StringIO())

    dr_bob.refresh_from_db()
    assert dr_bob.is_verified
    assert dr_bob.user.is_active
    assert dr_bob.user.first_name == "Robert"


def test_doctors_who_come_along_cannot_sign_in_and_are_not_verified(archive, dr_bob):
    import_from(archive, stdout=io.StringIO())

    bob = type(dr_bob).objects.get(pk=dr_bob.pk)
    assert not bob.is_verified
    assert not bob.user.is_active
    assert not bob.user.has_usable_password()
    assert bob.user.username == f"archived-{bob.user_id.hex}"


LINES = [
    ("account.json", ("user", "first_name"), "Ali\u202ece\n"),
    ("account.json", ("patient", "emergency_contact"), "Jo\r\nMoreau"),
    ("care.json", ("people", 0, "last_name"), "Stone\u2028Security notice"),
    ("care.json", ("doctors", 0, "specialization"), "Car\u2067diology"),
    ("care.json", ("grants", 0, "reason"), "For\tthe knee"),
    (RECORDS, ("records", 0, "title"), "Knee\x1b[31m"),
    (RECORDS, ("records", 0, "versions", 0, "title"), "Knee\nand elbow"),
    ("notifications-0001.json", ("notifications", 0, "message"), "Dr. \u202bBob"),
]


def test_lines_of_an_older_archive_are_made_lines(archive):
    for name, path, text in LINES:
        forged(archive, name, set_in(*path, value=text))

    import_from(archive, stdout=io.StringIO())

    stored = [
        *User.objects.values_list("first_name", "last_name"),
        *PatientProfile.objects.values_list("emergency_contact"),
        *DoctorProfile.objects.values_list("specialization"),
        *CareGrant.objects.values_list("reason"),
        *HealthRecord.objects.values_list("title"),
        *RecordVersion.objects.values_list("title"),
        *Notification.objects.values_list("message"),
    ]
    texts = {text for row in stored for text in row}
    assert texts >= {as_one_line(text) for _name, _path, text in LINES}
    assert all(text == as_one_line(text) for text in texts)


NOTHING_SEEN = ("\u3164", "\u200b", " \u2800\n", "\u202e", "\x1f")


@pytest.mark.parametrize("unseen", NOTHING_SEEN)
def test_an_old_title_of_which_nothing_is_seen_says_that_there_is_none(archive, unseen):
    for way in (("title",), ("versions", 0, "title")):
        forged(archive, RECORDS, set_in("records", 0, *way, value=unseen))

    import_from(archive, stdout=io.StringIO())

    assert HealthRecord.objects.get().title == "(untitled)"
    assert {version.title for version in RecordVersion.objects.all()} == {"(untitled)"}


def test_no_line_of_which_nothing_is_seen_makes_an_archive_unimportable(archive):
    for name, path, _text in LINES:
        forged(archive, name, set_in(*path, value="\u3164"))
    title = ("notifications", 0, "title")
    forged(archive, "notifications-0001.json", set_in(*title, value="\u3164"))
    forged(archive, "account.json", set_in("user", "last_name", value="\u3164"))
    forged(archive, "care.json", set_in("people", 0, "first_name", value="\u3164"))

    import_from(archive, stdout=io.StringIO())

    told = Notification.objects.get()
    assert (told.title, told.message) == ("(untitled)", "")
    assert HealthRecord.objects.get().title == "(untitled)"


@pytest.mark.parametrize("blank", ["", " ", "\t\r\n"])
def test_a_title_that_is_blank_is_refused(archive, blank):
    path = forged(archive, RECORDS, set_in("records", 0, "title", value=blank))

    refused(path, "title_is_not_blank")


def test_a_title_that_is_missing_is_refused(archive):
    def leave_out(part: Any) -> None:
        del part["records"][0]["title"]

    refused(forged(archive, RECORDS, leave_out), r"schema.*\[0\] \(required\)")
