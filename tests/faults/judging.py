"""What is in the database, against what clients were told and what must follow."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from phr.audit.actions import Action
from phr.care.models import CareGrant
from phr.core.models import OutboxEvent
from phr.health_records.models import DoctorComment, HealthRecord
from phr.notifications.models import Notification
from tests.faults.findings import Findings, check_traces, count
from tests.faults.judging_changes import judge_changes
from tests.faults.judging_mails import judge_mails
from tests.faults.people import Circle
from tests.faults.told import Answer, Log
from tests.mailbox import Mailbox

UNAUTHORIZED, FAILED, TOO_MANY, UNAVAILABLE = 401, 412, 429, 503


def judge(log: Log, circles: list[Circle], mailbox: Mailbox) -> Findings:
    """Compare all that the people of a scenario have with what was acknowledged."""
    found = Findings(wrong=[*log.contradictions, *wrong_answers(log.answers)])
    judge_records(log, circles, found)
    judge_comments(log, circles, found)
    judge_grants(log, circles, found)
    judge_changes(log, [circle.patient_id for circle in circles], found)
    judge_inboxes(circles, found)
    judge_mails(circles, mailbox, found)
    return found


def wrong_answers(answers: Iterable[Answer]) -> list[str]:
    """Answers that nobody may get; none at all may be the fault's."""
    counted = Counter((a.what, a.status) for a in answers if not is_documented(a))
    return [f"{what}: {n} times {status}" for (what, status), n in counted.items()]


def is_documented(answer: Answer) -> bool:
    if answer.status == UNAVAILABLE:
        return answer.retry_after is not None and answer.body["code"] == "unavailable"
    if answer.status == FAILED:
        return answer.what == "change" and answer.body["code"] == "changed_meanwhile"
    if answer.what == "other hour":
        return answer.status in (0, UNAUTHORIZED, TOO_MANY)
    return answer.status in (0, TOO_MANY) or 200 <= answer.status < 300


def judge_records(log: Log, circles: list[Circle], found: Findings) -> None:
    patients = [circle.patient_id for circle in circles]
    rows = HealthRecord.objects.filter(patient__in=patients)
    titles = Counter(rows.values_list("title", flat=True))
    compare("record", log.records, titles, found)
    ids = list(rows.values_list("pk", flat=True))
    check_traces("record", Action.RECORD_CREATED, ids, patients, found)
    check_events("record", "health_records.record_created", "record_id", ids, found)


def judge_comments(log: Log, circles: list[Circle], found: Findings) -> None:
    patients = [circle.patient_id for circle in circles]
    rows = DoctorComment.objects.filter(health_record__patient__in=patients)
    compare(
        "comment", log.comments, Counter(rows.values_list("comment", flat=True)), found
    )
    ids = list(rows.values_list("pk", flat=True))
    check_traces("comment", Action.COMMENT_ADDED, ids, patients, found)
    check_events("comment", "health_records.comment_added", "comment_id", ids, found)


def judge_grants(log: Log, circles: list[Circle], found: Findings) -> None:
    visitors = [circle.visitor_id for circle in circles]
    rows = CareGrant.objects.filter(patient__in=visitors)
    ids = list(rows.values_list("pk", flat=True))
    ended = list(rows.exclude(ended_at=None).values_list("pk", flat=True))
    for told, there, what in ((log.begun, ids, "begun"), (log.ended, ended, "ended")):
        for grant in told - {str(pk) for pk in there}:
            found.lost.append(f"The grant {grant} was {what}, and is not.")
    check_traces("grant", Action.DOCTOR_ASSIGNED, ids, visitors, found)
    check_traces("grant", Action.GRANT_ENDED, ended, visitors, found)
    check_events("grant", ASSIGNED, "grant_id", ids, found)
    check_events("grant", "care.grant_ended", "grant_id", ended, found)


