"""The OpenAPI document is complete, current and true to itself."""

import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from phr.api import urls
from phr.api.openapi import examples
from phr.api.views import UnknownPath
from tests.cases import for_each
from tests.openapi.fuzzing import DOCUMENT, close, document

METHODS = ("get", "put", "post", "patch", "delete")
PUBLIC = {
    "register",
    "login",
    "refresh_token",
    "forgot_password",
    "reset_password",
    "confirm_email",
    "begin_passkey_login",
    "passkey_login",
    "read_document",
    "read_archive_schema",
    "read_health",
    "read_readiness",
    "read_receipt",
}
WHOLE = document()
CLOSED = document()
close(CLOSED["components"]["schemas"])
Described = dict[str, Any]


def operations() -> Iterator[tuple[str, str, Described]]:
    for path, item in WHOLE["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def resolve(node: Described) -> Described:
    while "$ref" in node:
        target: Any = WHOLE
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def bodies(operation: Described) -> Iterator[tuple[str, Described]]:
    """What is sent and answered, each with a name for the failing test."""
    for media in operation.get("requestBody", {}).get("content", {}).values():
        yield "request", media
    for status, answer in operation["responses"].items():
        for media in resolve(answer).get("content", {}).values():
            yield status, media


def examples_of(media: Described) -> list[Any]:
    if "example" in media:
        return [media["example"]]
    return [resolve(example)["value"] for example in media.get("examples", {}).values()]


EVERY = [operation for _, _, operation in operations()]


def test_the_committed_document_is_what_the_server_serves(client: Any) -> None:
    served = client.get("/api/schema/")

    assert served.headers["Content-Type"] == "application/yaml"
    assert served.content.decode() == DOCUMENT.read_text("utf-8")


def views() -> Iterator[tuple[str, Any]]:
    """Every address under /api/, as the document writes it, with its view."""
    for noun in urls.urlpatterns:
        routes: list[Any] = getattr(noun, "url_patterns", [])
        for route in routes:
            path = str(route.pattern).replace("<uuid:", "{").replace(">", "}")
            yield f"/api/{path}", vars(route.callback)["view_class"]


def test_every_address_under_api_is_in_the_document() -> None:
    known = {path for path, _ in views()}

    assert {path for path in WHOLE["paths"] if path.startswith("/api/")} == known
    others: list[Any] = [
        each for each in urls.urlpatterns if not hasattr(each, "url_patterns")
    ]
    assert [vars(each.callback)["view_class"] for each in others] == [UnknownPath]


def test_every_method_of_every_view_is_in_the_document() -> None:
    for path, view in views():
        methods = {method for method in METHODS if hasattr(view, method)}
        assert methods == WHOLE["paths"][path].keys(), path


@for_each("operation", EVERY)
def test_every_operation_says_what_it_is_and_who_may_call_it(
    operation: Described,
) -> None:
    assert operation["summary"]
    assert operation["description"] not in ("", operation["summary"])
    assert set(operation["tags"]) <= {tag["name"] for tag in WHOLE["tags"]}
    is_public = operation["operationId"] in PUBLIC
    assert operation["security"] == ([] if is_public else [{"bearer": []}])
    assert ("401" in operation["responses"]) is (
        not is_public
        or operation["operationId"] in ("login", "refresh_token", "passkey_login")
    )


def test_operation_ids_are_unique() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]

    assert len(names) == len(set(names))


@for_each("operation", EVERY)
def test_every_body_has_examples_that_fit_its_schema(operation: Described) -> None:
    for where, media in bodies(operation):
        found = examples_of(media)
        assert found, where
        for example in found:
            faults = list(validator(media["schema"]).iter_errors(example))
            assert not faults, (where, example, faults)


def test_no_example_is_left_over_and_none_hides_another() -> None:
    texts = [path.read_text("utf-8") for path in examples.API.glob("*/examples.yaml")]
    named = re.findall(r"^(\w+):$", "\n".join(texts), re.MULTILINE)

    assert len(named) == len(set(named)) > 50
    for _, _, operation in operations():
        name, body = operation["operationId"], operation.get("requestBody", {})
        sent = [media.get("examples", {}) for media in body.get("content", {}).values()]
        assert sum(map(len, sent)) == len(examples.requests_of(name)), name
        answers = examples.whole().get(name, {}).get("answers", {})
        assert {str(status) for status in answers} <= operation["responses"].keys()
    assert set(named) <= {operation["operationId"] for _, _, operation in operations()}


@for_each("operation", EVERY)
def test_every_problem_code_that_is_named_has_an_example(operation: Described) -> None:
    for status, answer in operation["responses"].items():
        media = resolve(answer).get("content", {}).get("application/problem+json")
        if media is None:
            continue
        named = resolve(answer)["x-problem-codes"]
        shown = {example["code"] for example in examples_of(media)}
        assert shown == set(named), status
        assert all(f"`{code}`" in resolve(answer)["description"] for code in named)
        assert {example["status"] for example in examples_of(media)} == {int(status)}


