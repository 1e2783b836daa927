"""The tests' settings for a server that a browser is pointed at, over http."""

import os

from pydantic import SecretStr

from config.mail_settings import mail_settings
from config.settings.test import *  # noqa: F403 - a settings module is its names

PUBLIC_URL = os.environ["PUBLIC_URL"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# A browser takes passkeys over http from this machine alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
# Static files as they lie there, or as production has collected them.
STATIC_ROOT = os.environ.get("STATIC_ROOT")
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
if STATIC_ROOT is not None:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {
            "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        },
    }
globals().update(mail_settings(SecretStr(os.environ["EMAIL_URL"])))