def compare(
    what: str, told: dict[str, str | None], there: Counter[str], found: Findings
) -> None:
    """Each that was acknowledged is there once; of the others at most one is."""
    for text, pk in told.items():
        if pk is not None and not there[text]:
            found.lost.append(f"The {what} {pk} was acknowledged, and is not there.")
        if there[text] > 1:
            found.doubled.append(f"A {what} is there {there[text]} times.")
    found.wrong.extend(f"Nobody made a {what}." for text in there if text not in told)


def check_events(
    what: str, kind: str, key: str, ids: list[UUID], found: Findings
) -> None:
    events = OutboxEvent.objects.filter(
        kind=kind, **{f"payload__{key}__in": [str(pk) for pk in ids]}
    )
    named = [UUID(payload[key]) for payload in events.values_list("payload", flat=True)]
    count(what, f"events of {kind}", ids, named, found)


# What is told of each kind of event: of whose circle, and who gets it.
ASSIGNED = "care.doctor_assigned"
DUE = {
    "health_records.record_created": ("patient", ("doctor",)),
    "health_records.comment_added": ("doctor", ("patient",)),
    ASSIGNED: ("doctor", ("doctor", "visitor")),
    "care.grant_ended": ("visitor", ("doctor",)),
}


def judge_inboxes(circles: list[Circle], found: Findings) -> None:
    """Each line that is due is in its inbox once, and no other of these kinds."""
    due, told, perhaps = lines_due(circles), lines_told(circles), no_longer_so()
    for line in due.keys() | told.keys():
        if told[line] < due[line] and line[0] not in perhaps:
            found.lost.append(f"Somebody was not told of {told_by(line[0])}.")
        elif told[line] > max(due[line], 1):
            found.doubled.append(f"Of event {line[0]} somebody was told twice.")
        elif told[line] > due[line]:
            found.half_done.append(f"Of event {line[0]} somebody was told for nothing.")
    for event, people in Counter(event for event, _ in told).items():
        if event in perhaps and people != len(DUE[ASSIGNED][1]):
            found.half_done.append(f"Of event {event} not all were told.")


def lines_due(circles: list[Circle]) -> Counter[tuple[UUID, UUID]]:
    """Of which events who is to be told."""
    due: Counter[tuple[UUID, UUID]] = Counter()
    for kind, (owner, recipients) in DUE.items():
        circle_of = {getattr(circle, owner).pk: circle for circle in circles}
        events = OutboxEvent.objects.filter(kind=kind, owner_id__in=circle_of)
        for pk, owner_id in events.values_list("pk", "owner_id"):
            for name in recipients:
                due[(pk, getattr(circle_of[owner_id], name).pk)] += 1
    return due


def lines_told(circles: list[Circle]) -> Counter[tuple[UUID, UUID]]:
    people = [user.pk for circle in circles for user in circle.people]
    lines = Notification.objects.filter(recipient__in=people)
    lines = lines.exclude(notification_type="SECURITY")
    return Counter(lines.values_list("event_id", "recipient_id"))


def no_longer_so() -> set[UUID]:
    """Events of which nobody needs to be told: care that had ended by then (ADR 88).

    Only of those that were delivered after its end can the handler have known it.
    """
    closed = CareGrant.objects.exclude(ended_at=None)
    ended = {str(grant.pk): grant.ended_at for grant in closed if grant.ended_at}
    begun = OutboxEvent.objects.filter(kind=ASSIGNED, payload__grant_id__in=[*ended])
    return {
        pk
        for pk, payload, done in begun.values_list("pk", "payload", "updated_at")
        if done >= ended[payload["grant_id"]]
    }


def told_by(event_id: UUID) -> str:
    """An event and what has become of it, for whoever looks for the cause."""
    event = OutboxEvent.objects.get(pk=event_id)
    return (
        f"{event.kind} {event.pk}, of {event.created_at:%X}, delivered at "
        f"{event.delivered_at} after {event.attempts} attempts"
    )
