"""What mails say, of every kind: what happened and where to look, and no more."""

import re

import pytest
from django.db import transaction
from django.utils import timezone

from phr.accounts import mail_outbox
from phr.accounts.addresses import claim_address, has_confirmed_address
from phr.accounts.events import AddressToConfirm, PasswordChanged
from phr.accounts.links import InvalidLink
from phr.accounts.mailbox_limits import RESET_PASSWORD, VERIFY_EMAIL
from phr.accounts.models import Mail, User
from phr.core import events
from phr.core.ids import uuid7
from phr.health_records.models import TEXTS
from phr.identity.email_confirmation import confirm_email as confirm_by
from phr.identity.password_reset import reset_password
from phr.notifications.emails import GENERIC, OTHERS, TYPES
from phr.notifications.models import Notification, NotificationType
from phr.notifications.security_notices import SECURITY
from tests.factories import (
    CareGrantFactory,
    DoctorCommentFactory,
    DoctorFactory,
    HealthRecordFactory,
    PatientFactory,
    UserFactory,
)
from tests.some_events import made

SITE = "https://records.example.org"
NEW_PASSWORD = "another long sentence 8"
NAMES = {
    "user__username": "zaphodine",
    "user__first_name": "Zaphodina",
    "user__last_name": "Quillfeather",
    "user__email": "mailbox@example.org",
    "user__phone_number": "+31201234567",
}
CLINICAL = "Unmistakable"


@pytest.fixture
def patient(db):
    """Of a name, and with a record and a comment, of words that no mail may have."""
    patient = PatientFactory(**NAMES, allergies=f"{CLINICAL} pollen")
    doctor = DoctorFactory(
        verified=True, user__username="slartibart", user__last_name="Fjordmaker"
    )
    CareGrantFactory(patient=patient, doctor=doctor, reason=f"{CLINICAL} reason")
    texts = {name: f"{CLINICAL} {name}" for name in ("title", *TEXTS)}
    record = HealthRecordFactory(patient=patient, **texts)
    DoctorCommentFactory(health_record=record, doctor=doctor, comment=CLINICAL)
    return patient


@pytest.fixture
def ids(patient):
    """What an event about the patient's account names."""
    session = patient.user.login_sessions.create(last_used_at=timezone.now())
    return {"user_id": patient.user_id, "session_id": session.pk}


def emit(event):
    with transaction.atomic():
        events.emit(event)


def link_in(arrived):
    (found,) = re.findall(rf"{SITE}/account/\S+", arrived.get_content())
    return found.partition("#key=")


def test_every_type_of_notification_has_a_text():
    assert {*GENERIC, NotificationType.SECURITY} == set(NotificationType)


@pytest.mark.parametrize("kind", [*(each.kind for each in SECURITY), *TYPES, *OTHERS])
def test_no_mail_names_anybody_or_quotes_anything(
    patient, mailbox, confirm, deliver, kind
):
    user = patient.user
    confirm(user)
    user.emailaddress_set.update(verified=kind != VERIFY_EMAIL)
    with transaction.atomic():
        mail_outbox.queue_mail(
            user=user, address=user.email, kind=kind, about_id=uuid7()
        )

    deliver()

    (arrived,) = [each for each in mailbox.mails if each["To"] == user.email]
    said = arrived.as_string().replace(str(arrived["To"]), "")
    assert arrived["Subject"]
    assert SITE in arrived.get_content()
    for word in ("zaphodin", "quillfeather", "slartibart", "fjord", "+3120", "@exam"):
        assert word not in said.lower().replace("records@example.org", "")
    assert CLINICAL.lower() not in said.lower()
    assert "checkup" not in said.lower()
    assert max(map(len, said.splitlines())) < 200


@pytest.mark.parametrize("event_type", SECURITY, ids=lambda each: each.kind)
def test_news_of_the_account_are_told_and_mailed_to_a_confirmed_address(
    patient, ids, mailbox, deliver, event_type, confirm
):
    confirm(patient.user)

    emit(made(event_type, **ids))
    deliver()

    line, news = Notification.objects.get(), SECURITY[event_type]
    title, message = str(news.title), str(news.message)
    assert line.notification_type == NotificationType.SECURITY
    assert (line.title, line.message) == (title, message)
    (arrived,) = mailbox.mails
    assert arrived["Subject"] == title
    assert " ".join(arrived.get_content().split()).startswith(message)


@pytest.mark.parametrize("event_type", SECURITY, ids=lambda each: each.kind)
def test_news_of_the_account_go_to_no_address_that_nobody_confirmed(
    patient, ids, mailbox, deliver, event_type
):
    emit(made(event_type, **ids))
    deliver()

    assert Notification.objects.filter(recipient=patient.user).exists()
    assert not Mail.objects.exists()


