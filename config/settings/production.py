"""Settings for an installation that people use."""

import logging

from config.environment import read_environment
from config.logs import configure_logs
from config.settings.base import *  # noqa: F403 - a settings module is its names
from config.settings.base import (
    ROOT,
    SILENCED_SYSTEM_CHECKS,
    settings_from,
)

environment = read_environment()
globals().update(settings_from(environment))
LOGGING = configure_logs(
    environment.log_level, as_json=True, sentry_dsn=environment.sentry_dsn
)
logging.captureWarnings(capture=True)  # else Python prints them, between the lines

# Pages are redirected; the API is refused by phr.api.middleware instead, because a
# token that was sent in the clear must not look as if that had worked.
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^api/", r"^health/"]
# phr.interfaces.proxies drops this header unless a trusted proxy sent it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = environment.hsts_seconds
# Of other hosts under the same name, and of the lists in browsers, which are hard to
# get off again, only the operator can know.
SECURE_HSTS_INCLUDE_SUBDOMAINS = environment.hsts_subdomains == "on"
SECURE_HSTS_PRELOAD = environment.hsts_preload == "on"
SILENCED_SYSTEM_CHECKS = [*SILENCED_SYSTEM_CHECKS, "security.W005", "security.W021"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
# Browsers take these from this host only, over https, and for all of its paths.
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
DEVICE_COOKIE_NAME = "__Host-device"
LANGUAGE_COOKIE_NAME = "__Host-language"

STATIC_ROOT = ROOT / "staticfiles"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # pages name no others
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
