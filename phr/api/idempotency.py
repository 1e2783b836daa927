"""Safe retries: `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07).

A view calls `once` after it has checked who may ask: whoever may no longer see the
thing does not get the kept answer either.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from phr.api.json import Response
from phr.api.views import signed_in
from phr.core import idempotency
from phr.core.errors import Invalid

HEADER = "Idempotency-Key"
# With or without the quotation marks that the draft wants around it.
PATTERN = r'^([!#-~]{1,255}|"[!#-~]{1,255}")$'
KEPT_HEADERS = ("Location", "ETag")


class InvalidKey(Invalid):
    code = "invalid_idempotency_key"
    advice = _(
        "The Idempotency-Key header takes 1 to 255 visible ASCII characters, without "
        "spaces and quotation marks."
    )
    title = _("The Idempotency-Key is not valid")


def once(
    request: Request, act: Callable[[], Response], *, is_limited: bool = True
) -> Response:
    """Answer a request; with a key that was used before, as it was answered then.

    :param act: does what is asked for; only called if the key is new or there is none.
    :param is_limited: False for what nobody is ever kept from, and succeeds once.
    :raises InvalidKey: as it says.
    :raises KeyReused: the key came with another method, address or body before.
    :raises TooMany: as many keys of this account are kept as may be.
    """
    key = key_of(request)
    if key is None:
        return act()
    answer = idempotency.once(
        owner_id=signed_in(request).pk,
        key=key,
        fingerprint=fingerprint_of(request),
        act=lambda: kept_form(act()),
        is_limited=is_limited,
    )
    return Response(
        orjson.Fragment(answer["body"]),
        status=answer["status"],
        headers=answer["headers"],
    )


def key_of(request: Request) -> str | None:
    sent = request.headers.get(HEADER)
    if sent is None:
        return None
    if not re.fullmatch(PATTERN, sent):
        raise InvalidKey(InvalidKey.advice, field=HEADER)
    return sent.strip('"')


def fingerprint_of(request: Request) -> str:
    """Method, address and body, whatever the order of its members."""
    body = json.dumps(request.data, sort_keys=True)
    return idempotency.fingerprint_of(str(request.method), request.path, body)


def kept_form(response: Response) -> dict[str, Any]:
    return {
        "status": response.status_code,
        "headers": {each: response[each] for each in KEPT_HEADERS if each in response},
        "body": response.content.decode(),
    }
