"""The one statement that adds lines to the ledger.

Doctors read through it all day: a line for each patient on their page. The lines go to
PostgreSQL as one parameter, and no model or queryset is built for them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction

from phr.audit.metrics import LINES
from phr.core.compiled_queries import CompiledQuery
from phr.core.request_origin import Origin

# What differs between lines that are added together, and what is the same. The position
# is left to the table, which takes it after the writer's lock (ADR 18).
ADD_LINES = CompiledQuery("""
INSERT INTO audit_accessentry (
  id, basis, grant_id, object_kind, object_ids, categories, count, patient_id, outcome,
  since, at, actor_id, actor_role, actor_name, action, face, address, user_agent
)
SELECT
  id, basis, grant_id, object_kind, object_ids, categories, count, patient_id, outcome,
  since, %(at)s::timestamptz, %(actor_id)s::uuid, %(actor_role)s, %(actor_name)s,
  %(action)s, %(face)s, %(address)s::inet, %(user_agent)s
FROM json_to_recordset(%(lines)s::json) AS line (
  id uuid, basis text, grant_id uuid, object_kind text, object_ids uuid[],
  categories text[], count integer, patient_id uuid, outcome text,
  since timestamptz
)
""")

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
    actor_id, role, name = actor
    ADD_LINES.rows(
        at=at,
        actor_id=actor_id,
        actor_role=role,
        actor_name=name,
        action=action,
        face=origin.face,
        address=origin.address,
        user_agent=origin.user_agent,
        lines=orjson.dumps(lines).decode(),
    )
    count = LINES.labels(str(action)).inc
    transaction.on_commit(lambda: count(len(lines)))
