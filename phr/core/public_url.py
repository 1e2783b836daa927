"""Where people reach this server."""

from django.conf import settings


def public_url(path: str) -> str:
    """The address of a path of ours, wherever the request came from.

    What a client or a proxy calls the server is not asked: it may be forged, or lead to
    nowhere from outside.
    """
    return f"{settings.PUBLIC_URL}{path}"
