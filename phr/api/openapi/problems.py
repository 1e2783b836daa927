"""The problem answers of an operation: which, in what words, with which headers."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.db import OperationalError
from rest_framework.exceptions import (
    NotAuthenticated,
    ParseError,
    UnsupportedMediaType,
)

from phr.accounts.tokens import InvalidToken
from phr.api.problem_kinds import BAD_HOST, INSECURE
from phr.api.problems import IN_FLIGHT, MEDIA_TYPE, Problem, describe, phrase_of

Schema = dict[str, Any]
REQUEST_ID = "3f6d0c1e-2b5a-4c8e-9d47-7a1b0e95c2f8"
SOMEWHERE = "/api/health-records/"
# Which codes an answer can have; an extension, as OpenAPI has no word for it.
CODES = "x-problem-codes"

PROBLEM: Schema = {
    "type": "object",
    "description": "A problem as in RFC 9457.",
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "The explanation of this code in the guide.",
        },
        "title": {"type": "string", "description": "The same text for each code."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What went wrong in this case."},
        "code": {
            "type": "string",
            "pattern": "^[a-z][a-z0-9_]*$",
            "description": "A stable code. Compare this one.",
        },
        "instance": {
            "type": "string",
            "description": "The path of the request.",
        },
        "request_id": {
            "type": "string",
            "description": (
                "Identifies the request in the server's log, like X-Request-ID."
            ),
        },
        "present": {
            "type": "string",
            "description": (
                "For conflicts: the current state, which the request conflicts with; "
                "for a 412 the first part of the current ETag."
            ),
        },
        "errors": {
            "type": "array",
            "minItems": 1,
            "description": "For invalid input: every field that is wrong.",
            "items": {"$ref": "#/components/schemas/FieldError"},
        },
    },
    "required": [
        "type",
        "title",
        "status",
        "detail",
        "code",
        "instance",
        "request_id",
    ],
    "additionalProperties": False,
}
FIELD_ERROR: Schema = {
    "type": "object",
    "properties": {
        "field": {
            "type": ["string", "null"],
            "description": "A path such as `user.email`; null for the whole input.",
        },
        "code": {"type": "string", "description": "A stable code, such as `required`."},
        "message": {"type": "string", "description": "One sentence for people."},
    },
    "required": ["field", "code", "message"],
    "additionalProperties": False,
}
HEADERS: dict[str, Schema] = {
    "X-Request-ID": {
        "description": "Identifies the request in the server's log.",
        "required": True,
        "schema": {"type": "string", "minLength": 1},
        "example": REQUEST_ID,
    },
    "Retry-After": {
        "description": "Seconds until you can try again.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
        "example": 5,
    },
    "RateLimit": {
        "description": "What remains of the limits in `RateLimit-Policy`: `r` units, "
        "and `t` seconds until there are more "
        "(draft-ietf-httpapi-ratelimit-headers-10).",
        "required": True,
        "schema": {"type": "string"},
        "example": '"in-flight";r=0',
    },
    "RateLimit-Policy": {
        "description": "The limits that apply: `q` units in a window of `w` seconds, "
        "or at the same time.",
        "required": True,
        "schema": {"type": "string"},
        "example": '"in-flight";q=64;qu="concurrent-requests"',
    },
    "WWW-Authenticate": {
        "description": "How to authenticate.",
        "required": True,
        "schema": {"type": "string"},
        "example": 'Bearer realm="api"',
    },
}
HEADERS_OF_STATUS = {
    401: ("WWW-Authenticate",),
    429: ("Retry-After", "RateLimit", "RateLimit-Policy"),
    503: ("Retry-After",),
}


def example_of(error: Exception, path: str) -> Schema:
    """The body that the server answers when a view raises this."""
    return {**describe(error).body(path), "request_id": REQUEST_ID}


# What has the same words whichever operation is asked.
SHARED: dict[str, Schema] = {
    found.code: {**found.body(SOMEWHERE), "request_id": REQUEST_ID}
    for found in (
        Problem.of(400, BAD_HOST),
        Problem.of(403, INSECURE),
        Problem.general(411),
        *map(
            describe,
            (
                BadRequest(),
                ParseError("The body is not valid JSON."),
                NotAuthenticated(),
                InvalidToken(),
                RequestDataTooBig(),
                UnsupportedMediaType("text/plain"),
                RuntimeError(),
                OperationalError(),
                IN_FLIGHT,
            ),
        ),
    )
}
# Answered before there is a path, or an id.
WITHOUT_ID = (408, 431)
SHARED |= {
    found.code: found.body(path="") for found in map(Problem.general, WITHOUT_ID)
}


def shared(*, signed_in: bool, has_body: bool) -> list[Schema]:
    """The examples of what every operation of a kind can answer."""
    codes = ["bad_host", "bad_request", "https_required"]
    codes += OF_BODIES * has_body
    codes += ["not_authenticated", "invalid_token"] * signed_in
    codes += ["head_too_large", "too_many_requests", "internal_error", "unavailable"]
    return [SHARED[code] for code in codes]


OF_BODIES = [
    "malformed_json",
    "request_timeout",
    "length_required",
    "too_large",
    "unsupported_media_type",
]


def answers(bodies: Iterable[Schema]) -> dict[str, Schema]:
    """The answers by status that these problem bodies are examples of."""
    by_status: dict[int, list[Schema]] = {}
    for body in bodies:
        by_status.setdefault(body["status"], []).append(body)
    return {
        str(status): shared_ref(status)
        if is_shared(status, by_status[status])
        else answer(status, by_status[status])
        for status in sorted(by_status)
    }


def is_shared(status: int, bodies: list[Schema]) -> bool:
    return codes_of(bodies) == SHARED_ANSWERS.get(status) and all(
        body is SHARED.get(body["code"]) for body in bodies
    )


# Whole answers that many operations have in common: their codes by status.
SHARED_ANSWERS = {
    401: ["invalid_token", "not_authenticated"],
    403: ["https_required"],
    408: ["request_timeout"],
    411: ["length_required"],
    413: ["too_large"],
    415: ["unsupported_media_type"],
    429: ["too_many_requests"],
    431: ["head_too_large"],
    500: ["internal_error"],
    503: ["unavailable"],
}


def shared_ref(status: int) -> Schema:
    return {"$ref": f"#/components/responses/{shared_name(status)}"}


def shared_name(status: int) -> str:
    return phrase_of(status).title().replace(" ", "")


def shared_answers() -> dict[str, Schema]:
    """What `shared_ref` refers to, by name."""
    return {
        shared_name(status): answer(status, [SHARED[code] for code in codes])
        for status, codes in SHARED_ANSWERS.items()
    }


def codes_of(bodies: list[Schema]) -> list[str]:
    return sorted({body["code"] for body in bodies})


def answer(status: int, bodies: list[Schema]) -> Schema:
    """One answer, of the one shape that all problems have (ADR 62).

    The codes are in the description, for people. A separate schema for each response
    would make hundreds of classes, or none, in a generated client.
    """
    codes = codes_of(bodies)
    names = [*HEADERS_OF_STATUS.get(status, ())]
    if status not in WITHOUT_ID:
        names.insert(0, "X-Request-ID")
    return {
        "description": f"{phrase_of(status)}: {', '.join(map('`{}`'.format, codes))}",
        CODES: codes,
        "headers": {name: header_ref(name) for name in names},
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": examples(bodies),
            }
        },
    }


def header_ref(name: str) -> Schema:
    return {"$ref": f"#/components/headers/{name}"}


def examples(bodies: list[Schema]) -> Schema:
    """Named by code; several of one code by what is wrong with the input, too."""
    found: Schema = {}
    for body in bodies:
        name = body["code"]
        if body is SHARED.get(name):
            found[name] = {"$ref": f"#/components/examples/{name}"}
            continue
        if name in found:
            name = f"{name}_{len(found)}"
        found[name] = {"summary": summary(body), "value": body}
    return found


def summary(body: Schema) -> str:
    first = body.get("errors", [{"message": body["detail"]}])[0]
    return str(first["message"])
