"""What one person can cause in another's mailbox and inbox, for each kind of event.

The table says who can cause it in whom, and what holds them; each line is tried forty
times. A new kind of event fails the first test until it has a line.
"""

from collections import Counter
from dataclasses import dataclass

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from phr.accounts.events import (
    AddressToConfirm,
    AllSessionsEnded,
    BrowserSignedInFromNewPlace,
    ChangedByStaff,
    EmailChanged,
    EmailChangedByStaff,
    EmailConfirmed,
    FactorsRemovedByStaff,
    MailDue,
    PasskeyAdded,
    PasskeyRemoved,
    PasswordChanged,
    PasswordLinkByStaff,
    PasswordReset,
    PasswordResetAsked,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    RefreshReused,
    SignedInFromNewPlace,
    TotpAdded,
    TotpRemoved,
)
from phr.accounts.models import Mail, User
from phr.archive.events import ExportAsked, ExportReady
from phr.care.choices import EmergencyVerdict, VerificationStatus
from phr.care.events import (
    AccessGiven,
    AccessRequested,
    DoctorAssigned,
    DoctorInvited,
    DoctorRefused,
    DoctorVerified,
    EmergencyAccessOpened,
    EmergencyReviewed,
    GrantAccepted,
    GrantChanged,
    GrantDeclined,
    GrantEnded,
    LicenseHandedIn,
)
from phr.core import events, outbox, tasks
from phr.core.models import OutboxEvent
from phr.core.queues import OF_MAILS, Queue
from phr.erasure.events import ErasureAsked, ErasureCancelled
from phr.health_records.events import (
    CommentAdded,
    CommentPublished,
    RecordCreated,
    RecordRestored,
)
from phr.notifications.inbox_limits import MORE, MOST_FROM_ONE, MOST_FROM_STRANGERS
from phr.notifications.models import Notification, NotificationPreference
from phr.notifications.preferences import NOT_MAILED
from tests.factories import (
    CareGrantFactory,
    DoctorCommentFactory,
    DoctorVerificationFactory,
    EmergencyAccessFactory,
    ExportFactory,
    HealthRecordFactory,
    PatientFactory,
    StaffFactory,
)
from tests.some_events import events_of_the_product

LINES = "an inbox gets ten lines of a title in an hour from one person"
MAILS = "a mailbox three mails of the kind in an hour, then one"
CARE = "a mailbox one mail of the kind in an hour, then one"
LINKS = "a mailbox five links of the kind in an hour, ten in a day"


@dataclass(frozen=True)
class Cause:
    """Who can cause an event in whose inbox and mailbox, and what holds them.

    :param about: what of the world its payload names.
    :param mails: at the most, to one mailbox, of forty of them in an hour.
    """

    who: str
    whom: str
    held: tuple[str, ...]
    about: str = "user_id"
    mails: int = 3


def own(*held: str, about: str = "user_id") -> Cause:
    return Cause(
        "the owner, or who acts as them", "the owner", (*held, LINES, MAILS), about
    )


def of_care(who: str, whom: str, *held: str, about: str = "grant_id") -> Cause:
    return Cause(who, whom, (*held, LINES, CARE), about, mails=1)


PAIR = "five a day for a pair"
STRANGERS = "fifty a day by strangers with one person, twenty a day by one patient"

