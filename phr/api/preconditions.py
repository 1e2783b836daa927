"""`ETag`, `If-Match` and `If-None-Match` (RFC 9110, sections 8.8.3 and 13).

A tag is `"<stamp>;<digest>"`. The stamp changes with the thing itself and is what
`If-Match` looks at: a new comment refuses no change of a record. The digest is of the
whole answer, and what `If-None-Match` looks at.
"""

import re
from hashlib import sha256
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.request import Request

from phr.api.json import Response, to_json
from phr.core.errors import Invalid

ANY = "*"
# Proxies that compress make strong tags weak; ours mean the same then.
TAG = re.compile(r'(?:W/)?"([!#-~]*)"')
TAGS = re.compile(r'^(\*|(W/)?"[!#-~]*"( ?, ?(W/)?"[!#-~]*")*)$')


class InvalidCondition(Invalid):
    code = "invalid_condition"
    advice = _(
        'If-Match takes a tag as ETag gave it, with its quotation marks, or "*".'
    )
    title = _("The condition is not valid")


def tagged(request: Request, body: Any, stamp: str, **options: Any) -> Response:
    """An answer with its tag; without a body (304) where the client has it already.

    :param stamp: of what is answered, as `phr.core.preconditions` has it.
    :param options: of the response: its status, its headers.
    """
    rendered = to_json(body)
    tag = f'"{stamp};{sha256(rendered).hexdigest()[:16]}"'
    headers = options.pop("headers", {}) | {"ETag": tag}
    if request.method in ("GET", "HEAD") and is_known(request, tag):
        return Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(orjson.Fragment(rendered), headers=headers, **options)


def is_known(request: Request, tag: str) -> bool:
    sent: str = request.META.get("HTTP_IF_NONE_MATCH", "")
    return sent.strip() == ANY or tag.strip('"') in TAG.findall(sent)


def expected_by(request: Request) -> frozenset[str] | None:
    """The stamps that `If-Match` allows; None for any.

    :raises InvalidCondition: it is not a list of tags.
    """
    sent = request.headers.get("If-Match")
    if sent is None or sent == ANY:
        return None
    if not TAGS.fullmatch(sent):
        raise InvalidCondition(InvalidCondition.advice, field="If-Match")
    return frozenset(tag.partition(";")[0] for tag in TAG.findall(sent))
