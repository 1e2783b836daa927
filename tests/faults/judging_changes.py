"""The versions of records, against the changes that clients have sent."""

from collections import Counter, defaultdict
from itertools import chain
from uuid import UUID

from phr.audit.actions import Action
from phr.health_records.models import HealthRecord, RecordVersion
from tests.faults.findings import Findings, check_traces
from tests.faults.told import Change, Log

Texts = dict[int, str]  # of one record, by its version


def judge_changes(log: Log, patients: list[UUID], found: Findings) -> None:
    """Each that was acknowledged is in the history once, after what it had read."""
    texts = texts_of(patients, found)
    made = {change.text: change for change in log.changes}
    for record, versions in texts.items():
        judge_history(record, versions, made, found)
    stored = Counter(text for versions in texts.values() for text in versions.values())
    for change in log.changes:
        judge_change(change, texts[change.record], stored[change.text], found)
    due = [UUID(record) for record, versions in texts.items() for _ in versions]
    check_traces("change of", Action.RECORD_CHANGED, minus_first(due), patients, found)


def texts_of(patients: list[UUID], found: Findings) -> dict[str, Texts]:
    """What each record said in each of its versions."""
    rows = chain.from_iterable(
        model.objects.filter(patient__in=patients).values_list(
            "id", "version", "description"
        )
        for model in (RecordVersion, HealthRecord)
    )
    texts: defaultdict[str, Texts] = defaultdict(dict)
    for record, version, text in rows:
        if version in texts[str(record)]:
            found.doubled.append(f"Record {record} has version {version} twice.")
        texts[str(record)][version] = text
    return texts


def judge_history(
    record: str, versions: Texts, made: dict[str, Change], found: Findings
) -> None:
    if sorted(versions) != list(range(1, len(versions) + 1)):
        found.half_done.append(f"Record {record} has versions {sorted(versions)}.")
    for version, text in versions.items():
        if version == 1:
            continue
        change = made.get(text)
        if change is None or change.record != record:
            found.wrong.append(f"Nobody made version {version} of {record}.")
        elif change.read != version - 1:
            found.lost.append(
                f"Version {version - 1} of {record} was overwritten by one who had "
                f"read {change.read}."
            )


def judge_change(change: Change, versions: Texts, times: int, found: Findings) -> None:
    what = f"A change of version {change.read} of {change.record}"
    if times > 1:
        found.doubled.append(f"{what} was made {times} times.")
    if change.told and versions.get(change.told) != change.text:
        found.lost.append(f"{what} was acknowledged as {change.told}, and is not that.")
    if change.is_refused and times:
        found.half_done.append(f"{what} was refused, and made.")
    if change.is_refused and max(versions, default=0) <= change.read:
        found.wrong.append(f"{what} was refused, and nobody else made one.")


def minus_first(records: list[UUID]) -> list[UUID]:
    """Each once less: the first version is no change."""
    return list((Counter(records) - Counter(set(records))).elements())