@pytest.mark.parametrize("event_type", SECURITY, ids=lambda each: each.kind)
def test_news_of_an_account_that_is_gone_are_told_to_nobody(
    db, mailbox, deliver, event_type
):
    emit(made(event_type))
    deliver()

    assert not Notification.objects.exists()
    assert mailbox.mails == []


def test_an_account_without_an_address_gets_no_mail(db, mailbox, deliver):
    user = UserFactory(email="")

    emit(PasswordChanged(user_id=user.pk))
    deliver()

    assert Notification.objects.get().recipient == user
    assert not Mail.objects.exists()


def test_an_address_is_confirmed_by_the_link_of_the_mail(patient, mailbox, deliver):
    with transaction.atomic():
        claim_address(patient.user)
    deliver()

    page, _, key = link_in(mailbox.mails[0])
    confirm_by(key=key)

    assert page == f"{SITE}/account/confirm-email/"
    assert has_confirmed_address(patient.user)


def test_no_link_to_confirm_is_posted_for_an_account_that_is_gone(db, deliver):
    emit(AddressToConfirm(user_id=uuid7()))

    deliver()

    assert not Mail.objects.exists()


def test_the_link_to_confirm_is_made_when_the_mail_leaves(patient, deliver, mailbox):
    with transaction.atomic():
        claim_address(patient.user)
    emit(AddressToConfirm(user_id=patient.user_id))

    assert not Mail.objects.exists()
    deliver()

    for row in Mail.objects.values():
        assert link_in(mailbox.mails[0])[2] not in str(row)


def test_no_link_to_confirm_leaves_for_an_address_given_up_meanwhile(
    patient, mailbox, deliver
):
    with transaction.atomic():
        claim_address(patient.user)
        mail_outbox.queue_mail(
            user=patient.user, address="other@example.org", kind=VERIFY_EMAIL
        )
    deliver()

    assert mailbox.recipients == [patient.user.email]
    assert not Mail.objects.filter(address="other@example.org").exists()


def test_a_password_is_set_by_the_link_of_the_mail_once(
    api, patient, mailbox, confirm, deliver
):
    confirm(patient.user)
    asked = {"email": patient.user.email.upper()}
    assert api("nobody").post("/api/auth/password/forgot/", asked).status_code == 202
    deliver()

    page, _, key = link_in(mailbox.mails[0])

    def use():
        reset_password(
            key=key, password=NEW_PASSWORD, at=timezone.now(), client="192.0.2.1"
        )

    use()

    assert page == f"{SITE}/account/reset-password/"
    assert User.objects.get(pk=patient.user_id).check_password(NEW_PASSWORD)
    with pytest.raises(InvalidLink):
        use()
    assert not Notification.objects.exists()


def test_nobody_gets_a_link_for_an_address_that_is_nobodys(
    api, patient, mailbox, deliver
):
    """Nor for one that an account has and nobody has confirmed."""
    for email in ("stranger@example.org", patient.user.email):
        asked = {"email": email}
        done = api("nobody").post("/api/auth/password/forgot/", asked)
        assert done.status_code == 202
    deliver()

    assert mailbox.mails == []
    assert not Mail.objects.exists()


@pytest.mark.parametrize("change", ["blocked", "unconfirmed", "moved"])
def test_no_link_leaves_for_who_lost_the_right_to_it_meanwhile(
    patient, mailbox, confirm, deliver, change
):
    """Else an old mailbox would open the account for as long as the mail waits."""
    user = patient.user
    confirm(user)
    with transaction.atomic():
        mail_outbox.queue_mail(user=user, address=user.email, kind=RESET_PASSWORD)
    match change:
        case "blocked":
            User.objects.update(is_active=False)
        case "unconfirmed":
            user.emailaddress_set.update(verified=False)
        case "moved":
            user.emailaddress_set.update(email="new@example.org")
    deliver()

    assert mailbox.mails == []
    assert not Mail.objects.exists()


def test_a_forged_host_does_not_get_into_a_link(
    api, patient, mailbox, confirm, deliver, settings
):
    settings.ALLOWED_HOSTS = ["*"]
    confirm(patient.user)
    asked = {"email": patient.user.email}
    forged = {"HTTP_HOST": "evil.example", "HTTP_X_FORWARDED_HOST": "evil.example"}

    done = api("nobody").post("/api/auth/password/forgot/", asked, **forged)
    deliver()

    assert done.status_code == 202
    assert link_in(mailbox.mails[0])[0].startswith(SITE)
    assert "evil" not in mailbox.mails[0].as_string()
