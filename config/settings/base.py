"""Settings that are the same in every installation."""

import logging
import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from corsheaders.defaults import default_headers
from psycopg.conninfo import conninfo_to_dict

from config import api_settings
from config.environment import Environment
from config.mail_settings import mail_settings
from config.network_addresses import read_database_hosts

ROOT = Path(__file__).resolve().parents[2]

INSTALLED_APPS = [
    "phr.core",
    "phr.accounts",
    "phr.audit",
    "phr.care",
    "phr.health_records",
    "phr.notifications",
    "phr.archive",
    "phr.erasure",
    "phr.interfaces",
    "phr.api",
    "phr.portal",
    "phr.operations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",  # its widgets, for FORM_RENDERER
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.usersessions",
    "corsheaders",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pghistory",
    "pgtrigger",
    "rest_framework",
    "config.apps.AdminConfig",
]

# The API has its own, shorter list, in the first of these; the others are for pages.
MIDDLEWARE = [
    "phr.api.middleware.answer_api",
    "phr.interfaces.middleware.trust_only_known_proxies",
    "phr.interfaces.request_log.log_requests",
    "phr.interfaces.readers.tell_local_times",
    "phr.interfaces.middleware.note_origin",
    "phr.interfaces.languages.speak_the_readers_language",
    # What adds headers stands outside of what refuses: a refusal needs them as well.
    "phr.interfaces.middleware.keep_private",
    "phr.interfaces.content_policy.add_content_policy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "phr.interfaces.methods.tell_methods",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "phr.api.middleware.refuse_wrong_hosts",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "phr.interfaces.browser.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "phr.interfaces.idle_sessions.end_idle_sessions",
    "phr.interfaces.readers.speak_to_who_is_signed_in",
    "phr.interfaces.own_writes.note_own_writes",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "phr.interfaces.template_loader.LoaderByLanguage",
                    ["django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Forms, too, are made of templates that are parsed apart for each language.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Time is stored and answered in UTC (DESIGN: ISO 8601 with Z).
USE_TZ = True
TIME_ZONE = "UTC"
# The language of the code; docs/adr/0079 says how others come from the catalogue.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [ROOT / "phr" / "locale"]
FORMAT_MODULE_PATH = "phr.core.formats"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
# The page that shows all components; where pages are made, not where they are used.
STYLE_GUIDE = False
USE_I18N = True

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
# Of two changes of a row the second has the later time, whichever began first.
PGHISTORY_CREATED_AT_FUNCTION = "clock_timestamp()"
# Usernames are unique in any case, by a constraint that these checks do not see.
SILENCED_SYSTEM_CHECKS = ["auth.E003", "auth.W004"]
AUTHENTICATION_BACKENDS = ["phr.identity.browser_backend.BrowserBackend"]
LOGIN_REDIRECT_URL = "admin:index"
PASSWORD_HASHERS = ["phr.accounts.hashing.CalmArgon2PasswordHasher"]
# What suggests itself as a password here; the server's host name is added.
PASSWORD_WORDS = [
    *("account", "admin", "administrator", "clinic", "doctor", "health"),
    *("healthcare", "hospital", "login", "medical", "medicine", "nurse", "password"),
    *("passwort", "patient", "patients", "portal", "praxis", "record"),
    *("records", "secret", "staff", "superuser", "welcome"),
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "phr.core.password_validation.AsHashedValidator"},
    {
        "NAME": "phr.core.password_validation.ObviousWordsValidator",
        "OPTIONS": {"words": PASSWORD_WORDS},
    },
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in (
            "UserAttributeSimilarityValidator",
            "MinimumLengthValidator",
            "CommonPasswordValidator",
            "NumericPasswordValidator",
        )
    ),
]

# allauth keeps addresses, factors and browser sessions; its own pages and addresses are
# not served (docs/adr/0023).
ACCOUNT_ADAPTER = "phr.identity.allauth_adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 1 / 24
HEADLESS_CLIENTS = ("app",)
HEADLESS_ONLY = True
MFA_ADAPTER = "phr.identity.allauth_adapters.FactorAdapter"
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
USERSESSIONS_TRACK_ACTIVITY = False
PASSWORD_RESET_TIMEOUT = 60 * 60

