"""A process with production's settings, asked a few questions."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.warm_process import run_warm

ROOT = Path(__file__).resolve().parents[1]
NEEDED = {
    "ALLOWED_HOSTS": "records.example.org",
    "SECRET_KEY": "a-secret-of-this-test-only-c2Nocm9lZGluZ2Vy-and-of-nobody-else",
    "JWT_SIGNING_KEY": "a-signing-key-of-this-test-only-aGVpc2VuYmVyZw-and-nobody-else",
    "LEDGER_SIGNING_KEY": "a-ledger-key-of-this-test-only-bm9ldGhlcg-and-nobody-else",
    "ENCRYPTION_KEY": "an-encryption-key-of-this-test-only-a2V5cGVy-and-nobody-else",
    "PUBLIC_URL": "https://records.example.org",
    "EMAIL_URL": "submission://phr:hunter4@127.0.0.1:1",
    "EMAIL_FROM": "records@example.org",
    "DATABASE_URL": "postgresql://phr:hunter2@127.0.0.1:1/phr",
    "REDIS_URL": "redis://:hunter3@127.0.0.1:1/0",
}


def run_python(
    *arguments: str, settings: str = "production", stdin: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run Python with these environment variables and no other ones of ours.

    What we depend on has been imported already; `start_python` begins with nothing.
    """
    return run_warm(arguments, environment(settings) | variables, stdin)


def start_python(
    *arguments: str, settings: str = "production", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Start Python as people do, with these environment variables."""
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment(settings) | variables,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def environment(settings: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": f"config.settings.{settings}",
    }


ASK = """
import json, sys
import django
from django.conf import settings
django.setup()
from django.test import Client
answers = []
for method, path, headers in json.load(sys.stdin):
    client = Client(raise_request_exception=False)
    answer = client.generic(method, path, **headers)
    text = b"" if answer.streaming else answer.content
    cookies = {"Set-Cookie": each.OutputString() for each in answer.cookies.values()}
    answers.append([answer.status_code, {**answer.headers, **cookies}, text.decode()])
json.dump(answers, sys.stdout)
"""

Answer = tuple[int, dict[str, str], str]


def ask_production(
    *questions: tuple[str, str, dict[str, str]], **variables: str
) -> list[Answer]:
    """Send requests to an application with production's settings.

    :param questions: method, path, and the variables of the WSGI environment.
    """
    asked = [[m, p, {"HTTP_HOST": "records.example.org"} | h] for m, p, h in questions]
    done = run_python("-c", ASK, stdin=json.dumps(asked), **(NEEDED | variables))
    assert done.returncode == 0, done.stderr
    answers: list[Any] = json.loads(done.stdout)
    return [(status, headers, text) for status, headers, text in answers]
