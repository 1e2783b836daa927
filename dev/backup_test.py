"""`make backup-test`: PostgreSQL is lost, and restored to a second before.

What docs/restore.md tells to type is typed, with the configuration of
deploy/pgbackrest, on a cluster of its own in a temporary folder. Needs root on Debian,
and the packages `postgresql` and `pgbackrest`.
"""

import contextlib
import os
import pwd
import re
import shlex
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from dev import places
from dev.application import environment_for
from dev.console import CannotGoOn, say, speak_plainly, step
from dev.deploy_test.commands import insist, told
from dev.deploy_test.linters import verify_units
from dev.postgres import Cluster, start_cluster
from dev.postgres_binaries import Binaries
from dev.processes import Guard, Process, end_all
from dev.servers import DATABASE_URL, throwaway_servers

ACCOUNT = "postgres"
LONGEST = 1_200  # seconds, for one command on a busy machine
FILES = places.CHECKOUT / "deploy" / "pgbackrest"
KEY = "a-key-of-this-test-only-cmVwb3NpdG9yeQ"
BLOCK = r"<!-- {0}:start -->\n```bash\n(.*?)```\n<!-- {0}:end -->"
ONE_FILE = (
    "runuser -u postgres -- pgbackrest --stanza=main repo-get archive/main/archive.info"
)
# What of the past must not go on: a session, and a mail that waits.
SESSION_AND_MAIL = """
import django
django.setup()
from django.db import transaction
from django.utils import timezone
from phr.accounts.mail_outbox import queue_mail
from phr.accounts.models import User
from phr.identity.sign_in import start_session
user = User.objects.get(username="kept_before")
start_session(user=user, at=timezone.now(), second_factor=True)
with transaction.atomic():
    queue_mail(user=user, address=user.email, kind="any.thing")
"""
# What the page says, and what it is here.
TARGET = re.compile(r'--target="[^"]+"')
SESSIONS = "SELECT count(*) FROM accounts_loginsession WHERE revoked_at IS NULL"
DIFF = "runuser -u postgres -- pgbackrest --stanza=main --type=diff backup"
HELD = "SELECT count(*) FROM core_outboxevent WHERE last_error = 'held'"
WAITING = "SELECT count(*) FROM core_outboxevent WHERE delivered_at IS NULL"
NAMES = "SELECT username FROM accounts_user WHERE username LIKE 'kept_%'"


@dataclass(frozen=True)
class Installation:
    """A cluster, its repository, and an application on it.

    :param folder: of everything.
    :param env: of what is typed.
    """

    cluster: Cluster
    folder: Path
    env: Mapping[str, str]

    def ask(self, query: str) -> list[tuple[object, ...]]:
        url = self.cluster.url("postgres", "phr")
        with psycopg.connect(url, autocommit=True) as session:
            return session.execute(query.encode()).fetchall()

    def type_in(self, command: str) -> str:
        """:raises CannotGoOn: it fails."""
        bash = ["bash", "-euo", "pipefail", "-c", command]
        return told(bash, env=self.env, seconds=LONGEST)


def main() -> int:
    speak_plainly()
    try:
        check_machine()
        check_timers()
        with contextlib.ExitStack() as stack:
            rehearse(stack)
    except CannotGoOn as trouble:
        say(f"The test of the backups failed: {trouble}")
        return 1
    say("PostgreSQL was lost and restored to a second before.")
    return 0


def check_machine() -> None:
    """:raises CannotGoOn: something is missing."""
    programs = ("pgbackrest", "systemd-analyze")
    if not places.as_root() or not all(map(shutil.which, programs)):
        raise CannotGoOn(
            "it needs root on Debian: apt-get install postgresql pgbackrest systemd"
        )
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        raise CannotGoOn("it needs Debian's package postgresql.")


