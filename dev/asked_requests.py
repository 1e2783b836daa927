"""What `dev.compare_answers` asks: each operation of the API, by many, and wrongly.

Addresses and bodies are those of docs/openapi.yaml, so that a new one is asked as well.
"""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import yaml

from dev import places

Json = dict[str, Any]
Named = tuple[str, Json]

METHODS = ("get", "post", "put", "patch", "delete")
PLACE = re.compile(r"{(\w+)}")
ORIGIN = {"HTTP_ORIGIN": "https://app.example.org"}
STRANGE_ORIGIN = {"HTTP_ORIGIN": "https://elsewhere.example.org"}
PREFLIGHT = {
    "REQUEST_METHOD": "OPTIONS",
    "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "GET",
    "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": "authorization",
}
# By name, what is different from a request that is right.
WRONG_OR_RARE: dict[str, Json] = {
    "a token of nobody": {"HTTP_AUTHORIZATION": "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x"},
    "another scheme": {"HTTP_AUTHORIZATION": "Basic YTpi"},
    "a scheme alone": {"HTTP_AUTHORIZATION": "Bearer"},
    "a small scheme": {"HTTP_AUTHORIZATION": "bearer nothing"},
    "OPTIONS": {"REQUEST_METHOD": "OPTIONS"},
    "TRACE": {"REQUEST_METHOD": "TRACE"},
    "BREW": {"REQUEST_METHOD": "BREW"},
    "HEAD": {"REQUEST_METHOD": "HEAD"},
    "preflight": PREFLIGHT | ORIGIN,
    "preflight of a stranger": PREFLIGHT | STRANGE_ORIGIN,
    "from a page": ORIGIN,
    "from a stranger's page": STRANGE_ORIGIN,
    "wants a page": {"HTTP_ACCEPT": "text/html"},
    "wants something odd": {"HTTP_ACCEPT": "application/x-odd; q=nothing"},
    "in German": {"HTTP_ACCEPT_LANGUAGE": "de-CH, de;q=0.9, en;q=0.5"},
    "in no language": {"HTTP_ACCEPT_LANGUAGE": "xx"},
    "by a cookie": {
        "HTTP_COOKIE": f"sessionid={4 * 'abcdefgh'}; language=de; device=x"
    },
    "over http": {"wsgi.url_scheme": "http"},
    "to a wrong host": {"HTTP_HOST": "evil.example.org"},
    "to a host that is none": {"HTTP_HOST": "a b"},
    "by a stranger's proxy": {
        "HTTP_X_FORWARDED_FOR": "198.51.100.9",
        "HTTP_X_FORWARDED_PROTO": "http",
        "HTTP_X_FORWARDED_HOST": "evil.example.org",
    },
    "by a talkative browser": {"HTTP_USER_AGENT": "Mozilla\t" + 300 * "x"},
    "with an id": {"HTTP_X_REQUEST_ID": "mine", "HTTP_X_CORRELATION_ID": "yours"},
    "too long": {"CONTENT_LENGTH": "99999999"},
    "of an odd length": {"CONTENT_LENGTH": "1x"},
    "of no length": {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""},
    "for who knows any": {"HTTP_IF_NONE_MATCH": "*"},
    "for who knows another": {"HTTP_IF_NONE_MATCH": '"other;0123"'},
    "if it matches another": {"HTTP_IF_MATCH": '"other;0123"'},
    "if it matches nonsense": {"HTTP_IF_MATCH": "nonsense"},
    "with a key": {"HTTP_IDEMPOTENCY_KEY": "0123456789abcdef"},
    "with a strange key": {"HTTP_IDEMPOTENCY_KEY": "\xff"},
    "an unknown parameter": {"QUERY_STRING": "odd=1"},
    "a wrong cursor": {"QUERY_STRING": "cursor=odd"},
    "a repeated parameter": {"QUERY_STRING": "page_size=1&page_size=2"},
    "a short page": {"QUERY_STRING": "page_size=1"},
    "a page too long": {"QUERY_STRING": "page_size=1000"},
    "a query that is none": {"QUERY_STRING": "%ff&&=&page_size=%00"},
}
# By name, what is different about its body.
WRONG_BODIES: dict[str, Json] = {
    "no JSON": {"body": "{nonsense"},
    "no UTF-8": {"body": '{"a": "\udcff"}'},
    "a list": {"body": "[]"},
    "nothing in it": {"body": "{}"},
    "an unknown field": {"body": '{"odd": 1}'},
    "no body": {"body": ""},
    "a form": {"body": "a=1", "environ": {"CONTENT_TYPE": "text/plain"}},
}
# What the API is not, or is not there.
ELSEWHERE = (
    *("/api/", "/api", "/apix/", "/api/nothing/", "/api//health-records/"),
    *("/api/health-records", "/api/health-records/odd/", "//api/health-records/"),
    *("/api/health-records/../", "/API/health-records/", "/api/\xff/", "/api/%/"),
    *("/", "/sign-in/", "/records/", "/admin/", "/admin/login/", "/nothing/"),
    *("/health", "/health/ready", "/static/nothing.css", "/api-docs/", "*"),
    *("/swagger/", "/redoc/"),
)


