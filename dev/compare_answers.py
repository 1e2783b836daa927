"""Compares all that two checkouts answer: `python -m dev.compare_answers BASE`.

BASE is the folder of another checkout, such as one of `git worktree add`. Both get the
same requests (`dev.asked_requests`) on the same demo data, which this one has loaded.
Statuses, headers, bodies, lines of the log and of the ledger, and what is counted for
Prometheus must be the same; what is not is shown, and the exit code is 1. What BASE
answers differently when it is asked twice, such as ids and times, is not compared.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from dev import asked_requests, places
from dev.console import say, speak_plainly, step
from dev.servers import throwaway_servers

PLAYER = places.CHECKOUT / "dev" / "played_requests.py"
SHOWN = 40
LONGEST = 300  # characters of a value
MISSING = "nothing"
IDS_OF = {
    "record_id": "health_records.HealthRecord",
    "comment_id": "health_records.DoctorComment",
    "notification_id": "notifications.Notification",
    "session_id": "accounts.LoginSession",
    "grant_id": "care.CareGrant",
    "doctor_id": "care.DoctorProfile",
    "export_id": "archive.Export",
    "erasure_id": "erasure.Erasure",
}
STRONG = {"second_factor": True, "proved_at": datetime(2200, 1, 1, tzinfo=UTC)}
ENDED = {"revoked_at": datetime(2026, 1, 1, tzinfo=UTC)}
# Who asks, and what their sessions have; the first one also asks wrongly.
SESSIONS: list[tuple[str, str, dict[str, Any]]] = [
    *(("maria", "", STRONG), ("maria", " by a password", {})),
    ("maria", " after signing out", ENDED),
    *(("dr_hassan", "", STRONG), ("dr_hassan", " by a password", {})),
    *(("nora", "", STRONG), ("nora", " by a password", {})),
    *(("david", "", STRONG), ("dr_osei", "", STRONG)),
]
NOBODYS_ID = "01234567-89ab-7cde-8f01-23456789abcd"


def load_demo() -> dict[str, str]:
    """Fill the database, and sign some people in.

    :returns: access tokens by name.
    """
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from phr.accounts.models import LoginSession, User
    from phr.accounts.tokens import issue_tokens

    settings.DEBUG = True  # the demo is not loaded without
    with Path(os.devnull).open("w") as nowhere:
        call_command("migrate", verbosity=0)
        call_command("load_demo", stdout=nowhere)
    settings.ACCESS_TOKEN_LIFETIME = timedelta(days=1)  # a busy machine needs hours
    tokens, at = {}, timezone.now()
    for name, how, fields in SESSIONS:
        user = User.objects.get(username=name)
        session = LoginSession.objects.create(user=user, last_used_at=at, **fields)
        tokens[f"{name}{how}"] = issue_tokens(session, at=at).access
    return tokens


def ids_of_demo() -> dict[str, list[str]]:
    """Two ids of each kind of thing, and one of nothing."""
    from django.apps import apps

    found: dict[str, list[str]] = {"passkey_id": ["1"]}
    for name, label in IDS_OF.items():
        rows = apps.get_model(label)._meta.default_manager.order_by("pk")
        few = [*rows[:1], *rows.reverse()[:1]]
        found[name] = [str(row.pk) for row in few] + [NOBODYS_ID]
    return found


@contextmanager
def copied_database() -> Iterator[str]:
    """One for each checkout: refusals are noted beside the transaction, and stay."""
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE played TEMPLATE {urlsplit(url).path[1:]}")
        try:
            yield urlsplit(url)._replace(path="/played").geturl()
        finally:
            server.execute("DROP DATABASE played WITH (FORCE)")


def answers_of(checkout: Path, asked: Path) -> dict[str, Any]:
    """Play the requests to a checkout, in a process of its own."""
    with tempfile.NamedTemporaryFile() as answers, copied_database() as url:
        subprocess.run(
            [sys.executable, "-P", PLAYER, asked, answers.name],
            cwd=checkout,
            env=os.environ | {"PYTHONPATH": str(checkout), "DATABASE_URL": url},
            check=True,
        )
        found: dict[str, Any] = json.loads(Path(answers.name).read_text())
    return found


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each value in an answer, by where it stands."""
    if not isinstance(value, (dict, list)) or not value:
        yield path, value
        return
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    for name, inner in parts:
        yield from leaves(inner, f"{path} {name}")


def differences(
    before: dict[str, Any], again: dict[str, Any], after: dict[str, Any]
) -> Iterator[str]:
    """Say what differs, and not only by chance.

    :param again: what the first checkout has answered the second time.
    """
    for name in sorted(before.keys() | after.keys()):
        old, repeated, new = (
            dict(leaves(answers.get(name, {}))) for answers in (before, again, after)
        )
        for path in sorted(old.keys() | new.keys()):
            values = [each.get(path, MISSING) for each in (old, repeated, new)]
            by_chance = values[0] != values[1] and MISSING not in values
            if values[0] != values[2] and not by_chance:
                shown = [str(value)[:LONGEST] for value in (values[0], values[2])]
                yield f"{name}\n   {path}: {shown[0]}\n      now: {shown[1]}"


def compare(base: Path) -> int:
    """:returns: how many differences there are."""
    from django.db import connection

    with step("Loading the demo"):
        tokens = load_demo()
        requests = asked_requests.everything(tokens, ids_of_demo())
        connection.close()  # who is connected keeps others from copying
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "asked.json"
        asked.write_text(json.dumps(requests))
        with step(f"Asking both {len(requests)} times, and the first one again"):
            before, again, after = (
                answers_of(checkout, asked)
                for checkout in (base, base, places.CHECKOUT)
            )
    statuses = Counter(str(answer.get("status")) for answer in after.values())
    say(", ".join(f"{number} x {status}" for status, number in statuses.most_common()))
    found = list(differences(before, again, after))
    say("\n".join(found[:SHOWN]))
    say(f"{len(found)} differences in {len(after)} answers")
    return len(found)


def main() -> int:
    speak_plainly()
    if len(sys.argv) != 2 or not Path(sys.argv[1], "manage.py").exists():
        say("Usage: python -m dev.compare_answers FOLDER-OF-ANOTHER-CHECKOUT")
        return 2
    with throwaway_servers() as urls:
        os.environ |= {**urls, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
        return 1 if compare(Path(sys.argv[1]).resolve()) else 0


if __name__ == "__main__":
    sys.exit(main())
