"""Django's `check --deploy` on the production settings, with values made for it."""

import os
import secrets
import sys

from django.core.management import execute_from_command_line

VALUES = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "ALLOWED_HOSTS": "records.example.org",
    "DATABASE_URL": f"postgresql://phr:{secrets.token_urlsafe()}@db.example.org/phr?sslmode=verify-full",
    "REDIS_URL": "rediss://redis.example.org/0",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "JWT_SIGNING_KEY": secrets.token_urlsafe(64),
    "LEDGER_SIGNING_KEY": secrets.token_urlsafe(64),
    "ENCRYPTION_KEY": secrets.token_urlsafe(64),
    "PUBLIC_URL": "https://records.example.org",
    "EMAIL_URL": f"submission://phr:{secrets.token_urlsafe()}@mail.example.org",
    "EMAIL_FROM": "records@example.org",
}


def main() -> None:
    os.environ.update(VALUES)
    os.environ.pop("DEBUG", None)
    command = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    execute_from_command_line([*command, *sys.argv[1:]])


if __name__ == "__main__":
    main()
