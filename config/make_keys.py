"""`manage.py make_keys`: a whole `.env` for a new installation, with keys of its own.

It needs no setting, because it makes them; `manage.py` calls it before Django starts.
"""

import argparse
import re
import secrets
import sys
from collections.abc import Sequence

from pydantic import SecretStr

from config.mail_settings import fault_of_sender, read_mail_sender
from config.network_addresses import in_brackets, is_ipv4, read_host

KEY_BYTES, PASSWORD_BYTES = 48, 24
KEYS = (
    *("secret_key", "jwt_signing_key", "ledger_signing_key", "encryption_key"),
    "backup_key",
)
PASSWORDS = ("app", "owner", "superuser", "redis_password", "flower")
# Compose, systemd and shells read anything else each in their own way.
PLAIN = re.compile(r"[\w.~:/?@%\[\]-]+", re.ASCII)
# No mail can leave there (RFC 2606); they wait until the line is filled in.
NO_MAIL_SERVER = "smtp://mail.invalid"

TEMPLATE = """\
# Settings of this installation. Keep this file secret, and keep a copy of it in another
# place than your backups: without ENCRYPTION_KEY and LEDGER_SIGNING_KEY a backup is of
# little use. Every setting is explained in docs/settings.md.

# 1. FILL IN: where people reach the server. Its host name stands in both lines.
#    "localhost" is for a first look on this machine.
PUBLIC_URL=https://{host}
ALLOWED_HOSTS={host}

# 2. FILL IN: the mail server (submission://user:password@mail.example.org), and who the
#    mails are from. Until then no mail leaves: all of them wait.
EMAIL_URL={email_url}
EMAIL_FROM={email_from}

# Nothing below needs a change.

# Random keys, each for one thing. To change one later, see docs/operations.md.
SECRET_KEY={secret_key}
JWT_SIGNING_KEY={jwt_signing_key}
LEDGER_SIGNING_KEY={ledger_signing_key}
ENCRYPTION_KEY={encryption_key}
# `manage.py backup` encrypts with it. Without it no backup can be restored.
BACKUP_KEY={backup_key}

# The database: the application signs in as phr_app, which cannot change the ledger;
# migrations sign in as phr_owner. `manage.py prepare_database` creates both accounts.
DATABASE_URL=postgresql://phr_app:{app}@{database}/phr
DATABASE_OWNER_URL=postgresql://phr_owner:{owner}@{database}/phr
# Of the database's superuser, when deploy/compose.yaml creates the database.
POSTGRES_PASSWORD={superuser}

# Valkey (Redis): counters and the queue.
REDIS_URL=redis://:{redis_password}@{redis}:6379/0

# What Docker Compose calls this installation.
COMPOSE_PROJECT_NAME=health-record-api
# For https://HOST/flower/ (user "operator"), with `docker compose --profile flower up`.
FLOWER_PASSWORD={flower}
"""


def render(
    *, host: str, email_url: str, email_from: str, database: str, redis: str
) -> str:
    """The text of a new `.env`; never the same one twice.

    :param host: the name by which people reach the server.
    :param database: the host of PostgreSQL.
    :param redis: the host of Valkey or Redis.
    """
    return TEMPLATE.format(
        host=host,
        email_url=email_url,
        email_from=email_from,
        database=database,
        redis=redis,
        **{name: secrets.token_urlsafe(KEY_BYTES) for name in KEYS},
        **{name: secrets.token_urlsafe(PASSWORD_BYTES) for name in PASSWORDS},
    )


def host_name(value: str) -> str:
    try:
        return in_brackets(read_host(value))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def mail_server(value: str) -> str:
    """Take an address that every program that reads a `.env` understands alike."""
    if not PLAIN.fullmatch(value):
        raise argparse.ArgumentTypeError("percent-encode all but letters and digits")
    try:
        fault = fault_of_sender(SecretStr(value))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if fault:
        raise argparse.ArgumentTypeError(fault)
    return value


def mail_sender(value: str) -> str:
    try:
        return read_mail_sender(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def read_options(arguments: Sequence[str]) -> dict[str, str]:
    parser = argparse.ArgumentParser(
        prog="manage.py make_keys",
        description="Print a whole .env for a new installation, with new random keys. "
        "Nothing is written anywhere else.",
    )
    add = parser.add_argument
    add("--host", type=host_name, default="localhost", help="where people reach it")
    add("--email-url", type=mail_server, default=NO_MAIL_SERVER, help="EMAIL_URL")
    add("--email-from", type=mail_sender, help="EMAIL_FROM (records@HOST)")
    add("--database", type=host_name, default="database", help="PostgreSQL's host")
    add("--redis", type=host_name, default="valkey", help="Valkey's or Redis's host")
    options: dict[str, str] = vars(parser.parse_args(arguments))
    if not options["email_from"]:
        host = options["host"]
        domain = "localhost" if host.startswith("[") or is_ipv4(host) else host
        options["email_from"] = f"records@{domain}"
    return options


def main(arguments: Sequence[str]) -> None:
    """Print a new `.env`."""
    sys.stdout.write(render(**read_options(arguments)))
