"""An installation of an earlier release, with its data, made before the present one."""

import io
import re
import shlex
import tarfile
from pathlib import Path
from urllib.parse import urlsplit

from dev.console import CannotGoOn, say, step
from dev.deploy_test.commands import insist, told
from dev.deploy_test.images import TAG
from dev.deploy_test.stack import Stack

EARLIER = "de3b6bb"  # the last commit before there was an image
SQL = re.compile(r"```sql\n(CREATE ROLE.*?)```", re.DOTALL)
COUNT = "SELECT count(*) FROM health_records_healthrecord"
A_LOOK = """
from django.test import Client
client = Client(headers={"host": "localhost"})
who = {"username": "maria", "password": "violet-anchor-19"}
def send(address, **body):
    return client.post(f"/api/{address}", body, content_type="application/json")
signed_in = send("auth/login/", **who)
print(client.get("/health/ready/").status_code, signed_in.status_code)
client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {signed_in.json()['tokens']['access']}"
written = {"record_type": "CHECKUP", "title": "By the earlier release"}
at = "2026-03-02T09:30:00Z"
print(send("health-records/", **written, visit_date=at).status_code)
"""


def earlier_release(folder: Path) -> Path | None:
    """The code of the earlier release; none where the history does not reach back."""
    try:
        told(["git", "cat-file", "-e", f"{EARLIER}^{{commit}}"])
    except CannotGoOn:
        say(f"  {EARLIER} is not in this clone: the upgrade from it is not tried.")
        return None
    archive, code = folder / "earlier.tar", folder / "earlier"
    told(["git", "archive", "--output", archive, EARLIER])
    with tarfile.open(fileobj=io.BytesIO(archive.read_bytes())) as packed:
        packed.extractall(code, filter="data")
    for path in (code, *code.rglob("*")):
        path.chmod(0o755 if path.is_dir() else path.stat().st_mode | 0o444)
    return code


def fill(stack: Stack, code: Path) -> None:
    """Make the database as the earlier documents told, and fill it with the demo."""
    with step(f"An installation of {EARLIER}, with data"):
        stack.run("up", "--detach", "database", "valkey", seconds=180)
        await_healthy(stack, "database")
        settings = stack.settings()
        page = (code / "docs" / "operations.md").read_text(encoding="utf-8")
        statements = SQL.search(page)
        sql = statements[1] if statements else ""
        for name in ("DATABASE_OWNER_URL", "DATABASE_URL"):
            sql = sql.replace("'...'", f"'{urlsplit(settings[name]).password}'", 1)
        psql = ("psql", "--username=postgres", "--host=/run/postgresql")
        in_database(stack, *psql, "--set=ON_ERROR_STOP=1", stdin=sql)
        owner = settings["DATABASE_OWNER_URL"]
        run_earlier(stack, code, owner, "manage migrate --verbosity 0")
        run_earlier(stack, code, owner, "manage load_demo")


def run_earlier(stack: Stack, code: Path, database: str, command: str) -> str:
    """Have the earlier code do something, with the packages of the image."""
    variables = {
        "DATABASE_URL": database,
        "REDIS_URL": stack.settings()["REDIS_URL"],
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
    }
    given = (f"--env={name}={value}" for name, value in variables.items())
    run = ("docker", "run", "--rm", "--network=deploytest_data", *given)
    return told(
        [*run, f"--volume={code}:/app:ro", TAG, "sh", "-euc", command], seconds=400
    )


def go_back(stack: Stack, code: Path) -> None:
    """See that the earlier code serves on the new tables (docs/upgrading.md)."""
    with step(f"{EARLIER} again, on the new tables"):
        database = stack.settings()["DATABASE_URL"]
        look = f"manage shell --command {shlex.quote(A_LOOK)}"
        seen = run_earlier(stack, code, database, look).split()
        insist(seen[-3:] == ["200", "200", "201"], f"It does not serve: {seen}")


def await_healthy(stack: Stack, service: str) -> None:
    (container,) = stack.run("ps", "-q", service).split()
    check = (
        "for _ in $(seq 90); do"
        f" docker inspect --format '{{{{.State.Health.Status}}}}' {container}"
        " | grep -qx healthy && exit; sleep 1; done; exit 1"
    )
    told(["sh", "-c", check], seconds=120)


def in_database(stack: Stack, *command: str, stdin: str = "") -> str:
    (container,) = stack.run("ps", "-q", "database").split()
    docker = ["docker", "exec", "--interactive", "--user=postgres", container]
    return told([*docker, *command], stdin=stdin)


def records(stack: Stack) -> int:
    psql = ("psql", "--host=/run/postgresql", "--tuples-only", "phr")
    return int(in_database(stack, *psql, f"--command={COUNT}"))


def check_rights(stack: Stack) -> None:
    """See that the application cannot change the ledger in the real database."""
    statements = "SET ROLE phr_app; UPDATE audit_accessentry SET count = 1"
    psql = ("psql", "--host=/run/postgresql", "phr", f"--command={statements}")
    try:
        in_database(stack, *psql)
    except CannotGoOn as refused:
        insist("permission denied" in str(refused), f"Another refusal: {refused}")
    else:
        raise CannotGoOn("The application's account can change the ledger.")
