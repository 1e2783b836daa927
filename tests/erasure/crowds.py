"""Everybody else's rows, beside which those of one person are few."""

from django.db import connection

from phr.care.models import PatientProfile
from tests.factories import HealthRecordFactory

ROWS = 5_000
COPY = """
INSERT INTO {table}
SELECT (jsonb_populate_record(first.one, jsonb_build_object({values}))).*
FROM (SELECT one FROM {table} AS one LIMIT 1) AS first, generate_series(1, {rows}) AS n
"""
# What differs between the copies of the first row of a table, and from it.
NEW = {"id": "gen_random_uuid()"}
USER, PATIENT = "'{user}'::uuid", "'{patient}'::uuid"
CROWDS = {
    "health_records_healthrecord": NEW | {"patient_id": PATIENT, "created_by_id": USER},
    "health_records_recordversion": NEW
    | {"pgh_id": "gen_random_uuid()", "patient_id": "gen_random_uuid()"},
    "health_records_doctorcomment": NEW | {"health_record_id": "'{record}'::uuid"},
    "health_records_commentversion": NEW
    | {"pgh_id": "gen_random_uuid()", "health_record_id": "gen_random_uuid()"},
    "notifications_notification": NEW
    | {
        "event_id": "gen_random_uuid()",
        "recipient_id": USER,
        "about_patient_id": PATIENT,
    },
    "accounts_mail": NEW | {"event_id": "gen_random_uuid()", "user_id": USER},
    "accounts_loginsession": NEW | {"user_id": USER},
    "audit_accessentry": NEW
    | {
        "position": "nextval('audit_accessentry_position')",
        "actor_id": f"CASE WHEN n % 2 = 0 THEN {USER} END",
        "patient_id": PATIENT,
        "object_kind": "'account'",
        "object_ids": "jsonb_build_array(gen_random_uuid())",
        "outcome": "'REFUSED'",
    },
    "care_caregrant": NEW
    | {
        "patient_id": PATIENT,
        "requested_by_id": USER,
        "decided_by_id": "NULL",
        "ended_by_id": "NULL",
        "status": "'DECLINED'",
        "ended_at": "NULL",
        "is_primary": "false",
    },
    "django_admin_log": {"id": "1000000 + n", "object_id": "n::text"},
}


def add_crowds(patient: PatientProfile) -> None:
    """Fill each table with copies of its first row that are this other person's."""
    record = HealthRecordFactory(patient=patient)
    whose = {"patient": patient.pk, "user": patient.user_id, "record": record.pk}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, columns in CROWDS.items():
            values = ", ".join(f"'{name}', {sql}" for name, sql in columns.items())
            filled = values.format(**whose)
            cursor.execute(COPY.format(table=table, values=filled, rows=ROWS))
            cursor.execute(f"ANALYZE {table}")


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())
