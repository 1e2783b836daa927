"""The settings that production ends up with."""

import json

from django.conf import settings
from kombu.serialization import prepare_accept_content

from config.celery import app
from tests.production import NEEDED, run_python, start_python


def test_the_settings_of_production_pass_djangos_check_without_a_warning() -> None:
    done = start_python(
        *("manage.py", "check", "--deploy", "--fail-level", "WARNING"), **NEEDED
    )

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_tasks_and_sessions_are_json_and_nothing_else() -> None:
    """What somebody slips into Redis or into a session's row is not unpickled."""
    assert prepare_accept_content(app.conf.accept_content) == {"application/json"}
    assert settings.SESSION_SERIALIZER.endswith(".JSONSerializer")


def test_production_hashes_passwords_at_owasps_cost() -> None:
    """Of its cheat sheet: argon2id, 19 MiB, 2 passes, 1 lane, and a salt of its own."""
    show = (
        "import django; django.setup(); "
        "from django.contrib.auth.hashers import make_password; "
        "print(make_password('x'), make_password('x'))"
    )
    done = run_python("-c", show, **NEEDED)

    first, second = done.stdout.split()
    assert first.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


SHOW = """
import json
from django.conf import settings
print(json.dumps({
    "debug": settings.DEBUG,
    "hashers": settings.PASSWORD_HASHERS,
    "validators": [v["NAME"].rpartition(".")[2]
                   for v in settings.AUTH_PASSWORD_VALIDATORS],
    "cookies": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE,
                settings.SESSION_COOKIE_HTTPONLY, settings.CSRF_COOKIE_HTTPONLY,
                settings.LANGUAGE_COOKIE_SECURE, settings.LANGUAGE_COOKIE_HTTPONLY],
    "names": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME,
              settings.LANGUAGE_COOKIE_NAME],
    "demo": "demo" in settings.INSTALLED_APPS,
    "same_key": settings.SECRET_KEY == settings.JWT_SIGNING_KEY,
    "consent": settings.CARE_CONSENT_REQUIRED,
    "emergency": [settings.EMERGENCY_ACCESS, settings.EMERGENCY_ACCESS_MINUTES],
}))
"""


def test_production_is_strict_where_tests_are_quick() -> None:
    done = run_python("-c", SHOW, **NEEDED)

    assert json.loads(done.stdout) == {
        "debug": False,
        "hashers": ["phr.accounts.hashing.CalmArgon2PasswordHasher"],
        "validators": [
            "AsHashedValidator",
            "ObviousWordsValidator",
            "UserAttributeSimilarityValidator",
            "MinimumLengthValidator",
            "CommonPasswordValidator",
            "NumericPasswordValidator",
        ],
        "cookies": [True, True, True, True, True, True],
        "names": ["__Host-sessionid", "__Host-csrftoken", "__Host-language"],
        "demo": False,
        "same_key": False,
        "consent": True,
        "emergency": [False, 60],
    }
