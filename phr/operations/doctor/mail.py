"""The mail server: lets us in, and takes a mail."""

import smtplib
from collections.abc import Iterator

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from phr.operations.findings import Finding, Part

PART = Part("mail")
SUBJECT = "Test mail of your health record server"
TEXT = (
    "Somebody who runs this server had it examined (manage.py doctor --mail-to). "
    "That you read this shows that its mails arrive.\n"
)


def examine(to: str | None) -> Iterator[Finding]:
    """:param to: the address that gets a mail; None: it is only tried to sign in."""
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        yield PART.warning("Mails are printed, not sent.", "Set EMAIL_URL.")
        return
    try:
        if to is None:
            try_to_sign_in()
        else:
            message = EmailMessage(SUBJECT, TEXT, settings.DEFAULT_FROM_EMAIL, [to])
            message.send()
    except (smtplib.SMTPException, OSError) as error:
        yield PART.error(*fault_of(error))
    else:
        yield PART.ok(
            "The mail server lets us in. Nothing was sent (--mail-to sends a mail)."
            if to is None
            else "The mail server took the mail. See that it arrives, not as spam."
        )


def try_to_sign_in() -> None:
    """:raises OSError: as those of smtplib are, too."""
    connection = get_connection()
    connection.open()
    connection.close()


def fault_of(error: Exception) -> tuple[str, str]:
    """What happened and what to do; servers' own words may quote addresses."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return "The mail server refuses user or password.", "Correct EMAIL_URL."
        case smtplib.SMTPSenderRefused():
            return "The mail server refuses the sender.", "Correct EMAIL_FROM."
        case smtplib.SMTPRecipientsRefused():
            return "The mail server refuses that recipient.", "Try another address."
        case smtplib.SMTPNotSupportedError():
            return (
                "The mail server does not offer what EMAIL_URL asks for.",
                "Try smtps:// or smtp:// instead of submission://.",
            )
        case smtplib.SMTPException():
            kind = type(error).__name__
            return f"The mail server answers with an error ({kind}).", "See its log."
    kind = type(error).__name__
    return f"The mail server cannot be reached ({kind}).", "See EMAIL_URL, firewalls."
