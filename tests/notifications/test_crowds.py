"""Strangers together do not fill an inbox, nor hide in it what others have done."""

from django.db import transaction

from phr.care.choices import GrantOrigin
from phr.care.events import (
    AccessRequested,
    DoctorAssigned,
    DoctorInvited,
    EmergencyAccessOpened,
)
from phr.core import events
from phr.notifications.inbox_limits import MORE, MOST_FROM_STRANGERS
from phr.notifications.models import Notification
from tests.factories import CareGrantFactory, EmergencyAccessFactory, PatientFactory
from tests.languages.marked_language import marked_language


def invited_by_stranger(doctor):
    patient = PatientFactory()
    return CareGrantFactory(
        patient=patient,
        doctor=doctor,
        origin=GrantOrigin.PATIENT,
        requested_by=patient.user,
        decided_by=patient.user,
    )


def taken_on_by_stranger(patient):
    return CareGrantFactory(patient=patient, origin=GrantOrigin.DOCTOR)


def opened_by_stranger(patient):
    return EmergencyAccessFactory(grant__patient=patient).grant


def tell(event_type, grant, by=None):
    """Of something that the other side of a grant than the one who is told has done."""
    by_patient = event_type is DoctorInvited
    side = grant.patient if by_patient else grant.doctor
    with transaction.atomic():
        events.emit(event_type(grant_id=grant.pk, by=by.pk if by else side.user_id))


def crowd(event_type, make, whom, deliver):
    """Strangers who cause more in an hour than an inbox takes of them."""
    for _ in range(MOST_FROM_STRANGERS + 2):
        tell(event_type, make(whom))
    deliver()
    assert lines_of(whom) == MOST_FROM_STRANGERS + 1


def lines_of(person):
    return Notification.objects.filter(recipient=person.user).count()


def test_however_many_strangers_do_not_fill_an_inbox(dr_bob, deliver):
    for _ in range(MOST_FROM_STRANGERS + 20):
        tell(DoctorInvited, invited_by_stranger(dr_bob))
    deliver()

    told = Notification.objects.filter(recipient=dr_bob.user)
    assert told.count() == MOST_FROM_STRANGERS + 1
    assert told.filter(message=MORE).count() == 1


def test_strangers_do_not_hide_a_patient_whom_the_doctor_knows(dr_bob, deliver):
    crowd(DoctorInvited, invited_by_stranger, dr_bob, deliver)
    known = CareGrantFactory(
        doctor=dr_bob, origin=GrantOrigin.DOCTOR, requested_by=dr_bob.user, ended=True
    )
    again = CareGrantFactory(
        patient=known.patient, doctor=dr_bob, origin=GrantOrigin.PATIENT
    )
    tell(DoctorInvited, again)
    deliver()

    assert lines_of(dr_bob) == MOST_FROM_STRANGERS + 2


def test_strangers_do_not_hide_a_doctor_whom_the_patient_knows(alice, deliver):
    crowd(EmergencyAccessOpened, opened_by_stranger, alice, deliver)
    known = CareGrantFactory(
        patient=alice, origin=GrantOrigin.DOCTOR, decided_by=alice.user, ended=True
    ).doctor
    opened = EmergencyAccessFactory(grant__patient=alice, grant__doctor=known).grant
    tell(EmergencyAccessOpened, opened)
    deliver()

    assert lines_of(alice) == MOST_FROM_STRANGERS + 2


def test_strangers_do_not_hide_what_staff_do(alice, sam, deliver):
    crowd(DoctorAssigned, taken_on_by_stranger, alice, deliver)
    tell(DoctorAssigned, CareGrantFactory(patient=alice), by=sam)
    deliver()

    assert lines_of(alice) == MOST_FROM_STRANGERS + 2


def test_whom_one_has_turned_away_stays_a_stranger(alice, deliver):
    crowd(AccessRequested, taken_on_by_stranger, alice, deliver)
    declined = CareGrantFactory(
        patient=alice, origin=GrantOrigin.DOCTOR, decided_by=alice.user, declined=True
    )
    again = CareGrantFactory(
        patient=alice, doctor=declined.doctor, origin=GrantOrigin.DOCTOR
    )
    tell(AccessRequested, again)
    deliver()

    assert lines_of(alice) == MOST_FROM_STRANGERS + 1


def test_strangers_do_not_fill_an_inbox_whose_lines_are_in_another_language(
    dr_bob, deliver
):
    dr_bob.user.language = "de"
    dr_bob.user.save()

    with marked_language():
        crowd(DoctorInvited, invited_by_stranger, dr_bob, deliver)

    (title,) = set(Notification.objects.values_list("title", flat=True))
    assert title == "⟦A patient has given you access⟧"
