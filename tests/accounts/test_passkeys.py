"""Passkeys: added, used to sign in alone, and each ceremony once."""

from tests.accounts.authenticator import SoftAuthenticator

ADD, BEGIN = "/api/auth/mfa/passkeys/", "/api/auth/mfa/passkeys/begin/"
LOGIN, BEGIN_LOGIN = "/api/auth/passkey/", "/api/auth/passkey/begin/"


def add(client, authenticator):
    begun = client.post(BEGIN).json()
    return client.post(
        ADD,
        {
            "challenge": begun["challenge"],
            "name": "Phone",
            "credential": authenticator.register(begun["options"]),
        },
    )


def test_a_passkey_is_added_and_signs_in_alone(api, alice):
    phone = SoftAuthenticator()

    added = add(api("alice"), phone)
    begun = api("nobody").post(BEGIN_LOGIN).json()
    signed_in = api("nobody").post(
        LOGIN,
        {
            "challenge": begun["challenge"],
            "credential": phone.sign_in(begun["options"]),
        },
    )

    assert added.status_code == 201, added.json()
    assert added.json()["passkey"]["name"] == "Phone"
    assert len(added.json()["recovery_codes"]) == 10
    assert signed_in.status_code == 200, signed_in.json()
    assert signed_in.json()["user"]["username"] == "alice"
