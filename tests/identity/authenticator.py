"""A passkey in software: what a phone or a key would answer (WebAuthn Level 3)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor

ORIGIN = "https://records.example.org"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40  # flags, section 6.1


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def registered() -> dict[str, Any]:
    """What is kept of a new passkey."""
    asked = {"user": {"id": ""}, "rp": {"id": "records.example.org"}, "challenge": ""}
    return SoftAuthenticator().register(asked)


@dataclass
class SoftAuthenticator:
    """Holds one key pair, made when it is asked to register.

    :param verifies_user: whether it asks for a PIN or a finger.
    """

    origin: str = ORIGIN
    verifies_user: bool = True
    id: bytes = field(default_factory=lambda: token_bytes(32))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user_handle: bytes = b""

    def register(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer `navigator.credentials.create`."""
        self.user_handle = decoded(options["user"]["id"])
        attestation = {
            "fmt": "none",
            "attStmt": {},
            "authData": self.data_for(options["rp"]["id"], self.attested()),
        }
        client_data = self.client_data("webauthn.create", options["challenge"])
        return self.credential(
            clientDataJSON=encoded(client_data),
            attestationObject=encoded(cbor.encode(attestation)),
        ) | {"clientExtensionResults": {"credProps": {"rk": True}}}

    def sign_in(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer `navigator.credentials.get`."""
        data = self.data_for(options["rpId"])
        client_data = self.client_data("webauthn.get", options["challenge"])
        signed = data + sha256(client_data).digest()
        return self.credential(
            clientDataJSON=encoded(client_data),
            authenticatorData=encoded(data),
            signature=encoded(self.key.sign(signed, ec.ECDSA(SHA256()))),
            userHandle=encoded(self.user_handle),
        )

    def credential(self, **response: Any) -> dict[str, Any]:
        return {
            "id": encoded(self.id),
            "rawId": encoded(self.id),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }

    def client_data(self, kind: str, challenge: str) -> bytes:
        words = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps(words).encode()

    def data_for(self, rp_id: str, attested: bytes = b"") -> bytes:
        flags = PRESENT | VERIFIED * self.verifies_user | ATTESTED * bool(attested)
        return sha256(rp_id.encode()).digest() + bytes([flags, 0, 0, 0, 0]) + attested

    def attested(self) -> bytes:
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1}  # EC2, ES256, P-256 (RFC 9053)
        cose |= {-2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        length = len(self.id).to_bytes(2, "big")
        return bytes(16) + length + self.id + cbor.encode(cose)
