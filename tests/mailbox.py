"""A real SMTP server that keeps what it is sent, or refuses it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from pydantic import SecretStr

from config.mail_settings import mail_settings
from dev.valkey import HOST, free_port

TAKEN = "250 OK"
Answer = Callable[[], str]


class Mailbox:
    """What has arrived, in order, and to whom; aiosmtpd calls the methods.

    :ivar to_recipient: what is answered to each RCPT TO.
    :ivar to_text: what is answered to each text; it is kept if that is a yes.
    """

    def __init__(self) -> None:
        self.url = f"smtp://{HOST}:{free_port()}"
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.to_recipient: Answer = lambda: TAKEN
        self.to_text: Answer = lambda: TAKEN

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]

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
def open_mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    port = int(box.url.rpartition(":")[2])
    controller = Controller(box, hostname=HOST, port=port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
