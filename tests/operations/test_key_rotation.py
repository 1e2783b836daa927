"""Every key is changed, and the password of Redis, and nobody is signed out.

Passwords that processes take up when they are restarted: see
tests/running/test_changed_passwords.py.
"""

import json
from typing import Any

import pytest
import redis
from django.conf import settings as present
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from phr.accounts.links import reset_key
from phr.accounts.models import User
from phr.audit import signing_keys
from phr.audit.seals import seal_ledger
from phr.care.models import PatientProfile
from phr.core import redis_client
from phr.identity.known_devices import new_device
from phr.identity.sign_in import start_session
from tests.cast import make_record
from tests.factories import PASSWORD
from tests.identity.account_steps import confirmation_key_of
from tests.identity.steps import NEW_PASSWORD, client_with, set_up_app
from tests.production import NEEDED, run_python
from tests.running.conftest import database_url
from tests.signing_in import sign_in_to_the_admin_site

NEW = {
    "SECRET_KEY": "a-new-secret-of-this-test-only-c2Nocm9lZGluZ2Vy-and-nobody-else",
    "SECRET_PREVIOUS_KEYS": present.SECRET_KEY,
    "JWT_SIGNING_KEY": "a-new-signing-key-of-this-test-aGVpc2VuYmVyZw-nobody-else",
    "JWT_PREVIOUS_KEYS": present.JWT_SIGNING_KEY,
    "LEDGER_SIGNING_KEY": "a-new-ledger-key-of-this-test-bm9ldGhlcg-and-nobody-else",
    "ENCRYPTION_KEY": "a-new-encryption-key-of-this-test-a2V5cGVy-and-nobody-else",
    "ENCRYPTION_PREVIOUS_KEYS": present.ENCRYPTION_KEY,
}
ASK = """
import io, json, sys
import django
django.setup()
from django.core.management import call_command
from django.test import Client
from phr.identity.known_devices import owner_of
asked = json.load(sys.stdin)
answers = []
for method, path, body, headers in asked["requests"]:
    client = Client(raise_request_exception=False)
    headers |= {"wsgi.url_scheme": "https", "HTTP_HOST": "records.example.org"}
    answer = client.generic(
        method, path, json.dumps(body), "application/json", **headers
    )
    status = answer.status_code
    if "__Host-sessionid" in answer.cookies:  # what a browser shows from then on
        later = answer.cookies["__Host-sessionid"].value
        headers["HTTP_COOKIE"] = f"__Host-sessionid={later}"
        answer = client.generic(method, path, **headers)
    answers.append([path, answer.headers.get("Location") or status])
out = io.StringIO()
call_command("verify_ledger", stdout=out)
json.dump([answers, owner_of(asked["device"]), out.getvalue()], sys.stdout)
"""
Request = tuple[str, str, Any, dict[str, str]]


def requests_of(alice: User, sam: User, tokens: Any) -> list[Request]:
    """What people hold who began under the old keys."""
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {tokens.access}"}
    page = client_with(tokens.access).get("/api/health-records/?page_size=1").json()
    following = page["next"].removeprefix(present.PUBLIC_URL)
    app, _ = set_up_app(client_with(tokens.access))
    login = {"username": "alice", "password": PASSWORD, "otp": app.code(steps=1)}
    browser = Client()
    assert sign_in_to_the_admin_site(browser, sam.username).status_code == 302
    session = browser.cookies["sessionid"].value
    cookie = {"HTTP_COOKIE": f"__Host-sessionid={session}"}
    sam.refresh_from_db()  # his sign-in has spent earlier links
    reset = {
        "key": reset_key(sam),
        "password": NEW_PASSWORD,
        "password_confirm": NEW_PASSWORD,
    }
    return [
        ("GET", "/api/auth/profile/", None, bearer),
        ("GET", following, None, bearer),
        ("POST", "/api/auth/token/refresh/", {"refresh": tokens.refresh}, {}),
        ("POST", "/api/auth/login/", login, {}),
        ("GET", "/admin/", None, cookie),
        ("POST", "/api/auth/email/confirm/", {"key": confirmation_key_of(alice)}, {}),
        ("POST", "/api/auth/password/reset/", reset, {}),
    ]


@pytest.mark.django_db(transaction=True)
def test_new_keys_sign_nobody_out_and_leave_every_link_valid(
    alice: PatientProfile, sam: User
) -> None:
    for _ in range(2):
        make_record(alice)
    tokens = start_session(user=alice.user, at=timezone.now(), second_factor=True)
    asked = {
        "requests": requests_of(alice.user, sam, tokens),
        "device": new_device(alice.user),
    }
    seal_ledger(at=timezone.now())
    servers = {"DATABASE_URL": database_url(), "REDIS_URL": present.REDIS_URL}
    old_public = {"LEDGER_PREVIOUS_PUBLIC_KEYS": signing_keys.public_key().hex()}

    done = run_python(
        "-c", ASK, stdin=json.dumps(asked), **NEEDED | NEW | servers | old_public
    )

    assert done.returncode == 0, done.stderr
    answers, owner, verified = json.loads(done.stdout)
    led_to = [where for _, where in answers]
    # Staff need a second factor there, and he is asked for it; others to sign in.
    assert led_to == [200, 200, 200, 200, "/account/second-factor/", 204, 204], answers
    assert owner == alice.user.pk.hex
    assert "The ledger is intact." in verified


def test_the_password_of_redis_is_changed_while_processes_go_on(
    own_valkey: redis_client.BoundedRedis, settings: Settings
) -> None:
    own_valkey.set("kept", "yes")
    old = settings.REDIS_URL
    new = f"redis://:a-new-one@{old.rpartition('@')[2]}"

    own_valkey.execute_command("ACL", "SETUSER", "default", ">a-new-one")

    for url in (old, new):
        assert redis.Redis.from_url(url).get("kept") == b"yes"
    password = old.removeprefix("redis://:").partition("@")[0]
    own_valkey.execute_command("ACL", "SETUSER", "default", f"<{password}")
    assert own_valkey.get("kept") == b"yes"
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(old).ping()
