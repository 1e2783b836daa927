"""EMAIL_URL and EMAIL_FROM in Django's words: where mail leaves, and as whose."""

import re
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from config.network_addresses import read_host

BACKENDS = "django.core.mail.backends"
# By scheme: usual port (RFC 5321, 8314 and 6409), TLS from the start, STARTTLS.
SMTP = {
    "smtp": (25, False, False),
    "smtps": (465, True, False),
    "submission": (587, False, True),
}
SMTP_BACKEND = f"{BACKENDS}.smtp.EmailBackend"
SECONDS_TO_WAIT_FOR_SMTP = 10
NOT_SENT = "prints mails, with their links, instead of sending them"


def read_email_url(value: SecretStr) -> SecretStr:
    """:raises ValueError: not an address that `mail_settings` takes."""
    mail_settings(value)
    return value


def fault_of_sender(url: SecretStr) -> str | None:
    """Says why nobody would get a mail, while anybody who reads the log would get all
    of them."""
    leaves = mail_settings(url)["EMAIL_BACKEND"] == SMTP_BACKEND
    return None if leaves else f"{NOT_SENT}: for development only"


def read_mail_sender(value: str) -> str:
    """Take an address, with or without a name before it (RFC 5322).

    Its domain becomes the one of IDNA 2008; Django would make it that of IDNA 2003.
    """
    address = parseaddr(value)[1]
    local, _, domain = address.rpartition("@")
    text = value.strip(" ")
    is_one = text == address or text.endswith(f"<{address}>")
    if not (is_one and re.fullmatch(r"[!-~]+", local)) or "\n" in text or "\r" in text:
        raise ValueError("not a valid address, such as records@example.org")
    try:
        host = read_host(domain)
    except ValueError:
        raise ValueError("its domain is not valid in IDNA 2008") from None
    before, _, after = text.rpartition(domain)
    return f"{before}{host}{after}"


@dataclass(frozen=True, slots=True)
class Server:
    """The parts of the address of an SMTP server."""

    host: str
    port: int
    user: str
    password: str


def mail_settings(url: SecretStr) -> dict[str, Any]:
    """Translate `console:` or `smtp://user:password@host:port` into settings.

    `submission://` asks for STARTTLS, `smtps://` begins with TLS, `smtp://` has
    neither.

    :raises ValueError: it is none of these; the message never quotes the value, which
        contains a password.
    """
    scheme = url.get_secret_value().strip().partition(":")[0].lower()
    if scheme == "console":
        return {"EMAIL_BACKEND": f"{BACKENDS}.console.EmailBackend"}
    if scheme not in SMTP:
        raise ValueError("begin with smtp://, submission://, smtps:// or console:")
    usual_port, tls, starttls = SMTP[scheme]
    server = read_server(url.get_secret_value().strip(), usual_port)
    return {
        "EMAIL_BACKEND": SMTP_BACKEND,
        "EMAIL_HOST": server.host,
        "EMAIL_PORT": server.port,
        "EMAIL_HOST_USER": server.user,
        "EMAIL_HOST_PASSWORD": server.password,
        "EMAIL_USE_SSL": tls,
        "EMAIL_USE_TLS": starttls,
        "EMAIL_TIMEOUT": SECONDS_TO_WAIT_FOR_SMTP,
    }


def read_server(url: str, usual_port: int) -> Server:
    try:
        parts = urlsplit(url)
        port = parts.port or usual_port
    except ValueError:
        raise ValueError("the port is not a number") from None
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(
            "not a valid address, such as submission://user:secret@host:587"
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    # Python would look up the name of IDNA 2003, which may be somebody else's.
    return Server(read_host(parts.hostname), port, user, password)