def check_timers() -> None:
    """:raises CannotGoOn: systemd does not understand the timers or what they start."""
    units = [*FILES.glob("*.service"), *FILES.glob("*.timer")]
    with (
        step("systemd-analyze verify"),
        tempfile.TemporaryDirectory(prefix="backup-test-") as folder,
    ):
        verify_units(units, Path(folder))


def rehearse(stack: contextlib.ExitStack) -> None:
    folder, lock = places.throwaway_folder()
    stack.callback(os.close, lock)
    guard = stack.enter_context(Guard(keep=[lock]))
    guard.remove(folder)
    cluster = new_cluster(folder)
    os.environ[DATABASE_URL] = cluster.url()  # only a Valkey is started beside
    urls = stack.enter_context(throwaway_servers())
    here = Installation(cluster, folder, environment_in(folder, urls))
    configure(here)
    with step("Starting PostgreSQL"):
        first = start_cluster(cluster, guard)
    with step("Filling it with the demo"):
        here.type_in("manage.py migrate --verbosity 0 && manage.py load_demo")
    with step("Stanza, check and full backup"):
        for command in commands("pgbackrest"):
            here.type_in(command)
    before = live_on(here)
    with step("Killing PostgreSQL, and deleting its folder"):
        lose(first, cluster)
    with step("Restoring to a second before"):
        second = restore(here, guard, before)
    try:
        look(here)
    finally:
        end_all([second])


def new_cluster(folder: Path) -> Cluster:
    newest = max(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2])
    )
    account = pwd.getpwnam(ACCOUNT)
    os.chown(folder, account.pw_uid, account.pw_gid)
    pgbackrest = {
        name.strip(): value.strip().strip("'")
        for line in (FILES / "postgresql.conf").read_text().splitlines()
        if "=" in line and not line.startswith("#")
        for name, _, value in [line.partition(" = ")]
    }
    where = (
        f"PGBACKREST_CONFIG={folder}/pgbackrest.conf "
        f"PGBACKREST_CONFIG_INCLUDE_PATH={folder}/conf.d "
    )
    pgbackrest["archive_command"] = where + pgbackrest["archive_command"]
    # As pgBackRest writes it, which does not know that its files are elsewhere here.
    get = 'pgbackrest --stanza=main archive-get %f "%p"'
    pgbackrest["restore_command"] = where + get
    return Cluster(
        binaries=Binaries(newest, account),
        data=folder / "postgres",
        sockets=folder / "sockets",
        log=folder / "postgres.log",
        settings=pgbackrest,
    )


def environment_in(folder: Path, urls: Mapping[str, str]) -> dict[str, str]:
    """What is typed finds our configuration, and `manage.py` on the PATH."""
    program = folder / "bin" / "manage.py"
    program.parent.mkdir()
    manage = places.CHECKOUT / "manage.py"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {manage} "$@"\n')
    program.chmod(0o755)
    return environment_for(urls) | {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "PGBACKREST_CONFIG": str(folder / "pgbackrest.conf"),
        "PGBACKREST_CONFIG_INCLUDE_PATH": str(folder / "conf.d"),
    }


def configure(here: Installation) -> None:
    """Write the files of deploy/pgbackrest, with our folders and a key of our own."""
    folder, account = here.folder, here.cluster.binaries.account
    assert account
    text = (FILES / "pgbackrest.conf").read_text()
    text = text.replace("/var/lib/pgbackrest", str(folder / "repository"))
    text = re.sub("pg1-path=.*", f"pg1-path={here.cluster.data}", text)
    text += f"pg1-socket-path={here.cluster.sockets}\n"
    text += f"[global]\nlock-path={folder / 'locks'}\n"
    (folder / "pgbackrest.conf").write_text(text)
    for name in ("repository", "locks", "conf.d"):
        (folder / name).mkdir(mode=0o700)
        os.chown(folder / name, account.pw_uid, account.pw_gid)
    key = folder / "conf.d" / "key.conf"
    key.write_text(f"[global]\nrepo1-cipher-pass={KEY}\n")


