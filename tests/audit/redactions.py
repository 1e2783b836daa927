"""Redacting lines, and the columns that may and may not change."""

from django.utils import timezone

from phr.audit.canonical_bytes import COLUMNS
from phr.audit.models import AccessEntry
from phr.audit.redaction import redact_lines
from phr.audit.verification import Fault, FaultKind

EMPTIED = "actor_name = '', address = NULL, user_agent = ''"


def redact(line, **options):
    return redact_lines(
        actor_id=line.actor_id, at=timezone.now(), **{"at_most": 100} | options
    )


def values_of(line):
    return AccessEntry.objects.values_list(*COLUMNS).get(pk=line.pk)


def changed(line, number=2):
    return Fault(FaultKind.CHANGED, number, line.position, line.pk)


ALLOWED = {"actor_name": "''", "address": "NULL", "user_agent": "''"}
OTHERS = {
    "id": "gen_random_uuid()",
    "position": "position + 1000",
    "at": "at + interval '1 microsecond'",
    "actor_id": "NULL",
    "actor_role": "''",
    "basis": "'NONE'",
    "grant_id": "gen_random_uuid()",
    "action": "''",
    "object_kind": "''",
    "object_ids": "'{}'",
    "categories": "'{}'",
    "count": "0",
    "patient_id": "gen_random_uuid()",
    "face": "''",
    "outcome": "'REFUSED'",
    "since": "now()",
}
