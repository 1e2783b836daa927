"""Encrypt secrets with the present ENCRYPTION_KEY, so that earlier keys can go."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from phr.identity.totp import renew_secrets


class Command(BaseCommand):
    help = (
        "Encrypt the secrets of authenticator apps with the present ENCRYPTION_KEY. "
        "Then ENCRYPTION_PREVIOUS_KEYS can be emptied. Exit with 1 if a secret cannot "
        "be read with any of the keys."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if unreadable := renew_secrets():
            self.stderr.write(
                f"{unreadable} secrets cannot be read: add the key they were set up "
                "under to ENCRYPTION_PREVIOUS_KEYS, and run this again."
            )
            sys.exit(1)
        self.stdout.write("All secrets are encrypted with the present key.")
