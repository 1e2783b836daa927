"""The one statement that adds lines to the ledger.

Doctors read through it all day: a line for each patient on their page. The lines go to
PostgreSQL as one parameter, and no model or queryset is built for them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from phr.core.origin import Origin

# What differs between lines that are added together, and what is the same. The position
# is left to the table, which takes it after the writer's lock (ADR 18).
ADD_LINES = """
INSERT INTO audit_accessentry (
  id, basis, grant_id, object_kind, object_ids, categories, count, patient_id, outcome,
  at, actor_id, actor_role, actor_name, action, face, address, user_agent
)
SELECT
  id, basis, grant_id, object_kind, object_ids, categories, count, patient_id, outcome,
  %s::timestamptz, %s::uuid, %s, %s, %s, %s, %s::inet, %s
FROM json_to_recordset(%s::json) AS line (
  id uuid, basis text, grant_id uuid, object_kind text, object_ids uuid[],
  categories text[], count integer, patient_id uuid, outcome text
)
"""

Actor = tuple[UUID | None, str, str]  # id, role and name


def add_lines(
    lines: Sequence[dict[str, Any]],
    *,
    at: datetime,
    actor: Actor,
    action: str,
    origin: Origin,
) -> None:
    """Add lines in the order given, all or none.

    :param lines: the columns that differ, by name.
    """
    common = (at, *actor, action, origin.face, origin.address, origin.user_agent)
    with connection.cursor() as cursor:
        cursor.execute(ADD_LINES, [*common, orjson.dumps(lines).decode()])
