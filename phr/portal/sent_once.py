"""Forms that create something: however often one is sent, it takes effect once.

A button is pressed twice, a page is loaded again, an answer gets lost and the browser
sends once more. Each form that is shown has a key of its own. It is kept as the
`Idempotency-Key` of the API is, for the account that sends it: what another account
sends with the same key is another form.
"""

import json
import re
from collections.abc import Callable
from secrets import token_hex
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from phr.core import idempotency
from phr.portal.forms import PortalForm
from phr.portal.step_up import PREFIX
from phr.portal.views import signed_in

NAME = "idempotency_key"
KEY = re.compile("[0-9a-f]{32}")


class CreatingForm(PortalForm):
    """A form with a key, which its page has unseen; it is no field of the form.

    What is no key of ours is none, and protects from nothing.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent = self.data.get(NAME, "")
        self.key: str = sent if KEY.fullmatch(sent) else ""

    @property
    def key_input(self) -> SafeString:
        """The key as the page has it: another one if none was sent."""
        key = self.key or token_hex(16)
        return format_html('<input type="hidden" name="{}" value="{}">', NAME, key)


def send_once(
    request: HttpRequest, form: CreatingForm, act: Callable[[], str]
) -> HttpResponse:
    """Do what a valid form asks for, unless it was done, and lead to what became of it.

    :param act: does it, and returns the address of the page to go to.
    :raises KeyReused: the form was sent before with something else in it.
    :raises DomainError: whatever `act` raises.
    """
    if not form.key:
        return redirect(act())
    try:
        answer = idempotency.once(
            owner_id=signed_in(request).pk,
            key=f"form:{form.key}",
            fingerprint=idempotency.fingerprint_of(
                request.path, asked_in(request, form)
            ),
            act=lambda: {"body": act()},
        )
    except idempotency.KeyReused as error:
        form.key = ""  # whoever sends it again means it
        raise idempotency.KeyReused(
            _(
                "You have sent this form before with something else in it, and that "
                "was saved. If this is to be saved as well, send it again."
            )
        ) from error
    return redirect(answer["body"])


def asked_in(request: HttpRequest, form: CreatingForm) -> str:
    """What is asked for, whether or not the password was asked for on the way."""
    where = {name: each for name, each in request.GET.lists() if name != PREFIX}
    return json.dumps([where, form.cleaned_data], sort_keys=True, default=str)