# Bodies over 1 MiB are refused before they are read (413).
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

STATIC_URL = "/static/"

# phr.interfaces.proxies drops this header unless a trusted proxy sent it.
USE_X_FORWARDED_HOST = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
# Of pages; phr.interfaces.content_policy has what holds for everything else.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.error_pages.form_expired"
CSRF_COOKIE_HTTPONLY = True  # forms hold their token themselves
# Shown at a sign-in, it has guesses count apart from strangers'; it opens nothing.
DEVICE_COOKIE_NAME = "device"
# The session of portal and admin site; in the API nobody acts by a cookie.
SESSION_ENGINE = "phr.interfaces.session_store"
SESSION_COOKIE_AGE = 8 * 60 * 60
# Messages name people, and a cookie would keep them in the browser.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = [*default_headers, "Idempotency-Key", "If-Match", "If-None-Match"]
CORS_EXPOSE_HEADERS = [
    *("ETag", "Location", "RateLimit", "RateLimit-Policy", "Retry-After"),
    "X-Request-ID",
]

DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG

REST_FRAMEWORK = api_settings.REST_FRAMEWORK
SPECTACULAR_SETTINGS = api_settings.SPECTACULAR_SETTINGS


# Prepared statements are planned once for each connection, and not again because other
# values might have a better plan: planning costs twice what a page does. Compiling pays
# for queries of seconds; ours only look long, because PostgreSQL cannot guess how rare
# the words are that somebody looks for. And a row anywhere costs no more than the next
# one, as on solid-state disks; by default PostgreSQL would rather read whole tables.
PLANNING = " ".join(
    f"-c {name}={value}"
    for name, value in (
        ("plan_cache_mode", "force_generic_plan"),
        ("jit", "off"),
        ("random_page_cost", "1.1"),
    )
)


# Of a server that is gone without a word, as a machine that has lost its network, TCP
# would tell after many minutes. A DATABASE_URL may say otherwise.
REACHING = {
    "connect_timeout": "3",  # seconds
    "tcp_user_timeout": "10000",  # milliseconds
    "keepalives_idle": "30",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}


def database(environment: Environment, url: str) -> dict[str, Any]:
    """Translate an address, its libpq options included, into Django's words."""
    parts = {**REACHING, **conninfo_to_dict(url)}
    if not environment.shares_connections:  # a pooler takes no options
        parts["options"] = f"{PLANNING} {parts.get('options', '')}".strip()
    return {
        "ENGINE": "phr.core.postgres",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": read_database_hosts(str(parts.pop("host", ""))),
        "PORT": parts.pop("port", ""),
        "OPTIONS": parts,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # A named cursor ends with the transaction that a shared connection lends.
        "DISABLE_SERVER_SIDE_CURSORS": environment.shares_connections,
    }


def databases(environment: Environment) -> dict[str, Any]:
    """The primary, and a replica of it where there is one (`phr.core.stale_reads`)."""
    primary = database(environment, environment.database_url)
    if not environment.database_replica_url:
        return {"default": primary}
    replica = database(environment, environment.database_replica_url) | {
        "ENGINE": "phr.core.postgres.replica",
        "TEST": {"MIRROR": "default"},
    }
    return {"default": primary, "replica": replica}


def metrics_directory(port: int) -> str:
    """Where processes that share a port keep what they count: one folder for each."""
    name = f"health-record-api-metrics-{os.geteuid()}-{port}"
    return str(Path(tempfile.gettempdir()) / name)


def accounts_of_database(environment: Environment) -> dict[str, Any]:
    """What `manage.py prepare_database` signs in with, and nothing else does."""
    owner = environment.database_owner_url
    return {
        "DATABASE_URL": environment.database_url,
        "DATABASE_OWNER": database(environment, owner) if owner else None,
        "DATABASE_OWNER_URL": owner,
        "DATABASE_ADMIN_URL": environment.database_admin_url,
    }


