"""What people read later is in their language: inboxes, mails, their own exports."""

import io
from datetime import UTC, datetime
from typing import Any
from zipfile import ZipFile

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format

from phr.accounts.language import speaking_to
from phr.accounts.models import User
from phr.archive.models import Export
from phr.archive.worker import prepare_export
from phr.care.models import DoctorVerification
from phr.notifications.models import Notification
from tests.accounts.bodies import patient_body
from tests.conftest import user_of
from tests.factories import (
    CareGrantFactory,
    DoctorVerificationFactory,
    HealthRecordFactory,
)

KATHMANDU = "Asia/Kathmandu"


def choose(somebody: Any, **choices: str) -> None:
    User.objects.filter(pk=user_of(somebody).pk).update(**choices)


def told(somebody: Any, kind: str) -> Notification:
    return Notification.objects.get(recipient=user_of(somebody), notification_type=kind)


def test_each_reads_of_one_event_in_their_own_language(
    api, alice, dr_bob, alices_record, deliver
):
    other = CareGrantFactory(patient=alice, doctor__verified=True).doctor
    choose(alice, language="de")
    choose(dr_bob, language="de")  # which does not matter to the other doctor
    client = api("dr_bob")

    client.post(
        f"/api/health-records/{alices_record.pk}/comments/",
        {"comment": "Come back in a week."},
        headers={"accept-language": "fr"},
    )
    deliver()

    assert told(alice, "COMMENT_ADDED").title == "Neuer Kommentar"
    assert told(other, "COMMENT_ADDED").title == "New comment"
    assert translation.get_language() == "en"


def test_a_line_that_is_there_stays_in_the_language_in_which_it_was_written(
    api, alice, dr_bob, alices_record, deliver
):
    api("dr_bob").post(
        f"/api/health-records/{alices_record.pk}/comments/", {"comment": "So it is."}
    )
    deliver()
    choose(alice, language="de")

    lines = api("alice").get("/api/notifications/").json()["results"]

    assert "New comment" in {line["title"] for line in lines}


@pytest.mark.parametrize(
    ("language", "zone", "day"),
    [
        ("en", "Pacific/Apia", "1 January 2031"),
        ("de", "UTC", "31. Dezember 2030"),
        ("de", "Pacific/Apia", "1. Januar 2031"),
    ],
)
def test_a_day_is_the_one_of_its_readers_calendar(
    api, sam, dr_dan, deliver, language, zone, day
):
    choose(dr_dan, language=language, time_zone=zone)
    licence = DoctorVerificationFactory(doctor=dr_dan)
    until = datetime(2030, 12, 31, 20, tzinfo=UTC)

    api("sam").post(
        f"/api/staff/doctors/{dr_dan.pk}/verify/",
        {
            "decision": "VERIFY",
            "valid_until": until.isoformat(),
            "license_number": licence.license_number,
        },
    )
    deliver()

    assert DoctorVerification.objects.get().status == "VERIFIED"
    assert day in told(dr_dan, "VERIFICATION").message


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("de", "Bestätigen Sie Ihre E-Mail-Adresse"),
        ("en", "Confirm your e-mail address"),
        ("", "Confirm your e-mail address"),
    ],
)
@pytest.mark.django_db
def test_a_mail_is_written_in_the_language_that_its_reader_has_when_it_leaves(
    api, mailbox, deliver, language, subject
):
    made = api("nobody").post(
        "/api/auth/register/",
        patient_body(language="en"),
        headers={"accept-language": "fr"},
    )
    assert made.status_code == 201
    User.objects.update(language=language)

    deliver()

    (arrived,) = mailbox.mails
    assert arrived["Subject"] == subject
    assert translation.get_language() == "en"


def test_an_export_is_read_in_ones_language_and_zone(api, alice, deliver):
    HealthRecordFactory(
        patient=alice,
        visit_date=datetime(2026, 3, 3, 6, 30, tzinfo=UTC),
        visit_offset=-420,
    )
    HealthRecordFactory(
        patient=alice, visit_date=datetime(2026, 3, 4, 6, 30, tzinfo=UTC)
    )
    choose(alice, language="de", time_zone=KATHMANDU)
    client = api("alice")
    asked = client.post("/api/account/export/").json()

    prepare_export(Export.objects.get().pk, at=timezone.now())

    url = f"/api/account/export/{asked['id']}/download/"
    archive = ZipFile(io.BytesIO(client.get(url).getvalue()))
    for name in archive.namelist():
        if name.endswith(".html"):
            assert '<html lang="de">' in archive.read(name).decode()
    records = archive.read("records-0001.html").decode()
    assert "2. März 2026, 23:30 (UTC-07:00)" in records
    assert "4. März 2026, 06:30 (UTC)<" in records
    with speaking_to(User.objects.get(pk=alice.user_id)):
        written = timezone.localtime(alice.user.created_at)
        day = date_format(written, "DAY")
    assert f"{day}, {written:%H:%M} (+0545)" in archive.read("account.html").decode()
    assert b"+05:45" not in archive.read("account.json")
    assert b"+05:45" not in archive.read("access-log-0001.json")
