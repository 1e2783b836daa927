"""A ledger of millions of lines, made inside the database: who did what, and how often.

Some 50 lines for each patient, of their doctor, mostly pages of twenty patients. One
patient has a 25th of all lines, and one doctor a tenth; what is rare is as old as can
be.
"""

from uuid import UUID

from django.db import connection

COMMON, LESS, RARE = (
    "health_records.records_listed",
    "health_records.record_opened",
    "care.grant_read",
)
LINES_OF_A_PATIENT, PAGE = 50, 20
RARE_LINES = 1_000
MANY = 0  # the number of the patient and of the doctor with very many lines
FILL = """
INSERT INTO {table} (
  id, position, at, actor_id, actor_role, actor_name, basis, grant_id, action,
  object_kind, object_ids, categories, count, patient_id, face, address, user_agent,
  outcome, since
)
SELECT
  (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
    || left(md5(g::text), 3) || '8' || right(md5(g::text), 15))::uuid,
  g, at, md5('doctor' || doctor)::uuid, 'DOCTOR', 'Robin Doctor' || doctor, 'GRANT',
  md5('grant' || patient)::uuid, action, 'record', ARRAY[md5(g::text)::uuid],
  ARRAY['CHECKUP'], 1, md5('patient' || patient)::uuid, 'api', '192.0.2.17',
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  CASE WHEN action = %(rare)s THEN 'REFUSED' ELSE 'ALLOWED' END, NULL
FROM (
  SELECT g, at, doctor, action,
    CASE
      WHEN g %% 25 = 24 THEN 0
      WHEN doctor = 0 THEN 1 + (hashint8(g) & 2147483647) %% 2000
      ELSE doctor * 20 + g %% 20
    END AS patient
  FROM (
    SELECT g, timestamptz '2021-01-04 08:00Z' + g / 20 * 20 * %(apart)s::interval AS at,
      CASE
        WHEN g / 20 %% 10 = 0 THEN 0
        ELSE 1 + (hashint8(g / 20) & 2147483647) %% %(doctors)s
      END AS doctor,
      CASE
        WHEN g < %(rare_lines)s THEN %(rare)s
        WHEN g / 20 %% 100 < 85 THEN %(common)s
        WHEN g / 20 %% 100 < 99 THEN %(less)s
        ELSE 'health_records.chart_opened'
      END AS action
    FROM generate_series(%(first)s, %(last)s) AS g
  ) AS page
) AS line
"""


def fill(table: str, first: int, last: int, *, lines: int, years: int = 5) -> None:
    """Add the lines from one number to another.

    :param lines: how many there will be in all, over so many years.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            FILL.format(table=table),
            {
                "first": first,
                "last": last,
                "apart": f"{years * 365 * 86_400_000_000 // lines} microseconds",
                "doctors": doctors_of(lines),
                "rare_lines": RARE_LINES,
                "rare": RARE,
                "common": COMMON,
                "less": LESS,
            },
        )


def doctors_of(lines: int) -> int:
    return max(lines // LINES_OF_A_PATIENT // PAGE, 100)


def id_of(kind: str, number: int) -> UUID:
    """The id of a "doctor" (their account's), a "patient" or a "grant"."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT md5(%s)::uuid", [f"{kind}{number}"])
        (found,) = cursor.fetchone()
    return UUID(str(found))
