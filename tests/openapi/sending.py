"""Requests and answers of the document's examples, and what compares them."""

from typing import Any

from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.models import User
from phr.api.openapi.examples import cast
from phr.identity.sign_in import start_session
from tests.openapi.fuzzing import document

CAST = cast()
OPERATIONS = {
    operation["operationId"]: (path, method, operation)
    for path, item in document()["paths"].items()
    for method, operation in item.items()
}
IDS = {f"{{{name}}}": known for name, known in CAST["ids"].items()}
# What is new each time: everything else must be word for word as in the example.
NEW_EACH_TIME = {
    *("access", "refresh", "updated_at", "request_id", "instance", "decided_at"),
}
NEW_WHEN_MADE = NEW_EACH_TIME | {
    *("id", "created_at", "requested_at", "starts_at", "expires_at"),
}


def client_of(user: User | None) -> APIClient:
    client = APIClient()
    if user is not None:
        tokens = start_session(user=user, at=timezone.now(), second_factor=True)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    return client


def send(client: APIClient, operation_id: str, body: Any = None) -> Any:
    path, method, _ = OPERATIONS[operation_id]
    for name, value in IDS.items():
        path = path.replace(name, value)
    return getattr(client, method)(path, body, format="json" if body else None)


def request_example(operation_id: str, name: str) -> Any:
    content = OPERATIONS[operation_id][2]["requestBody"]["content"]
    return content["application/json"]["examples"][name]["value"]


def answer_example(operation_id: str, status: int, name: str) -> Any:
    answer = OPERATIONS[operation_id][2]["responses"][str(status)]
    return answer["content"]["application/json"]["examples"][name]["value"]


def without(names: set[str], value: Any) -> Any:
    """A value with these members taken away at every depth."""
    match value:
        case dict():
            kept = value.keys() - names
            return {name: without(names, value[name]) for name in kept}
        case list():
            return [without(names, inner) for inner in value]
        case _:
            return value
