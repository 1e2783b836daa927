"""A real SMTP server that keeps what it is sent, or refuses it, or whoever sends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr

from config.mail_settings import mail_settings
from dev.valkey import HOST, free_port

TAKEN = "250 OK"
NOT_SIGNED_IN = "530 5.7.0 Authentication required"
USER = "records"
Answer = Callable[[], str]


class Mailbox:
    """What has arrived, in order, and to whom; aiosmtpd calls the methods.

    :ivar to_recipient: what is answered to each RCPT TO.
    :ivar to_text: what is answered to each text; it is kept if that is a yes.
    :ivar password: what `USER` has to show; without one anybody may send.
    :ivar turned_away: how often somebody had shown another one.
    """

    def __init__(self) -> None:
        self.url = f"smtp://{HOST}:{free_port()}"
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.to_recipient: Answer = lambda: TAKEN
        self.to_text: Answer = lambda: TAKEN
        self.password = ""
        self.turned_away = 0

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]

    @property
    def url_with_password(self) -> str:
        return self.url.replace("://", f"://{USER}:{self.password}@")

    def authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, shown: Any
    ) -> AuthResult:
        right = (shown.login, shown.password) == (USER.encode(), self.password.encode())
        self.turned_away += not right
        return AuthResult(success=right, handled=False)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.password and not session.authenticated:
            return NOT_SIGNED_IN
        envelope.mail_from = address
        return TAKEN

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        answer = self.to_recipient()
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        answer = self.to_text()
        if answer == TAKEN:
            mail = BytesParser(EmailMessage, policy=default).parsebytes(
                envelope.content
            )
            self.mails.append(mail)
            self.recipients += envelope.rcpt_tos
        return answer

    def settings(self) -> dict[str, Any]:
        """Django's settings to send here."""
        return mail_settings(SecretStr(self.url))


@contextmanager
def open_mailbox(box: Mailbox | None = None) -> Iterator[Mailbox]:
    box = box or Mailbox()
    host, _, port = box.url.removeprefix("smtp://").rpartition(":")
    controller = Controller(
        box,
        hostname=host,
        port=int(port),
        authenticator=box.authenticate,
        auth_require_tls=False,
    )
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
