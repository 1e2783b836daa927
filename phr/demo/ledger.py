"""What the ledger would hold if the demo had happened here; its face is "demo"."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from phr.accounts.models import User, UserType
from phr.audit.models import AccessEntry, Basis, Outcome
from phr.audit.services import Access, entry
from phr.care.choices import GrantStatus
from phr.care.models import CareGrant
from phr.demo.ids import demo_id
from phr.health_records.models import DoctorComment, HealthRecord

READ_BEFORE_COMMENTING = timedelta(minutes=4)
CURIOUS_AT = datetime(2025, 2, 11, 16, 5, tzinfo=UTC)
BASIS = {
    UserType.PATIENT: Basis.OWN,
    UserType.DOCTOR: Basis.GRANT,
    UserType.ADMIN: Basis.STAFF,
}


def fill_ledger(
    grants: list[CareGrant],
    records: list[HealthRecord],
    comments: Iterable[DoctorComment],
) -> None:
    """Add the lines of these rows, and of the reading before each comment."""
    grant_of = {(grant.patient_id, grant.doctor_id): grant.pk for grant in grants}
    lines = [line for grant in grants for line in lines_of_grant(grant)]
    lines += [line_of_record(record) for record in records]
    for comment in comments:
        pair = comment.health_record.patient_id, comment.doctor_id
        lines += lines_of_comment(comment, grant_of[pair])
    lines += [
        line_of_refusal(grant, records) for grant in grants if ended_by_patient(grant)
    ]
    AccessEntry.objects.bulk_create(sorted(lines, key=lambda line: line.id))


def line(actor: User, action: str, at: datetime, access: Access) -> AccessEntry:
    added = entry(actor, action, access)
    added.id = demo_id(f"line {action} {actor.pk} {access.object_ids}", at)
    added.at, added.face = at, "demo"
    return added


def lines_of_grant(grant: CareGrant) -> Iterator[AccessEntry]:
    asks = grant.status in (GrantStatus.PENDING, GrantStatus.DECLINED)
    action = "care.access_requested" if asks else "care.doctor_assigned"
    yield line_of_grant(grant.requested_by, action, grant.requested_at, grant)
    if grant.ended_by is not None and grant.ended_at is not None:
        yield line_of_grant(grant.ended_by, "care.grant_ended", grant.ended_at, grant)


def line_of_grant(
    actor: User, action: str, at: datetime, grant: CareGrant
) -> AccessEntry:
    basis = BASIS[UserType(actor.user_type)]
    access = Access(
        grant.patient_id, "grant", [grant.pk], grant_id=grant.pk, basis=basis
    )
    return line(actor, action, at, access)


def line_of_record(record: HealthRecord) -> AccessEntry:
    access = Access(
        record.patient_id, "record", [record.pk], categories=[record.record_type]
    )
    action = "health_records.record_created"
    return line(record.created_by, action, record.created_at, access)


def lines_of_comment(
    comment: DoctorComment, grant_id: UUID
) -> tuple[AccessEntry, AccessEntry]:
    record, actor = comment.health_record, comment.doctor.user

    def access(object_kind: str, object_id: UUID) -> Access:
        return Access(
            record.patient_id,
            object_kind,
            [object_id],
            categories=[record.record_type],
            grant_id=grant_id,
            basis=Basis.GRANT,
        )

    read_at = comment.created_at - READ_BEFORE_COMMENTING
    opened, added = "health_records.record_opened", "health_records.comment_added"
    return (
        line(actor, opened, read_at, access("record", record.pk)),
        line(actor, added, comment.created_at, access("comment", comment.pk)),
    )


def ended_by_patient(grant: CareGrant) -> bool:
    return grant.ended_by == grant.patient.user


def line_of_refusal(grant: CareGrant, records: list[HealthRecord]) -> AccessEntry:
    """The doctor whose access a patient had ended tried once more."""
    wanted = next(record for record in records if record.patient == grant.patient)
    access = Access(
        grant.patient_id,
        "record",
        [wanted.pk],
        basis=Basis.NONE,
        outcome=Outcome.REFUSED,
    )
    action = "health_records.record_opened"
    return line(grant.doctor.user, action, CURIOUS_AT, access)
