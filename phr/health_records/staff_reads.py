"""Staff reading clinical text: by explicit permission only, and never unseen."""

from uuid import UUID

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User, UserType
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import Basis
from phr.audit.services import Access
from phr.care.models import PatientProfile
from phr.core.errors import NotAllowed, NotFound
from phr.health_records.models import DoctorComment, HealthRecord


class NotCleared(NotAllowed):
    code, title = "not_cleared", _("You need a permission to read clinical text")
    advice = _(
        "Ask an administrator for the permission to read clinical text. Every reading "
        "is logged in the patient's access log."
    )


def may_read_clinical_text(user: User) -> bool:
    """Whether somebody gave this member of staff the permission, or a group of theirs.

    Being a superuser does not count: it says who administers the server, not who has
    a reason to read what patients wrote.
    """
    if user.user_type != UserType.ADMIN or not user.is_active:
        return False
    permission = Permission.objects.filter(
        content_type__app_label="health_records", codename="read_clinical_text"
    )
    return permission.filter(Q(user=user) | Q(group__user=user)).exists()


def check_clearance(
    *, actor: User, action: Action, object_kind: str, object_id: UUID
) -> UUID:
    """See that staff may read this text; an attempt without permission is entered.

    :param object_kind: "record", or "profile" for the texts in a patient's profile.
    :returns: the id of the patient whose text it is.
    :raises NotCleared: nobody gave the actor the permission.
    :raises NotFound: there is no such thing any more.
    """
    patient_id = find_patient(object_kind, object_id)
    if not may_read_clinical_text(actor):
        audit.note_denied(
            actor,
            action,
            object_kind=object_kind,
            object_id=object_id,
            patient_id=patient_id,
        )
        raise NotCleared
    if patient_id is None:
        raise NotFound
    return patient_id


def find_patient(object_kind: str, object_id: UUID) -> UUID | None:
    if object_kind == "profile":
        patients = PatientProfile.objects.filter(pk=object_id)
        return patients.values_list("pk", flat=True).first()
    records = HealthRecord.objects.live().filter(pk=object_id)
    return records.values_list("patient_id", flat=True).first()


def read_record(
    *, actor: User, record_id: UUID
) -> tuple[HealthRecord, list[DoctorComment]]:
    """Fetch a record with its text and comments, and enter that staff have read it.

    What the patient has deleted is nobody's to read, not staff's either.

    :raises NotCleared, NotFound: as `check_clearance`.
    """
    patient_id = check_clearance(
        actor=actor,
        action=Action.TEXT_READ_BY_STAFF,
        object_kind="record",
        object_id=record_id,
    )
    with transaction.atomic():
        records = HealthRecord.objects.live().select_related("patient__user")
        record = records.filter(pk=record_id).first()
        if record is None:
            raise NotFound
        note(
            actor,
            Action.TEXT_READ_BY_STAFF,
            patient_id,
            "record",
            record_id,
            record.record_type,
        )
        comments = record.doctor_comments.with_doctor()
        return record, list(comments.order_by("-created_at", "-pk"))


def read_profile(*, actor: User, patient_id: UUID) -> PatientProfile:
    """Fetch a patient with blood type and allergies and enter that staff read them.

    :raises NotCleared, NotFound: as `check_clearance`.
    """
    check_clearance(
        actor=actor,
        action=Action.PROFILE_READ_BY_STAFF,
        object_kind="profile",
        object_id=patient_id,
    )
    patient = PatientProfile.objects.select_related("user").get(pk=patient_id)
    note(actor, Action.PROFILE_READ_BY_STAFF, patient_id, "profile", patient_id)
    return patient


def note(
    actor: User,
    action: Action,
    patient_id: UUID,
    object_kind: str,
    object_id: UUID,
    *categories: str,
) -> None:
    read = Access(
        patient_id,
        object_kind,
        [object_id],
        categories=categories,
        basis=Basis.STAFF,
    )
    audit.note(actor, action, read)
