"""Who has just changed something reads it at once, also where a replica answers."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from phr.core.stale_reads import note_writing
from phr.interfaces.request_measures import user_id_of

Handler = Callable[[HttpRequest], HttpResponse]

ONLY_READ = frozenset({"GET", "HEAD", "OPTIONS"})


def note_own_writes(get_response: Handler) -> Handler:
    """Note who may have changed something, before they get the answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method not in ONLY_READ and (user_id := user_id_of(request)):
            note_writing(UUID(user_id))
        return response

    return middleware