def everything(tokens: Mapping[str, str], ids: Mapping[str, list[str]]) -> Json:
    """Each request, by a name that says what it is.

    :param tokens: of people, by their names; the first one also asks wrongly.
    :param ids: for the places in addresses, by their names.
    """
    document = yaml.safe_load(
        (places.CHECKOUT / "docs" / "openapi.yaml").read_text(encoding="utf-8")
    )
    first = next(iter(tokens.values()))
    asked = dict(elsewhere(first))
    for path, operations in document["paths"].items():
        for method in [each for each in METHODS if each in operations]:
            body = example_of(operations[method], document)
            for number, address in enumerate(addresses(path, ids)):
                request = {"environ": call(method, address), "body": body}
                title = f"{method} {path} {number}"
                asked |= by_everybody(title, request, tokens)
                if not number:
                    asked |= wrongly(title, request, first)
    return asked | too_often()


def call(method: str, address: str) -> Json:
    path, _, query = address.partition("?")
    return {"REQUEST_METHOD": method.upper(), "PATH_INFO": path, "QUERY_STRING": query}


def addresses(path: str, ids: Mapping[str, list[str]]) -> Iterator[str]:
    names = PLACE.findall(path)
    for values in product(*(ids[name] for name in names)):
        yield path.format_map(dict(zip(names, values, strict=True)))


def example_of(operation: Json, document: Json) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    for kind in content.values():
        for example in kind.get("examples", {}).values():
            found = example.get("value", {})
            return json.dumps(found)
    return ""


def by_everybody(title: str, request: Json, tokens: Mapping[str, str]) -> Json:
    asked = {f"{title} by nobody": request}
    for who, token in tokens.items():
        asked[f"{title} by {who}"] = with_environ(request, by(token))
    return asked


def wrongly(title: str, request: Json, token: str) -> Json:
    right = with_environ(request, by(token))
    asked = {
        f"{title}: {name}": with_environ(right, change)
        for name, change in WRONG_OR_RARE.items()
    }
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        asked[f"{title}: as {method}"] = with_environ(right, {"REQUEST_METHOD": method})
    path = request["environ"]["PATH_INFO"].rstrip("/")
    asked[f"{title}: without its slash"] = with_environ(right, {"PATH_INFO": path})
    if not request["body"]:
        return asked
    for name, change in WRONG_BODIES.items():
        changed = with_environ(right, change.get("environ", {}))
        asked[f"{title}: {name}"] = changed | {"body": change["body"]}
    return asked


def elsewhere(token: str) -> Iterator[Named]:
    for path, method in product(ELSEWHERE, ("GET", "POST", "OPTIONS", "BREW")):
        request = {"environ": {"REQUEST_METHOD": method, "PATH_INFO": path}}
        yield f"{method} {path}", request
        yield f"{method} {path} with a token", with_environ(request, by(token))
        yield f"{method} {path} from a page", with_environ(request, ORIGIN)
        wrong_host = with_environ(request, {"HTTP_HOST": "evil.example.org"})
        yield f"{method} {path} to a wrong host", wrong_host


def too_often() -> Json:
    body = json.dumps({"username": "maria", "password": "wrong"})
    environ = call("post", "/api/auth/login/")
    return {
        f"wrong password, {number}": {"environ": environ, "body": body, "again": number}
        for number in range(14)
    }


def by(token: str) -> Json:
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


def with_environ(request: Json, change: Json) -> Json:
    return request | {"environ": request["environ"] | change}
