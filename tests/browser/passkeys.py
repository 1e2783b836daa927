"""A passkey in the browser: an authenticator that Chromium pretends is there.

https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/
"""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession, Page

# One that is part of the device, and knows its owner by a finger.
BUILT_IN = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class PretendedAuthenticator:
    """What answers when a page asks for a passkey."""

    session: CDPSession
    id: str

    def passkeys(self) -> list[dict[str, Any]]:
        asked = {"authenticatorId": self.id}
        answer = self.session.send("WebAuthn.getCredentials", asked)
        found: list[dict[str, Any]] = answer["credentials"]
        return found

    def refuse(self) -> None:
        """From now on the finger is nobody's."""
        self.session.send(
            "WebAuthn.setUserVerified",
            {"authenticatorId": self.id, "isUserVerified": False},
        )


def give_authenticator(page: Page) -> PretendedAuthenticator:
    """Give a page's device one. It is empty, and answers at once."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable", {"enableUI": False})
    answer = session.send("WebAuthn.addVirtualAuthenticator", {"options": BUILT_IN})
    return PretendedAuthenticator(session, str(answer["authenticatorId"]))
