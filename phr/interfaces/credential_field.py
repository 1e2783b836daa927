"""The field for what an authenticator answers: a public key credential, as JSON.

Scripts of ours fill it with what `toJSON()` of the browser's API gives (WebAuthn
Level 3, section 5.1). Of it only known members of the right kind are taken on: the rest
could be anything, and would be kept.
"""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LONGEST_CREDENTIAL = 60_000  # characters
LONGEST_CHALLENGE = 100
TEXTS = ("id", "rawId", "type", "authenticatorAttachment")
TEXTS_OF_RESPONSE = (
    *("clientDataJSON", "attestationObject", "authenticatorData"),
    *("signature", "userHandle", "publicKey"),
)
MOST_TRANSPORTS = 10


class CredentialField(forms.CharField):
    """A credential, hidden in the page."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=LONGEST_CREDENTIAL, widget=forms.HiddenInput, **options
        )

    def clean(self, value: Any) -> Any:
        """:raises ValidationError: it is no credential."""
        try:
            sent = json.loads(str(super().clean(value)))
            return known_members(sent)
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
            raise ValidationError(_("The passkey did not answer."), "invalid") from None


def known_members(sent: dict[str, Any]) -> dict[str, Any]:
    response, extensions = sent["response"], sent.get("clientExtensionResults") or {}
    transports = response.get("transports")
    algorithm = response.get("publicKeyAlgorithm")
    resident = (extensions.get("credProps") or {}).get("rk")
    kept: dict[str, Any] = texts(sent, TEXTS)
    kept["response"] = texts(response, TEXTS_OF_RESPONSE)
    if isinstance(transports, list):
        words = [word for word in transports if isinstance(word, str)]
        kept["response"]["transports"] = words[:MOST_TRANSPORTS]
    if isinstance(algorithm, int):
        kept["response"]["publicKeyAlgorithm"] = algorithm
    is_known = isinstance(resident, bool)
    kept["clientExtensionResults"] = {"credProps": {"rk": resident}} if is_known else {}
    return kept


def texts(sent: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    return {name: sent[name] for name in names if isinstance(sent.get(name), str)}
