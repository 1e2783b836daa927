"""The health checks, which are no views of DRF, in the document."""

from typing import Any

from phr.api.openapi.problems import header_ref
from phr.api.pages.health import CHECKS

Described = dict[str, Any]
PARTS = list(CHECKS)
FINE = dict.fromkeys(PARTS, "ok")
READY = {"status": "ok", "parts": FINE}
FAILING = {"status": "unavailable", "parts": FINE | {"broker": "failing"}}


def add_health(result: Described, **_: Any) -> Described:
    """Add both addresses (a hook of drf-spectacular)."""
    result["paths"]["/health/"] = {"get": ALIVE}
    result["paths"]["/health/ready/"] = {"get": IS_READY}
    return result


def answer(text: str, parts: Described, example: Described) -> Described:
    schema = {
        "type": "object",
        "properties": {"status": {"type": "string"}, **parts},
        "required": ["status", *parts],
    }
    return {
        "description": text,
        "headers": {"X-Request-ID": header_ref("X-Request-ID")},
        "content": {"application/json": {"schema": schema, "example": example}},
    }


def operation(name: str, summary: str, text: str, answers: Described) -> Described:
    return {
        "operationId": name,
        "summary": summary,
        "description": text,
        "tags": ["server"],
        "security": [],
        "responses": answers,
    }


EACH_PART: Described = {
    "parts": {
        "type": "object",
        "properties": {name: {"enum": ["ok", "failing"]} for name in PARTS},
        "required": PARTS,
    }
}
ALIVE = operation(
    "read_health",
    "Is the server alive?",
    "Anybody may ask; answered without asking anything else.",
    {"200": answer("The process answers.", {}, {"status": "ok"})},
)
IS_READY = operation(
    "read_readiness",
    "Can the server work?",
    "Anybody may ask whether everything that a request needs is there.",
    {
        "200": answer(
            "Everything is there, but perhaps workers (`degraded`).", EACH_PART, READY
        ),
        "503": answer("Something is missing.", EACH_PART, FAILING),
    },
)
