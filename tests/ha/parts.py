"""An installation on five hosts: three of databases, two of web and workers.

Their configuration is that of deploy/ha, with the passwords and folders of this run.
"""

import secrets
import shutil
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

import psycopg

from dev import places
from dev.application import environment_for
from dev.valkey import find_server
from tests.faults.parts import KEYS, QUEUES
from tests.faults.relay import Loop, Relay, Streams, Target
from tests.ha.hosts import NETWORK, OURS, Host, Job, client_address
from tests.mailbox import Mailbox
from tests.waiting import wait_until

FILES = places.CHECKOUT / "deploy" / "ha"
POSTGRES, PGBOUNCER = "postgres", "postgres"  # accounts of the machine
DATABASES = {"db1": "10.90.0.1", "db2": "10.90.0.2", "db3": "10.90.0.3"}
WEBS = {"web1": "10.90.0.11", "web2": "10.90.0.12"}
PORT, MAIL_PORT = 8000, 2525
PASSWORDS = (
    *("SUPERUSER_PASSWORD", "REPLICATION_PASSWORD", "REWIND_PASSWORD"),
    *("PATRONI_PASSWORD", "VALKEY_PASSWORD", "DATABASE_PASSWORD"),
)
SECONDS_TO_RESTART = 0.5
SECONDS_TO_START = 240
SECONDS_TO_HEAL = 120
PATH = f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass
class Installation:
    """All that runs.

    :ivar mailbox: the mail server, beside the hosts, for whoever runs this to open.
    :ivar restarts: as the bench of `tests/faults` wants it; nothing looks at it here.
    """

    folder: Path
    restarts: list[str] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.keys = {name: secrets.token_urlsafe(48) for name in KEYS}
        self.passwords = {name: secrets.token_hex(24) for name in PASSWORDS}
        self.databases = [self.host(*place) for place in DATABASES.items()]
        self.webs = [self.host(*place) for place in WEBS.items()]
        self.mailbox = Mailbox()
        self.mailbox.url = f"smtp://{OURS}:{MAIL_PORT}"
        self.loop = Loop()
        self.web = Relay(self.loop, *(at(host.address) for host in self.webs))
        self.supervisor = threading.Thread(target=self.supervise, daemon=True)

    @property
    def hosts(self) -> list[Host]:
        return [*self.databases, *self.webs]

    def host(self, name: str, address: str) -> Host:
        folder = self.folder / name
        folder.mkdir()
        host = Host(name, address, folder)
        host.connect()
        return host

    def fill(self, host: Host, name: str) -> Path:
        """Write a file of deploy/ha as it is on this host."""
        words = {
            "NODE": host.name,
            "ADDRESS": host.address,
            "NETWORK": NETWORK,
            "REPLICA_OF": ""
            if host is self.databases[0]
            else f"replicaof {DATABASES['db1']} 6379",
            **{place.upper(): address for place, address in DATABASES.items()},
            **self.passwords,
        }
        text = Template((FILES / name).read_text()).substitute(words)
        for folder in ("/var/lib", "/etc/pgbouncer", "/run/postgresql"):
            text = text.replace(folder, str(host.folder))
        (filled := host.folder / name).write_text(text)
        return filled

    def add(self, host: Host, name: str, *command: str | Path, **more: str) -> None:
        user = more.pop("user", None)
        log = host.folder / f"{name}.log"
        env = {"PATH": PATH, "LANG": "C.UTF-8", **more}
        host.jobs[name] = Job(command, env, log, user)

    def prepare_database(self, host: Host) -> None:
        for folder in ("etcd", "valkey", "postgresql/15"):
            (host.folder / folder).mkdir(parents=True)
        filled = {name: self.fill(host, name) for name in ("etcd.yml", "patroni.yml")}
        for name in ("valkey.conf", "sentinel.conf"):
            filled[name] = self.fill(host, name)
        for path in (host.folder, *host.folder.rglob("*")):
            shutil.chown(path, POSTGRES, POSTGRES)
        (host.folder / "postgresql").chmod(0o700)
        etcd = ("etcd", "--config-file", filled["etcd.yml"])
        self.add(host, "etcd", *etcd, user=POSTGRES)
        self.add(host, "patroni", "patroni", filled["patroni.yml"], user=POSTGRES)
        server = find_server()
        self.add(host, "valkey", server, filled["valkey.conf"], user=POSTGRES)
        sentinel = (server, filled["sentinel.conf"], "--sentinel")
        self.add(host, "sentinel", *sentinel, user=POSTGRES)

    def prepare_web(self, host: Host) -> None:
        haproxy = self.fill(host, "haproxy.cfg")
        self.fill(host, "userlist.txt")
        pgbouncer = self.fill(host, "pgbouncer.ini")
        for path in host.folder.iterdir():
            shutil.chown(path, POSTGRES, POSTGRES)
        self.add(host, "haproxy", "haproxy", "-db", "-f", haproxy)
        self.add(host, "pgbouncer", "pgbouncer", "-q", pgbouncer, user=PGBOUNCER)
        celery = ("celery", "--quiet", "--app", "config.celery:app")
        env = self.env | {"STATE_DIRECTORY": str(host.folder / "state")}
        process = places.CHECKOUT / "deploy" / "process"
        self.add(host, "web", process, "web", **env)
        worker = ("worker", "--queues", QUEUES, "--hostname", f"{host.name}@%h")
        flags = ("--without-gossip", "--without-mingle", "--loglevel", "WARNING")
        self.add(host, "worker", *celery, *worker, "--concurrency", "1", *flags, **env)
        self.add(host, "beat", *celery, "beat", "--loglevel", "WARNING", **env)

    @property
    def breaks(self) -> list[float]:
        """Of hosts it is not noted: clients are bounded from when they have come."""
        return self.web.breaks

    @property
    def urls(self) -> dict[str, str]:
        """What processes on a web host are told."""
        hosts = ",".join(DATABASES.values())
        password = self.passwords["DATABASE_PASSWORD"]
        valkey = self.passwords["VALKEY_PASSWORD"]
        return {
            "DATABASE_URL": f"postgresql://phr:{password}@127.0.0.1:6432/phr",
            "REDIS_URL": f"sentinel://:{valkey}@{hosts}/phr/0",
        }

    @property
    def direct_url(self) -> str:
        """The database that leads, for us, who stand beside the hosts."""
        hosts = ",".join(DATABASES.values())
        password = self.passwords["DATABASE_PASSWORD"]
        only = "target_session_attrs=read-write"
        return f"postgresql://phr:{password}@{hosts}/phr?{only}"

    @property
    def env(self) -> dict[str, str]:
        return environment_for(self.urls) | {
            "DJANGO_SETTINGS_MODULE": "config.settings.development",
            "DATABASE_POOLER": "transaction",
            "DEBUG": "false",
            **self.keys,
            "EMAIL_URL": self.mailbox.url,
            "CARE_CONSENT": "not-required",
            "LOG_LEVEL": "WARNING",
            "ALLOWED_HOSTS": "127.0.0.1",
            "PATH": PATH,
            "PYTHONPATH": str(places.CHECKOUT),
            "HOST": "0.0.0.0",  # noqa: S104 - of a network of this test's own
            "PORT": str(PORT),
            "WEB_CONCURRENCY": "1",
        }

    def supervise(self) -> None:
        """Have each host's service manager start again what has ended."""
        while not self.ending.wait(SECONDS_TO_RESTART):
            for host in self.hosts:
                host.look_after_jobs()

    def start_databases(self) -> None:
        """Bring the three up, with a database for the application."""
        for host in self.databases:
            self.prepare_database(host)
        self.supervisor.start()
        wait_until(self.leader, self.told, SECONDS_TO_START)
        with self.as_superuser() as connection:
            password = self.passwords["DATABASE_PASSWORD"]
            connection.execute(f"CREATE ROLE phr LOGIN PASSWORD '{password}'")
            connection.execute("CREATE DATABASE phr OWNER phr")
        self.await_databases()

    def start_application(self) -> None:
        for host in self.webs:
            self.prepare_web(host)
        self.await_web()

    def as_superuser(self) -> "psycopg.Connection[tuple[object, ...]]":
        hosts = ",".join(DATABASES.values())
        return psycopg.connect(
            host=hosts,
            user="postgres",
            password=self.passwords["SUPERUSER_PASSWORD"],
            dbname="postgres",
            target_session_attrs="read-write",
            connect_timeout=3,
            autocommit=True,
        )

    def leader(self) -> Host | None:
        """The one that takes what is written, if exactly one says so."""
        leading = [host for host in self.databases if self.takes_writes(host)]
        return leading[0] if len(leading) == 1 else None

    def takes_writes(self, host: Host) -> bool:
        """Whether its PostgreSQL says of itself, on itself, that it leads."""
        if not host.is_on:
            return False
        sockets = str(host.folder)
        query = ("psql", "-XAtqc", "SELECT pg_is_in_recovery()", "-h", sockets)
        return host.ask(*query, user=POSTGRES, seconds=3).strip() == "f"

    def valkey_leader(self) -> Host | None:
        """The host that Sentinels name; none, while they have not agreed on one."""
        from redis.sentinel import MasterNotFoundError, Sentinel

        password = self.passwords["VALKEY_PASSWORD"]
        places = [(host.address, 26379) for host in self.databases]
        sentinel = Sentinel(
            places, sentinel_kwargs={"password": password, "socket_timeout": 2}
        )
        try:
            address, _ = sentinel.discover_master("phr")
        except MasterNotFoundError:
            return None
        return next(host for host in self.databases if host.address == address)

    def await_databases(self) -> None:
        """Wait until one leads and two follow, one of them synchronously."""
        wait_until(self.are_whole, self.told, SECONDS_TO_HEAL)

    def are_whole(self) -> bool:
        """Whether two standbys are in step, and a commit waits for one of them."""
        query = "SELECT state, sync_state FROM pg_stat_replication"
        try:
            with self.as_superuser() as connection:
                found = connection.execute(query).fetchall()
        except psycopg.Error:
            return False
        states = [state for state, _ in found]
        kinds = sorted(str(kind) for _, kind in found)
        return states == ["streaming"] * 2 and kinds == ["async", "sync"]

    def await_web(self) -> None:
        """Wait until each web host is ready."""
        for host in self.webs:
            wait_until(lambda: is_ready(host.address), self.told, SECONDS_TO_START)  # noqa: B023 - at once

    def told(self) -> str:
        """The ends of the logs, for whoever has waited in vain."""
        logs = sorted(self.folder.glob("*/*.log"))
        return "\n".join(
            f"{log.parent.name}/{log.name}:\n{log.read_text()[-1_500:]}" for log in logs
        )

    def close(self) -> None:
        self.ending.set()
        if self.supervisor.ident is not None:
            self.supervisor.join()
        for host in self.hosts:
            host.kill()
        self.loop.close()


def at(address: str) -> Target:
    """The web server of a host, which sees each client at an address of its own."""

    async def connect(client: str) -> Streams:
        import asyncio

        number = int(client.rpartition(".")[2]) - 1
        ours = (client_address(number), 0)
        return await asyncio.open_connection(address, PORT, local_addr=ours)

    return connect


def is_ready(address: str) -> bool:
    import http.client

    connection = http.client.HTTPConnection(address, PORT, timeout=5)
    try:
        connection.request("GET", "/health/ready/", headers={"Host": "127.0.0.1"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
