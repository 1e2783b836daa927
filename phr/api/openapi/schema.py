"""What drf-spectacular does not know by itself: problems, headers and examples."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework.exceptions import ErrorDetail, ValidationError

from phr.api.openapi import examples, extensions, problems
from phr.core.errors import NotFound

Described = dict[str, Any]
WITH_BODY = ("POST", "PUT", "PATCH")
# What the ids in an address are of.
IDS = {
    "grant_id": "A grant.",
    "doctor_id": "A doctor.",
    "record_id": "A health record.",
    "comment_id": "A comment on that record.",
    "erasure_id": "A completed erasure.",
    "session_id": "A session.",
    "passkey_id": "A passkey.",
    "export_id": "An export of your account.",
    "notification_id": "A notification.",
}
UNKNOWN_PARAMETER = ValidationError(
    {"colour": ErrorDetail("Unknown parameter.", "unknown_field")}
)


class ProblemAutoSchema(AutoSchema):
    """Adds to each operation the problems that it can answer, headers and examples."""

    problems: Sequence[Exception] = ()  # what `documented` names

    def get_operation(self, *args: Any, **kwargs: Any) -> Described | None:
        described: Described | None = super().get_operation(*args, **kwargs)
        if described is None:
            return None
        described.setdefault("security", [])
        for parameter in described.get("parameters", []):
            without_nul(parameter)
            if parameter["name"] in IDS:
                parameter["description"] = IDS[parameter["name"]]
                parameter["example"] = examples.cast()["ids"][parameter["name"]]
        if body := described.get("requestBody"):
            shown = examples.requests_of(described["operationId"])
            body["required"] = {} not in shown.values() and self.method != "PATCH"
            show(body["content"], shown)
        self.describe_answers(described)
        described["responses"].update(self.problem_answers(described))
        self.register_shared()
        return described

    def get_filter_backends(self) -> list[Any]:
        """Only where there is something to filter."""
        return super().get_filter_backends() if has_filters(self.view) else []

    def describe_answers(self, described: Described) -> None:
        for status, answer in described["responses"].items():
            shown = examples.answers_of(described["operationId"], int(status))
            show(answer.get("content", {}), shown)
            request_id = {"X-Request-ID": problems.header_ref("X-Request-ID")}
            answer["headers"] = request_id | answer.pop("headers", {})
            if not answer["description"]:
                answer["description"] = described["summary"]

    def problem_answers(self, described: Described) -> Described:
        raised = [*self.problems, UNKNOWN_PARAMETER]
        if "{" in self.path:
            raised.append(NotFound())
        path = self.path.format(**examples.cast()["ids"])
        return problems.answers(
            [
                *(problems.example_of(error, path) for error in raised),
                *problems.shared(
                    signed_in=bool(described["security"]),
                    has_body=self.method in WITH_BODY,
                ),
            ]
        )

    def register_shared(self) -> None:
        """Put what the answers refer to among the components."""
        shared = (
            (ResolvedComponent.SCHEMA, "Problem", problems.PROBLEM),
            (ResolvedComponent.SCHEMA, "FieldError", problems.FIELD_ERROR),
            *((ResolvedComponent.HEADER, *item) for item in problems.HEADERS.items()),
            *(
                (ResolvedComponent.RESPONSE, *item)
                for item in problems.shared_answers().items()
            ),
            *(
                (
                    ResolvedComponent.EXAMPLE,
                    code,
                    {"summary": body["title"], "value": body},
                )
                for code, body in problems.SHARED.items()
            ),
        )
        for kind, name, schema in shared:
            self.registry.register_on_missing(
                ResolvedComponent(name, kind, schema, object=name)
            )


def has_filters(view: Any) -> bool:
    return hasattr(view, "filterset_class")


def show(content: Described, shown: Described) -> None:
    for media in content.values():
        if shown:
            media["examples"] = {
                name.replace(" ", "_").replace(",", ""): {
                    "summary": name,
                    "value": value,
                }
                for name, value in shown.items()
            }


def without_nul(parameter: Described) -> None:
    if parameter["schema"] == {"type": "string"}:
        parameter["schema"]["pattern"] = extensions.NO_NUL


def any_of_several(result: Described, **_: Any) -> Described:
    """What no field tells apart may fit several shapes: `{"user": ...}` fits all.

    A hook of drf-spectacular.
    """
    for schema in result["components"]["schemas"].values():
        if "oneOf" in schema and "discriminator" not in schema:
            schema["anyOf"] = schema.pop("oneOf")
    return result


def plain_null(result: Described, **_: Any) -> Described:
    """A null is a null, no component of that name: clients would make a class of it.

    A hook of drf-spectacular.
    """
    if result["components"]["schemas"].pop("Null", None) is None:
        return result
    named = {"$ref": "#/components/schemas/Null"}
    for schema in result["components"]["schemas"].values():
        for described in schema.get("properties", {}).values():
            if named in described.get("oneOf", ()):
                described["oneOf"].remove(named)
                described["oneOf"].append({"type": "null"})
    return result
