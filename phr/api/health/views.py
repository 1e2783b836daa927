"""Is it alive, and can it work?"""

from django.http import HttpRequest, HttpResponse

from phr.api.json import to_json
from phr.core import readiness
from phr.interfaces.methods import reading_only
from phr.interfaces.proxy_probe import what_is_seen


@reading_only
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; asks nothing else.

    `manage.py doctor` is told as well what the server believes of its proxies.
    """
    seen = what_is_seen(request)
    return answer(200, {"status": "ok"} | ({"seen": seen} if seen else {}))


@reading_only
def ready(request: HttpRequest) -> HttpResponse:
    """Everything that a request needs is there; 503 names what is not.

    Workers and the outbox are named, too; requests are answered without them.
    """
    parts = readiness.states()
    failing = {name for name, state in parts.items() if state != readiness.OK}
    word, status = ("degraded", 200) if failing else ("ok", 200)
    if failing - readiness.NOT_FOR_REQUESTS:
        word, status = "unavailable", 503
    return answer(status, {"status": word, "parts": parts})


def answer(status: int, body: dict[str, object]) -> HttpResponse:
    response = HttpResponse(
        to_json(body), status=status, content_type="application/json"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
