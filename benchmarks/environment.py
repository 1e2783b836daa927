"""The settings under which all benchmarks run: production's, with keys that are known.

Importing this module sets Django up, so it stands before all of the project's imports.
"""

import os

import django

DEFAULTS = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "benchmark-only-secret-key-0123456789",
    "JWT_SIGNING_KEY": "benchmark-only-signing-key-0123456789",
    "LEDGER_SIGNING_KEY": "benchmark-only-ledger-key-0123456789",
    "ENCRYPTION_KEY": "benchmark-only-encryption-key-0123456789",
    "PUBLIC_URL": "https://127.0.0.1",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "EMAIL_FROM": "records@localhost",
    "DOCTOR_MFA_REQUIRED": "off",
    "ALLOWED_HOSTS": "127.0.0.1",
    "ACCESS_TOKEN_LIFETIME": "43200",  # longer than any run
    # A few users do the work of thousands.
    "ACCOUNT_ENTRIES_PER_DAY": "10000000",
    "ACCOUNT_BYTES_PER_DAY": "100000000000",
    "ACCOUNT_ENTRIES": "10000000",
    "ACCOUNT_BYTES": "100000000000",
    "ACCOUNT_SECONDS_PER_HOUR": "1000000",
    "REDIS_URL": "redis://127.0.0.1/0",  # for the filler, which does not ask it
}
for name, value in DEFAULTS.items():
    os.environ.setdefault(name, value)
os.environ["TRUSTED_PROXIES"] = "127.0.0.1"  # to pass for the proxy that has https
os.environ["LOG_LEVEL"] = "WARNING"
django.setup()