def commands(part: str) -> list[str]:
    """What a part of docs/restore.md has `pgbackrest` and `manage.py` do."""
    page = (places.CHECKOUT / "docs" / "restore.md").read_text(encoding="utf-8")
    found = re.search(BLOCK.format(part), page, re.DOTALL)
    if found is None:
        raise CannotGoOn(f"docs/restore.md has no part {part}.")
    lines = found[1].replace("\\\n", " ").splitlines()
    ours = ("runuser --user postgres -- pgbackrest", "manage.py")
    return [line for line in lines if line.startswith(ours)]


def live_on(here: Installation) -> str:
    """Write, back up what has changed, write more, and then what is to be undone.

    :returns: a moment before that, for PostgreSQL.
    """
    with step("Writing, a differential backup, and writing on"):
        create(here, "kept_before")
        here.type_in(DIFF)
        here.type_in(f"{sys.executable} -c {shlex.quote(SESSION_AND_MAIL)}")
        insist(here.ask(SESSIONS) != [(0,)], "There is no session.")
        create(here, "kept_after")
        here.type_in("manage.py seal_ledger")
        ((moment,),) = here.ask("SELECT clock_timestamp()::text FROM pg_sleep(1)")
        here.ask("SELECT pg_sleep(1)")
        create(here, "kept_never")
        (here.folder / "erasures.txt").write_text("")
        # What archive_timeout does within a minute.
        here.ask("SELECT pg_switch_wal()")
        here.type_in("runuser -u postgres -- pgbackrest --stanza=main check")
    return str(moment)


def create(here: Installation, name: str) -> None:
    mail = f"{name}@example.org"
    options = f"--no-input --username {name} --email {mail}"
    password = "DJANGO_SUPERUSER_PASSWORD=violet-anchor-19"
    here.type_in(f"{password} manage.py createsuperuser {options}")


def lose(process: Process, cluster: Cluster) -> None:
    note = (cluster.data / "postmaster.pid").read_text()
    os.kill(int(note.splitlines()[0]), signal.SIGKILL)
    end_all([process])
    shutil.rmtree(cluster.data)


def restore(here: Installation, guard: Guard, before: str) -> Process:
    """Type what the page says; where it starts PostgreSQL, start ours."""
    account = here.cluster.binaries.account
    assert account
    here.cluster.data.mkdir(mode=0o700)
    os.chown(here.cluster.data, account.pw_uid, account.pw_gid)
    load, *after = commands("point")
    here.type_in(TARGET.sub(f'--target="{before}"', load))
    process = start_cluster(here.cluster, guard)
    for command in after:
        erasures = here.folder / "erasures.txt"
        text = re.sub(r"/\S+/erasures\.txt", str(erasures), command)
        say("    " + here.type_in(text).strip().replace("\n", "\n    "))
    return process


def look(here: Installation) -> None:
    """:raises CannotGoOn: something is there that should not, or is missing."""
    with step("Looking at what is there"):
        kept = sorted(str(name) for (name,) in here.ask(NAMES))
        insist(kept == ["kept_after", "kept_before"], f"There are {kept}.")
        insist(here.ask(SESSIONS) == [(0,)], "A session lives on.")
        insist(here.ask(HELD) == here.ask(WAITING) != [(0,)], "An event is not held.")
        found = list(files_with(here.folder / "repository", b"kept_before"))
        insist(not found, f"The repository is not encrypted: {found}")
    here.type_in(ONE_FILE)
    env = {**here.env, "PGBACKREST_REPO1_CIPHER_PASS": "another-key"}
    try:
        Installation(here.cluster, here.folder, env).type_in(ONE_FILE)
    except CannotGoOn:
        return
    raise CannotGoOn("The repository opens with another key.")


def files_with(folder: Path, text: bytes) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and text in path.read_bytes():
            yield path


if __name__ == "__main__":
    sys.exit(main())
