"""Settings for the test suite: like production, but for hashing cost and https."""

import structlog

from config.environment import read_environment
from config.logs import configure_logs
from config.settings.base import *  # noqa: F403 - a settings module is its names
from config.settings.base import INSTALLED_APPS, REST_FRAMEWORK, settings_from

environment = read_environment(
    debug=False,
    secret_key="test-only-secret-key-0123456789abcdef",
    jwt_signing_key="test-only-signing-key-" + 6 * "0123456789",
    ledger_signing_key="test-only-ledger-key-" + 6 * "0123456789",
    encryption_key="test-only-encryption-key-" + 6 * "0123456789",
    public_url="https://records.example.org",
    email_url="smtp://127.0.0.1:1",
    email_from="records@example.org",
    doctor_mfa_required="off",
    allowed_hosts=["testserver", "localhost", "127.0.0.1"],
    care_consent="not-required",
    slow_statement_ms=0,  # on a busy machine any may be
)
globals().update(settings_from(environment))
# Sessions of tests are strong unless they say otherwise; tests/identity asks for this.
STAFF_MFA_REQUIRED = False
INSTALLED_APPS = [*INSTALLED_APPS, "demo"]
STYLE_GUIDE = True
PASSWORD_HASHERS = ["tests.hashing.QuickArgon2PasswordHasher"]
REST_FRAMEWORK = REST_FRAMEWORK | {"TEST_REQUEST_DEFAULT_FORMAT": "json"}
LOGGING = configure_logs("WARNING", as_json=True)
# Else what a test captures passes by a logger that was used before.
structlog.configure(cache_logger_on_first_use=False)