CAUSES = {
    AddressToConfirm: Cause(
        "anybody, by registering or by a change of address",
        "whoever has the address",
        (LINKS, "60 registrations an hour for an address, 5 changes for an account"),
        mails=5,
    ),
    PasswordResetAsked: Cause(
        "anybody",
        "who has confirmed the address",
        (LINKS, "5 an hour for a mailbox, 30 for an address"),
        mails=5,
    ),
    PasswordLinkByStaff: Cause(
        "staff with the right to do so",
        "who has confirmed the address",
        (LINKS, "2 an hour for an account"),
        mails=5,
    ),
    SignedInFromNewPlace: own(about="session_id"),
    BrowserSignedInFromNewPlace: own(),
    RefreshReused: own("ends the session", about="session_id"),
    PasswordChanged: own(),
    PasswordReset: own("a link works once"),
    EmailChanged: own("5 changes an hour"),
    EmailChangedByStaff: own("staff with the right to do so"),
    ChangedByStaff: own("staff with the right to do so"),
    EmailConfirmed: own("a link works once"),
    TotpAdded: own("asks for proof"),
    TotpRemoved: own("asks for proof"),
    PasskeyAdded: own("asks for proof"),
    PasskeyRemoved: own("asks for proof"),
    RecoveryCodesMade: own("10 a day"),
    RecoveryCodeUsed: own("ten codes"),
    FactorsRemovedByStaff: own("an operator only"),
    AllSessionsEnded: own("asks for signing in again"),
    ErasureAsked: own("5 a day"),
    ErasureCancelled: own("5 a day"),
    ExportAsked: own("5 a day", about="export_id"),
    ExportReady: own("5 a day", about="export_id"),
    DoctorAssigned: of_care("a doctor, staff", "patient, doctor", PAIR),
    AccessGiven: own("asks for proof", PAIR),
    AccessRequested: of_care("a doctor", "any patient", PAIR, STRANGERS),
    DoctorInvited: of_care("a patient", "any doctor", PAIR, STRANGERS),
    GrantAccepted: of_care("a patient", "who asked", PAIR),
    GrantDeclined: of_care("a patient", "who asked", PAIR),
    GrantChanged: of_care("a patient", "the doctor let in"),
    GrantEnded: of_care("either side, staff", "the other", PAIR),
    EmergencyAccessOpened: Cause(
        "a verified doctor",
        "any patient, all staff",
        ("10 an hour", LINES, MAILS),
        "emergency_id",
    ),
    EmergencyReviewed: Cause(
        "staff", "patient, doctor", ("once each", LINES, MAILS), "emergency_id"
    ),
    LicenseHandedIn: of_care(
        "any doctor", "all staff", "10 a day", about="verification_id"
    ),
    DoctorVerified: of_care("staff", "a doctor", about="verification_id"),
    DoctorRefused: of_care("staff", "a doctor", about="verification_id"),
    RecordCreated: of_care("a patient", "doctors let in", about="record_id"),
    RecordRestored: of_care("a patient", "doctors let in", about="record_id"),
    CommentAdded: of_care(
        "a doctor let in", "patient, other doctors", about="comment_id"
    ),
    CommentPublished: of_care("a doctor let in", "the patient", about="comment_id"),
}
TIMES = 40


def test_each_kind_of_event_has_a_line():
    """`MailDue` is the mail itself; what these cause ends in it."""
    heard = {each for each in events_of_the_product() if each.is_heard}

    assert heard == CAUSES.keys() | {MailDue}
    assert all(cause.held for cause in CAUSES.values())


@pytest.fixture
def world(alice, dr_bob, bobs_grant, sam, confirm):
    """Something of each kind that an event can be about, and confirmed addresses."""
    record = HealthRecordFactory(patient=alice)
    verification = DoctorVerificationFactory(
        doctor=dr_bob,
        status=VerificationStatus.VERIFIED,
        valid_until=timezone.now(),
        decided_at=timezone.now(),
        decided_by=sam,
    )
    emergency = EmergencyAccessFactory(
        grant__patient=alice, grant__doctor=dr_bob, verdict=EmergencyVerdict.JUSTIFIED,
        reviewed_at=timezone.now(), reviewed_by=sam,
    )  # fmt: skip
    session = alice.user.login_sessions.create(last_used_at=timezone.now())
    for user in User.objects.all():
        confirm(user)
        for kind in NOT_MAILED:
            NotificationPreference.objects.create(
                user=user, notification_type=kind, channel="EMAIL", is_on=True
            )
    comment = DoctorCommentFactory(health_record=record, doctor=dr_bob)
    return {
        "user_id": {"user_id": alice.user_id},
        "export_id": {
            "user_id": alice.user_id,
            "export_id": ExportFactory(user=alice.user).pk,
        },
        "session_id": {"session_id": session.pk},
        "grant_id": {"grant_id": bobs_grant.pk},
        "emergency_id": {"grant_id": emergency.grant_id},
        "record_id": {"record_id": record.pk},
        "comment_id": {"comment_id": comment.pk},
        "verification_id": {"verification_id": verification.pk},
    }


