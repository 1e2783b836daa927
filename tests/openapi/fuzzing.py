"""The document as one role meets it, for schemathesis."""

import re
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import schemathesis
import yaml
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.hypothesis import builder
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.python._constants.orchestrator import make_constants_value_source

from config.wsgi import application
from phr.api.audit import ledger_check_cursors
from phr.api.openapi.examples import cast
from phr.api.openapi.problems import CODES
from phr.api.problems import MEDIA_TYPE
from phr.audit.verification import START, Place
from phr.core.keyset_pagination import Cursor
from phr.interfaces.cursors import encode
from tests.openapi.world import at

CAST = cast()
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
ROLES = ("patient", "doctor", "staff")
# Of the three shapes of a profile, the one that a role may write.
PROFILE_OF = {
    "patient": "PatientProfileInputRequest",
    "doctor": "DoctorProfileInputRequest",
    "staff": "StaffProfileInputRequest",
}
# Of the two ways to begin a grant, the one that a role has; staff have none.
GRANT_OF = {
    "patient": "InvitationRequest",
    "doctor": "AskForAccessRequest",
    "staff": "InvitationRequest",
}
# Who asks makes no difference there.
PUBLIC = re.compile(
    "/(register|login|refresh|schema|health|ready)/$|/auth/passkey/"
    "|/password/(forgot|reset)/|/email/confirm/|/account/receipts/"
)
# Those of which each role may write another body.
BY_ROLE = {"replace_profile", "change_profile", "create_grant", "assign_doctor"}
# What it leaves out is no reason for it to fail.
UNTRIED = (
    builder.InvalidHeadersExampleMark,
    builder.InvalidRegexMark,
    builder.MissingPathParameters,
    builder.NonSerializableMark,
    builder.UnsatisfiableExampleMark,
    builder.UnserializablePayloadMark,
)
CONFIG = {
    "seed": 20260302,
    "generation": {"max-examples": 20, "database": "none"},
    "phases": {"stateful": {"enabled": False}},
}


class Turn(NamedTuple):
    """One operation, tried with the bodies of one role, and who asks for it."""

    operation_id: str
    body_of: str
    asked_as: tuple[str, ...]

    def __str__(self) -> str:
        match self.asked_as:
            case ():
                who = "nobody"
            case (role,):
                who = role
            case _:
                who = "everybody"
        return f"{self.operation_id} as {who}"


def turns() -> list[Turn]:
    """Each operation once, as whoever may ask for it; apart where roles differ."""
    listed: list[Turn] = []
    for path, item in read_document()["paths"].items():
        for name in (operation["operationId"] for operation in item.values()):
            if PUBLIC.search(path):
                listed.append(Turn(name, "patient", ()))
            elif name in BY_ROLE:
                listed += [Turn(name, role, (role,)) for role in ROLES]
            else:
                listed.append(Turn(name, "patient", ROLES))
    return listed


def each_case_of(turn: Turn, tried: Callable[[Case[Any]], None]) -> Callable[[], None]:
    """A test of all that schemathesis generates for one operation.

    It makes the cases when it is called, and not while tests are collected; as it makes
    them, they are those of its own `parametrize`.
    """
    load_all_checks()
    schema = schema_for(turn.body_of)
    operation = schema.find_operation_by_id(turn.operation_id)
    constants = make_constants_value_source(schema)
    test: Callable[[], None] = build_operation_test(
        config=schema.config,
        operation=operation,
        test_func=tried,
        given_kwargs={},
        feedback=FeedbackSources(constants_value_source=constants),
    )
    left_out = [mark for mark in UNTRIED if mark.is_set(test)]
    assert not left_out, f"schemathesis cannot make some cases: {left_out}"
    return test


def document() -> dict[str, Any]:
    """The committed document, for the caller to change."""
    return deepcopy(read_document())


@cache
def read_document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(DOCUMENT.read_text("utf-8"), yaml.CSafeLoader)
    return loaded


@cache
def schema_for(role: str) -> Any:
    """The document, with what somebody in this role knows beside it.

    JSON Schema has no words for "a cursor that the server gave out" and for "the id of
    a thing that exists": where there is one, both it and anything else are tried.
    """
    raw = document()
    schemas = raw["components"]["schemas"]
    for prefix in ("", "Patched"):
        mine = f"#/components/schemas/{prefix}{PROFILE_OF[role]}"
        schemas[f"{prefix}ProfileInputRequest"] = {"$ref": mine}
    schemas["GrantInputRequest"] = {"$ref": f"#/components/schemas/{GRANT_OF[role]}"}
    if role == "staff":
        assignment = schemas["AssignmentRequest"]
        assignment["required"].append("doctor_id")
        assignment["properties"]["doctor_id"]["type"] = "string"
    for answer in raw["components"]["responses"].values():
        allow_only_named_codes(answer)
    for path, item in raw["paths"].items():
        for operation in item.values():
            for answer in operation["responses"].values():
                allow_only_named_codes(answer)
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = with_known_values(path, parameter)
    close(schemas)
    loaded = schemathesis.openapi.from_dict(
        raw, config=SchemathesisConfig.from_dict(deepcopy(CONFIG))
    )
    loaded.app = application
    return loaded


def allow_only_named_codes(answer: dict[str, Any]) -> None:
    """Make a schema of what stands beside the shape, so that answers are held to it."""
    if codes := answer.get(CODES):
        media = answer["content"][MEDIA_TYPE]
        narrowed = {"properties": {"code": {"enum": codes}}}
        media["schema"] = {"allOf": [media["schema"], narrowed]}


def with_known_values(path: str, parameter: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = parameter["schema"]
    if parameter["name"] == "cursor":
        known_cursors = places_known() if path.endswith("/verify/") else cursors()
        return {"type": "string", "enum": known_cursors}
    if parameter["in"] == "path":
        known = {"type": "string", "enum": [parameter["example"]]}
        return {"anyOf": [known, schema]}
    return schema


def places_known() -> list[str]:
    return [
        ledger_check_cursors.encode(START),
        ledger_check_cursors.encode(Place(1, bytes(32), 1)),
    ]


def cursors() -> list[str]:
    visit, row_id = at(CAST["record"]["visit_date"]), CAST["record"]["id"]
    return [encode(Cursor(forwards, visit, row_id)) for forwards in (True, False)]


def close(schemas: dict[str, Any]) -> None:
    """Let answers have no field that the document does not name."""
    for schema in schemas.values():
        if schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)


# JSON Schema has no words for "from 1900 until today, or a day ahead".
TODAY = datetime.now(UTC)
days = st.dates(datetime(1900, 1, 1, tzinfo=UTC).date(), TODAY.date())
moments = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    TODAY.replace(tzinfo=None) + timedelta(hours=12),
    timezones=st.just(UTC),
)
schemathesis.openapi.format("date", days.map(str))
schemathesis.openapi.format("date-time", moments.map(lambda moment: moment.isoformat()))