def settings_from(environment: Environment) -> dict[str, Any]:
    """The settings that follow from the environment."""
    redis_url = str(environment.redis_url)
    backup_key = environment.backup_key
    return {
        "DEBUG": environment.debug,
        "SECRET_KEY": environment.secret_key.get_secret_value(),
        "SECRET_KEY_FALLBACKS": [
            key.get_secret_value() for key in environment.secret_previous_keys
        ],
        "ALLOWED_HOSTS": environment.allowed_hosts,
        "DATABASES": databases(environment),
        "DATABASE_REPLICA_MAX_LAG": environment.database_replica_max_lag,
        **accounts_of_database(environment),
        "PREPARED_STATEMENTS": not environment.shares_connections,
        "REDIS_URL": redis_url,
        "CORS_ALLOWED_ORIGINS": environment.cors_allowed_origins,
        # Our own pages are at PUBLIC_URL, whatever host a proxy asks us for.
        "CSRF_TRUSTED_ORIGINS": [
            environment.public_url,
            *environment.csrf_trusted_origins,
        ],
        "TRUSTED_PROXIES": environment.trusted_proxies,
        "CARE_CONSENT_REQUIRED": environment.consent_required,
        "EMERGENCY_ACCESS": environment.emergency_access == "on",
        "EMERGENCY_ACCESS_MINUTES": environment.emergency_access_minutes,
        "SESSION_IDLE": timedelta(minutes=environment.session_idle_minutes),
        "ADDRESS_COOLING_DAYS": environment.address_cooling_days,
        "ACCOUNT_ENTRIES_PER_DAY": environment.account_entries_per_day,
        "ACCOUNT_BYTES_PER_DAY": environment.account_bytes_per_day,
        "ACCOUNT_ENTRIES": environment.account_entries,
        "ACCOUNT_BYTES": environment.account_bytes,
        "ACCOUNT_SECONDS_PER_HOUR": environment.account_seconds_per_hour,
        "EVENT_ATTEMPTS": environment.event_attempts,
        "RETAIN_SIGN_INS": timedelta(days=environment.retain_sign_ins_days),
        "RETAIN_MAILS": timedelta(days=environment.retain_mails_days),
        "RETAIN_EVENTS": timedelta(days=environment.retain_events_days),
        "RETAIN_EXPORTS": timedelta(hours=environment.retain_exports_hours),
        "RETAIN_EXPORT_ROWS": timedelta(days=environment.retain_export_rows_days),
        "JWT_SIGNING_KEY": environment.jwt_signing_key.get_secret_value(),
        "JWT_PREVIOUS_KEYS": [
            key.get_secret_value() for key in environment.jwt_previous_keys
        ],
        "LEDGER_SIGNING_KEY": environment.ledger_signing_key.get_secret_value(),
        "LEDGER_PREVIOUS_PUBLIC_KEYS": environment.ledger_previous_public_keys,
        "ENCRYPTION_KEY": environment.encryption_key.get_secret_value(),
        "BACKUP_KEY": backup_key.get_secret_value() if backup_key else None,
        "ENCRYPTION_PREVIOUS_KEYS": [
            key.get_secret_value() for key in environment.encryption_previous_keys
        ],
        "INSTALLATION_NAME": environment.installation_name,
        "INSTALLATION_TIME_ZONE": environment.installation_time_zone,
        "PUBLIC_URL": environment.public_url,
        "DEFAULT_FROM_EMAIL": environment.email_from,
        "SERVER_EMAIL": environment.email_from,
        **mail_settings(environment.email_url),
        "STAFF_MFA_REQUIRED": not environment.debug,
        "DOCTOR_MFA_REQUIRED": environment.doctors_need_mfa,
        # The name that passkeys are bound to (WebAuthn, section 5.1.2).
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": environment.debug,
        "ACCESS_TOKEN_LIFETIME": environment.access_token_lifetime,
        "REFRESH_TOKEN_LIFETIME": environment.refresh_token_lifetime,
        "SLOW_STATEMENT_MS": environment.slow_statement_ms,
        "OTEL_EXPORTER_OTLP_ENDPOINT": environment.otel_exporter_otlp_endpoint,
        "METRICS_PORT": environment.metrics_port,
        "METRICS_HOST": environment.metrics_host,
        "METRICS_DIRECTORY": environment.metrics_directory
        or metrics_directory(environment.metrics_port),
    }
