"""Plays requests to the checkout that Python finds, and notes all that comes of each.

`python -P played_requests.py REQUESTS ANSWERS` is called by `dev.compare_answers`, once
for each checkout, and so imports nothing of `dev`. What a request changes is undone
after it: all of them meet the same data, in whatever checkout.
"""

import hashlib
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

Json = dict[str, Any]

# As in production, of which the settings of tests lack it.
AS_IN_PRODUCTION = {
    "SECURE_SSL_REDIRECT": True,
    "SECURE_REDIRECT_EXEMPT": [r"^api/", r"^health/"],
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "SECURE_HSTS_SECONDS": 3600,
    "STAFF_MFA_REQUIRED": True,
    "CORS_ALLOWED_ORIGINS": ["https://app.example.org"],
    "TRUSTED_PROXIES": [],
}
PLAIN = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "SERVER_NAME": "testserver",
    "SERVER_PORT": "443",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "203.0.113.7",
    "QUERY_STRING": "",
    "HTTP_HOST": "testserver",
    "wsgi.url_scheme": "https",
    "wsgi.version": (1, 0),
}
CHANGING = {"ms", "timestamp"}  # of a line in the log
LONGEST_SHOWN = 2_000
COUNTED = (
    "phr_http_requests_total",
    "phr_http_errors_total",
    "phr_database_statements_total",
)

MANY = re.compile(r"\d{3,}")

logged: list[Any] = []


class Noted(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        line = record.msg if isinstance(record.msg, dict) else record.getMessage()
        logged.append(line)


def play(application: Callable[..., Any], request: Json) -> Json:
    """Send one request, and undo what it does."""
    from django.db import connection, transaction

    logged.clear()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")  # the first goes through Django, none does then
        answer = send(application, request)
        answer["ledger"] = ledger_lines()
        transaction.set_rollback(True)
    answer["log"] = [without_changing(line) for line in logged]
    answer["left"] = what_is_left()
    return answer


def send(application: Callable[..., Any], request: Json) -> Json:
    body = request.get("body", "").encode(errors="surrogateescape")
    errors = BytesIO()
    environ = PLAIN | {"wsgi.input": BytesIO(body), "wsgi.errors": errors}
    if body:
        environ |= {"CONTENT_TYPE": "application/json"}
        environ |= {"CONTENT_LENGTH": str(len(body))}
    environ |= request["environ"]
    started: list[Any] = []
    answer = application(environ, lambda *words: started.append(words))
    content = b"".join(answer)
    getattr(answer, "close", list)()
    status, headers = started[0][:2]
    return {"status": status, "headers": told(headers), "body": readable(content)}


def told(headers: list[tuple[str, str]]) -> Json:
    """Headers by their names; the words of Vary in order."""
    found: dict[str, Any] = {}
    for name, value in headers:
        passes = name in ("RateLimit", "Retry-After")  # as its seconds do
        shown = MANY.sub("many", value) if passes else value
        found.setdefault(name, []).append(shown)
    if "Vary" in found:
        words = {word.strip().lower() for v in found["Vary"] for word in v.split(",")}
        found["Vary"] = sorted(words)
    return found


def readable(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        if len(content) > LONGEST_SHOWN:
            return f"{len(content)} {hashlib.sha256(content).hexdigest()}"
        return content.decode("latin-1")


def ledger_lines() -> list[str]:
    """What has been entered since this transaction began."""
    from django.db.models.functions import Now

    from phr.audit.models import AccessEntry

    fields = [
        field.attname
        for field in AccessEntry._meta.concrete_fields
        if field.attname not in ("id", "position", "at")
    ]
    lines = AccessEntry.objects.filter(at__gte=Now()).order_by("position")
    return [str(line) for line in lines.values_list(*fields)]


def without_changing(line: Any) -> Any:
    if not isinstance(line, dict):
        return line
    return {name: str(line[name]) for name in sorted(line.keys() - CHANGING)}


def what_is_left() -> list[str]:
    """What the next request in this thread would find of this one."""
    import structlog
    from django.utils import timezone, translation

    from phr.core.postgres.statement_tally import present
    from phr.core.request_origin import current_origin

    return [
        str(translation.get_language()),
        timezone.get_current_timezone_name(),
        str(current_origin.get()),
        str(present.get()),
        str(structlog.contextvars.get_contextvars()),
    ]


def requests_after(
    name: str, request: Json, answer: Json
) -> Iterator[tuple[str, Json]]:
    """The next page, and the same again for who has the answer already."""
    if request["environ"].get("REQUEST_METHOD") != "GET" or "/" in name:
        return
    environ, body = request["environ"], answer["body"]
    if isinstance(body, dict) and body.get("next"):
        query = str(body["next"]).partition("?")[2]
        yield f"{name}/next", {"environ": environ | {"QUERY_STRING": query}}
    if tag := answer["headers"].get("ETag"):
        yield f"{name}/known", {"environ": environ | {"HTTP_IF_NONE_MATCH": tag[0]}}


def forget_attempts() -> None:
    """Empty Redis: a limit would refuse what the others are to show."""
    from phr.core import redis_client

    redis_client.connection().flushdb()


def counted() -> dict[str, float]:
    """What Prometheus would be told about requests."""
    from prometheus_client import REGISTRY

    return {
        f"{sample.name} {sorted(sample.labels.items())}": sample.value
        for family in REGISTRY.collect()
        for sample in family.samples
        if sample.name in COUNTED
    }


def prepare() -> Callable[..., Any]:
    """Set Django up as in production, and hear every line of the log."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections

    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # the transaction goes on
    for name, value in AS_IN_PRODUCTION.items():
        setattr(settings, name, value)
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.handlers = [Noted()]
    from config.wsgi import application

    return application


def main() -> None:
    asked: dict[str, Json] = json.loads(Path(sys.argv[1]).read_text())
    application = prepare()
    answers: dict[str, Json] = {}
    waiting = list(reversed(asked.items()))
    while waiting:
        name, request = waiting.pop()
        if not request.get("again"):
            forget_attempts()
        answers[name] = play(application, request)
        waiting += requests_after(name, request, answers[name])
    answers["what is counted"] = counted()
    Path(sys.argv[2]).write_text(json.dumps(answers, default=str))


if __name__ == "__main__":
    main()