def deliver_what_is_due():
    """As workers do, with whatever mails these cause."""
    in_line = OutboxEvent.objects.filter(turn__isnull=False)
    while in_line.exists():
        for queue in (Queue.URGENT, Queue.NOTIFICATIONS, *sorted(OF_MAILS)):
            tasks.deliver_next(queue=queue, events=in_line.count() or 1)
    failed = OutboxEvent.objects.exclude(last_error__in=["", outbox.PUT_OFF])
    assert not failed.exists(), failed.values_list("kind", "last_error")


@pytest.mark.parametrize("together", [1, TIMES])
@pytest.mark.parametrize("event_type", CAUSES, ids=lambda each: each.kind)
def test_forty_times_the_same_fill_neither_inbox_nor_mailbox(
    event_type, together, world, mailbox, sam
):
    cause = CAUSES[event_type]
    if event_type is AddressToConfirm:
        EmailAddress.objects.update(verified=False)
    for _ in range(TIMES // together):
        with transaction.atomic():
            for _ in range(together):
                events.emit(event_type(by=sam.pk, **world[cause.about]))
        deliver_what_is_due()

    lines = Counter(Notification.objects.values_list("recipient", "title"))
    assert max(lines.values(), default=0) <= MOST_FROM_ONE + 1
    words_of_more = Notification.objects.filter(message=MORE)
    assert words_of_more.count() == len(lines)
    arrived = Counter(zip(mailbox.recipients, subjects(mailbox), strict=True))
    assert max(arrived.values(), default=0) <= cause.mails
    assert arrived or lines
    assert not Mail.objects.exclude(dropped_at=None).filter(sent_at=None).exists() or (
        LINKS in cause.held
    )


def subjects(mailbox):
    return [arrived["Subject"] for arrived in mailbox.mails]


def test_ones_own_patients_are_not_strangers(dr_bob):
    for _ in range(MOST_FROM_STRANGERS + 5):
        patient = PatientFactory()
        CareGrantFactory(patient=patient, doctor=dr_bob)
        record = HealthRecordFactory(patient=patient)
        with transaction.atomic():
            events.emit(RecordCreated(record_id=record.pk, by=patient.user_id))
    deliver_what_is_due()

    told = Notification.objects.filter(recipient=dr_bob.user)
    assert told.count() == MOST_FROM_STRANGERS + 5
    assert not told.filter(message=MORE).exists()


def test_one_kind_of_news_about_safety_does_not_hide_another(alice):
    for event_type in [*[RecoveryCodesMade] * TIMES, PasskeyAdded]:
        with transaction.atomic():
            events.emit(event_type(user_id=alice.user_id))
    deliver_what_is_due()

    assert Notification.objects.filter(title="A passkey was added").count() == 1


def test_a_whole_staff_is_told_of_licences_and_not_flooded(sam):
    StaffFactory()
    for _ in range(MOST_FROM_STRANGERS + 20):
        handed_in = DoctorVerificationFactory()
        with transaction.atomic():
            events.emit(
                LicenseHandedIn(
                    verification_id=handed_in.pk, by=handed_in.doctor.user_id
                )
            )
    deliver_what_is_due()

    lines = Counter(Notification.objects.values_list("recipient", flat=True))
    assert set(lines.values()) == {MOST_FROM_STRANGERS + 1}


@pytest.mark.parametrize(
    ("first_name", "last_name", "said"),
    [
        ("Your doctor", "http://evil.example/x", "Your doctor http evil. example x"),
        ("Pay", "now@evil.example:443/?a=b#c", "Pay now evil. example 443 a b c"),
        ("A" * 150, "B" * 150, "A" * 60 + "…"),
        ("J.R.", "O'Neill-Smith", "J. R. O'Neill-Smith"),
        ("अनुष्का", "शर्मा", "अनुष्का शर्मा"),
    ],
)
def test_a_name_is_no_link_and_no_text_in_somebody_elses_inbox(
    dr_bob, first_name, last_name, said
):
    patient = PatientFactory(user__first_name=first_name, user__last_name=last_name)
    grant = CareGrantFactory(patient=patient, doctor=dr_bob)
    with transaction.atomic():
        events.emit(DoctorInvited(grant_id=grant.pk, by=patient.user_id))
    deliver_what_is_due()

    line = Notification.objects.get(recipient=dr_bob.user)
    assert line.message == f"{said} has given you access to their health records."