@for_each("operation", EVERY)
def test_every_problem_has_the_one_shape_that_clients_make_a_class_of(
    operation: Described,
) -> None:
    for answer in operation["responses"].values():
        media = resolve(answer).get("content", {}).get("application/problem+json")
        if media is not None:
            assert media["schema"] == {"$ref": "#/components/schemas/Problem"}


@for_each("operation", EVERY)
def test_every_error_is_a_problem(operation: Described) -> None:
    for status, answer in operation["responses"].items():
        if int(status) >= 400 and operation["operationId"] != "read_readiness":
            assert list(resolve(answer)["content"]) == ["application/problem+json"]


def test_inputs_take_no_field_that_they_do_not_name() -> None:
    for _, _, operation in operations():
        for where, media in bodies(operation):
            if where == "request":
                assert not fits(media["schema"], {"colour": "blue"})
                for example in examples_of(media):
                    assert not fits(media["schema"], example | {"colour": "blue"})


def test_answers_always_have_all_of_their_fields() -> None:
    """But licence numbers, for staff and their owners, and what is clinical, not."""
    left_out = {
        "Doctor": {"license_number"},
        "AssignedPatient": {"blood_type", "allergies", "emergency_contact"},
        "AssignedUser": {
            "username",
            "email",
            "user_type",
            "phone_number",
            "date_of_birth",
        },
        "Grant": {"reason", "decision_reason", "end_reason"},  # not for staff
        "ListedRecord": {"deleted_at"},  # in the list of what was deleted only
    }
    inputs = {
        name for name in WHOLE["components"]["schemas"] if name.endswith("Request")
    }
    for name, schema in WHOLE["components"]["schemas"].items():
        if schema.get("type") != "object" or name in inputs | {"Problem"}:
            continue
        optional = schema["properties"].keys() - set(schema["required"])
        assert optional == left_out.get(name, set()), name


@for_each("operation", EVERY)
def test_examples_have_no_field_that_the_document_does_not_name(
    operation: Described,
) -> None:
    for where, media in bodies(operation):
        for example in examples_of(media):
            faults = list(validator(media["schema"], CLOSED).iter_errors(example))
            assert not faults, (where, example, faults)


def test_each_tag_is_explained_once_and_used() -> None:
    names = [tag["name"] for tag in WHOLE["tags"]]

    assert len(names) == len(set(names))
    assert set(names) == {tag for *_, each in operations() for tag in each["tags"]}


def test_it_begins_as_the_guide_does_and_nothing_is_deleted_first() -> None:
    guide = ["register", "login", "refresh_token"]
    by_tag: dict[str, list[str]] = {}
    for _, _, operation in operations():
        by_tag.setdefault(operation["tags"][0], []).append(operation["operationId"])

    names = [tag["name"] for tag in WHOLE["tags"]]
    assert names[:3] == ["auth", "health-records", "care"]
    assert by_tag["auth"][:3] == guide
    assert "delete_account" in by_tag["account"]
    assert not [ids[0] for ids in by_tag.values() if ids[0].startswith("delete")]


def test_no_component_has_the_name_of_a_word_of_the_languages_of_clients() -> None:
    words = {"Error", "Field", "List", "Map", "Null", "Object", "Record", "Type"}

    assert not words & set(WHOLE["components"]["schemas"])


def test_the_document_refuses_registrations_that_the_server_refuses() -> None:
    register = WHOLE["paths"]["/api/auth/register/"]["post"]["requestBody"]
    schema = register["content"]["application/json"]["schema"]
    patient = next(
        example
        for example in examples_of(register["content"]["application/json"])
        if example["user_type"] == "PATIENT"
    )

    assert fits(schema, patient)
    assert not fits(schema, patient | {"specialization": "Surgery"})
    assert not fits(schema, patient | {"user_type": "ADMIN"})
    assert not fits(schema, patient | {"username": "a b"})
    assert fits(schema, patient | {"first_name": "   "})
    assert not fits(schema, patient | {"last_name": "Mo\0reau"})
    assert not fits(schema, patient | {"last_name": "Mo\nreau"})
    assert not fits(schema, patient | {"last_name": "Mo\u202ereau"})
    assert not fits(schema, patient | {"password": "1234567890"})
    assert not fits(schema, patient | {"phone_number": "0123"})
    assert fits(schema, patient | {"phone_number": ""})


def validator(schema: Described, whole: Described = WHOLE) -> Draft202012Validator:
    return Draft202012Validator(
        {**schema, "components": whole["components"]}, format_checker=FormatChecker()
    )


def fits(schema: Described, value: Any) -> bool:
    return bool(validator(schema).is_valid(value))
