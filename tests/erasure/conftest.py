"""Zinnia, of whom every word is unmistakable, and how accounts are erased here."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pghistory
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.mail_outbox import queue_mail
from phr.accounts.models import User
from phr.archive.services import request_export
from phr.archive.worker import prepare_export
from phr.care.models import EmergencyAccess, PatientProfile
from phr.erasure import tasks
from phr.erasure.models import Erasure
from phr.health_records.models import (
    TEXTS,
    HealthRecord,
    RecordVersion,
)
from phr.health_records.search import stored_words
from tests.conftest import user_of
from tests.factories import (
    PASSWORD,
    CareGrantFactory,
    DoctorCommentFactory,
    EmergencyAccessFactory,
    ErasureFactory,
    HealthRecordFactory,
    NotificationFactory,
    PatientFactory,
)

DELETE = "/api/account/delete/"
CANCEL = DELETE + "cancel/"
RECEIPTS = "/api/account/receipts/"
A_WEEK = timedelta(days=7)

Leave = Callable[[Any], Erasure]


def asked(somebody: Any, *, ago: timedelta = A_WEEK) -> Erasure:
    """Somebody has asked to leave a while ago; after a week it is due."""
    erasure: Erasure = ErasureFactory(
        user_id=user_of(somebody).pk, requested_at=timezone.now() - ago
    )
    return erasure


@pytest.fixture
def leave() -> Leave:
    """Ask for an account to be erased, and carry it out."""

    def carry_out(somebody: User | PatientProfile) -> Erasure:
        erasure = asked(somebody)
        tasks.erase_due_accounts()
        erasure.refresh_from_db()
        assert erasure.erased_at is not None
        return erasure

    return carry_out


RECORDS = "/api/health-records/"
WORDS = {
    "username": "zinnia.quartz",
    "email": "zinnia@quartzmail.example",
    "first_name": "Zinnia",
    "last_name": "Quartzfeather",
    "phone_number": "+442079460123",
}
CLINICAL = "Brontosauritis"
CONTACT = "Uncle Quartzbeard"
SPOKEN = "Velociraptorine"  # by doctors, about her
ADDRESS, BROWSER = "203.0.113.77", "ZinniaBrowser/9"
BORN = date(1907, 3, 9)
ALL_WORDS = [*WORDS.values(), CLINICAL, CONTACT, SPOKEN, ADDRESS, BROWSER, str(BORN)]


@pytest.fixture
def zinnia(db):
    """A patient of whom every word is unmistakable."""
    return PatientFactory(
        **{f"user__{name}": value for name, value in WORDS.items()},
        user__date_of_birth=BORN,
        emergency_contact=CONTACT,
        allergies=CLINICAL,
    )


def mistype(patient, *, times=3):
    """Sign in with a wrong password, as everybody does now and then."""
    for _ in range(times):
        body = {"username": patient.user.username, "password": "mistyped 1"}
        answer = at_home(APIClient()).post("/api/auth/login/", body)
        assert answer.status_code == 401


def at_home(client):
    client.defaults |= {"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": BROWSER}
    return client


def client_of(api, patient):
    client = at_home(api("nobody"))
    body = {"username": patient.user.username, "password": PASSWORD}
    tokens = client.post("/api/auth/login/", body).json()["tokens"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    return client


def fill_record(patient, *doctors):
    """A record in all states: changed, commented on, one comment taken back."""
    texts = {name: f"{CLINICAL} {name}" for name in ("title", *TEXTS)}
    record = HealthRecordFactory(
        patient=patient,
        **texts,
        search_words=stored_words(patient.pk, *texts.values()),
    )
    for doctor in doctors:
        DoctorCommentFactory(health_record=record, doctor=doctor, comment=SPOKEN)
    with pghistory.context(user=str(patient.user_id)):
        HealthRecord.objects.filter(pk=record.pk).update(
            title=f"{CLINICAL} again", version=2
        )
    return record


@pytest.fixture
def everything(api, zinnia, dr_dan, dr_bob, sam, deliver):
    """All that the server can know of her, made through its own doors where it can."""
    mistype(zinnia)
    client = client_of(api, zinnia)
    grant = CareGrantFactory(
        patient=zinnia, doctor=dr_dan, reason=SPOKEN, end_reason=SPOKEN
    )
    CareGrantFactory(patient=zinnia, doctor=dr_bob)
    emergency = EmergencyAccessFactory(
        grant__patient=zinnia, grant__doctor=dr_bob, grant__reason=SPOKEN
    )
    EmergencyAccess.objects.update(review_note=SPOKEN)
    answer = client.post(
        RECORDS,
        {
            "record_type": "CHECKUP",
            "title": CLINICAL,
            "visit_date": "2026-03-02T09:00:00Z",
        },
    )
    address = f"{RECORDS}{answer.json()['id']}/"
    client.patch(address, {"title": f"{CLINICAL} again"})
    commented = api("dr_dan").post(f"{address}comments/", {"comment": SPOKEN})
    assert commented.status_code == 201
    fill_record(zinnia, dr_dan, dr_bob)
    HealthRecord.objects.filter(pk=fill_record(zinnia).pk).update(
        deleted_at=timezone.now()
    )
    fill_record(zinnia, dr_dan).doctor_comments.get().delete()
    orphan = HealthRecordFactory(patient=zinnia, title=CLINICAL)
    HealthRecord.objects.filter(pk=orphan.pk).delete()
    assert RecordVersion.objects.filter(id=orphan.pk).exists()
    client.patch(f"/api/care/grants/{grant.pk}/", {"records_since": "2020-01-01"})
    client.post(f"/api/care/grants/{grant.pk}/end/", {"reason": SPOKEN})
    client.post(f"{RECORDS}{HealthRecordFactory().pk}/restore/")  # a refusal
    NotificationFactory(recipient=zinnia.user, message=f"For {WORDS['first_name']}")
    deliver()
    account_rows(zinnia.user)
    journal(sam, zinnia.user, zinnia, grant, emergency)
    return zinnia


def account_rows(user):
    export, _ = request_export(actor=user, at=timezone.now())
    prepare_export(export.pk, at=timezone.now())
    EmailAddress.objects.create(user=user, email=user.email)
    Authenticator.objects.create(
        user=user, type="webauthn", data={"name": WORDS["first_name"]}
    )
    store = SessionStore()
    store["who"] = WORDS["username"]
    store.create()
    UserSession.objects.create(
        user=user, session_key=store.session_key, ip=ADDRESS, user_agent=BROWSER
    )
    with transaction.atomic():
        queue_mail(user=user, address=user.email, kind="tests.thing_happened")


def journal(staff, *things):
    """What the admin site notes when staff change something."""
    for thing in things:
        LogEntry.objects.create(
            user=staff,
            content_type=ContentType.objects.get_for_model(thing),
            object_id=str(thing.pk),
            object_repr=str(thing),
            action_flag=CHANGE,
        )
