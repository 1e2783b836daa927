"""Settings of the plain DRF peer: the project's tables, and nothing of its speed."""

from config.settings.production import *  # noqa: F403 - a settings module is its names
from config.settings.production import DATABASES

INSTALLED_APPS = [
    *("phr.core", "phr.accounts", "phr.audit", "phr.care", "phr.health_records"),
    *("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.postgres"),
    *("pghistory", "pgtrigger", "rest_framework"),
]
DATABASES["default"] |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}
ROOT_URLCONF = "benchmarks.peers.drf"
SECURE_SSL_REDIRECT = False
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["benchmarks.peers.drf_token.Bearer"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
