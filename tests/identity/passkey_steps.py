"""Steps that the tests of passkeys share."""

from typing import Any

from rest_framework.test import APIClient

from tests.identity.authenticator import SoftAuthenticator

ADD, BEGIN = "/api/auth/mfa/passkeys/", "/api/auth/mfa/passkeys/begin/"
LOGIN, BEGIN_LOGIN = "/api/auth/passkey/", "/api/auth/passkey/begin/"

Json = dict[str, Any]


def answer_to_add(client: APIClient, authenticator: SoftAuthenticator) -> Json:
    """Begin to add a passkey; gives the body to finish with."""
    begun = client.post(BEGIN).json()
    return {
        "challenge": begun["challenge"],
        "name": "Phone",
        "credential": authenticator.register(begun["options"]),
    }


def add(client: APIClient, authenticator: SoftAuthenticator, **changes: str) -> Any:
    return client.post(ADD, answer_to_add(client, authenticator) | changes)


def answer_to_login(authenticator: SoftAuthenticator) -> Json:
    """Begin to sign in; gives the body to finish with."""
    begun = APIClient().post(BEGIN_LOGIN).json()
    return {
        "challenge": begun["challenge"],
        "credential": authenticator.sign_in(begun["options"]),
    }


def sign_in_with(authenticator: SoftAuthenticator) -> Any:
    return APIClient().post(LOGIN, answer_to_login(authenticator))
