"""The health checks, which are no views of DRF, in the document."""

from typing import Any

from phr.api.openapi.problems import SHARED, header_ref
from phr.api.openapi.problems import answer as problem_answer
from phr.core.readiness import CHECKS

Described = dict[str, Any]
PARTS = list(CHECKS)
FINE = dict.fromkeys(PARTS, "ok")
READY = {"status": "ok", "parts": FINE}
FAILING = {"status": "unavailable", "parts": FINE | {"broker": "failing"}}


STATUS: Described = {"type": "string"}
SHAPES: Described = {
    "Liveness": {
        "type": "object",
        "properties": {"status": STATUS},
        "required": ["status"],
    },
    "PartState": {"type": "string", "enum": ["ok", "failing"]},
    "PartStates": {
        "type": "object",
        "properties": {
            name: {"$ref": "#/components/schemas/PartState"} for name in PARTS
        },
        "required": PARTS,
    },
    "Readiness": {
        "type": "object",
        "properties": {
            "status": STATUS,
            "parts": {"$ref": "#/components/schemas/PartStates"},
        },
        "required": ["status", "parts"],
    },
}


def add_health(result: Described, **_: Any) -> Described:
    """Add both addresses and what they answer (a hook of drf-spectacular)."""
    result["components"]["schemas"] |= SHAPES
    result["paths"]["/health/"] = {"get": ALIVE}
    result["paths"]["/health/ready/"] = {"get": IS_READY}
    return result


def answer(text: str, shape: str, example: Described) -> Described:
    schema = {"$ref": f"#/components/schemas/{shape}"}
    return {
        "description": text,
        "headers": {"X-Request-ID": header_ref("X-Request-ID")},
        "content": {"application/json": {"schema": schema, "example": example}},
    }


def operation(name: str, summary: str, text: str, answers: Described) -> Described:
    refused = [SHARED["bad_host"], SHARED["bad_request"]]
    return {
        "operationId": name,
        "summary": summary,
        "description": text,
        "tags": ["server"],
        "security": [],
        "responses": {**answers, "400": problem_answer(400, refused)},
    }


ALIVE = operation(
    "read_health",
    "Is the server alive?",
    "Anybody can ask. The answer does not depend on any other service.",
    {"200": answer("The process is running.", "Liveness", {"status": "ok"})},
)
IS_READY = operation(
    "read_readiness",
    "Is the server ready?",
    "Anybody can ask whether everything that requests need is available.",
    {
        "200": answer(
            "Ready; `degraded` if no worker is running (`workers`), or events have "
            "failed too often and are not tried again by themselves (`outbox`).",
            "Readiness",
            READY,
        ),
        "503": answer("Not ready: something is missing.", "Readiness", FAILING),
    },
)
