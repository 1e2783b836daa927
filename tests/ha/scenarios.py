"""What befalls the hosts, each while clients are at work."""

import time
from functools import partial

from tests.faults.scenario import Scenario
from tests.ha.hosts import Host
from tests.ha.parts import Installation
from tests.waiting import wait_until

SECONDS_TO_FOLLOW = 60  # at most, until another one leads
SECONDS_AWAY = 10


def nothing(_parts: Installation) -> None:
    time.sleep(SECONDS_AWAY)


def leading(parts: Installation) -> Host:
    wait_until(parts.leader, parts.told, SECONDS_TO_FOLLOW)
    leader = parts.leader()
    assert leader is not None, "Nobody leads."
    return leader


def await_another(parts: Installation, old: Host) -> None:
    others = [host for host in parts.databases if host is not old]
    wait_until(
        lambda: any(parts.takes_writes(host) for host in others),
        parts.told,
        SECONDS_TO_FOLLOW,
    )


def kill_leader(parts: Installation) -> None:
    """All of its host, etcd, Valkey and Sentinel included."""
    old = leading(parts)
    old.kill()
    await_another(parts, old)
    time.sleep(SECONDS_AWAY)
    old.power_on()
    parts.await_databases()


def kill_postgres(parts: Installation) -> None:
    """PostgreSQL of the leader alone; its Patroni lives, and starts it again."""
    old = leading(parts)
    old.end("postgres")
    parts.await_databases()


def freeze_leader(parts: Installation) -> None:
    old = leading(parts)
    old.freeze()
    try:
        await_another(parts, old)
        time.sleep(SECONDS_AWAY)
    finally:
        old.thaw()
    parts.await_databases()


def cut_leader_off(parts: Installation) -> None:
    """It lives, alone: it must say itself that it leads no more, before others do."""
    old = leading(parts)
    old.cut_off()
    try:
        await_another(parts, old)
        assert not parts.takes_writes(old), "Two lead."
        time.sleep(SECONDS_AWAY)
        assert not parts.takes_writes(old), "Two lead."
    finally:
        old.reconnect()
    parts.await_databases()


def kill_web_host(parts: Installation) -> None:
    """With its worker and its beat, which may be the one that leads."""
    host = parts.webs[0]
    host.kill()
    time.sleep(SECONDS_AWAY)
    host.power_on()
    parts.await_web()


def kill_valkey(parts: Installation) -> None:
    """The primary alone, of which two Sentinels have to agree that it is gone."""
    old = parts.valkey_leader()
    assert old is not None, "No Valkey leads."
    job = old.jobs.pop("valkey")
    assert job.process is not None
    job.process.kill()
    job.process.wait()
    wait_until(
        lambda: parts.valkey_leader() not in (None, old),
        parts.told,
        SECONDS_TO_FOLLOW,
    )
    old.jobs["valkey"] = job


def restart_all(parts: Installation) -> None:
    """As after the power of all was gone."""
    for host in parts.hosts:
        host.kill()
    for host in parts.hosts:
        host.power_on()
    parts.await_databases()
    parts.await_web()


# A client gives up after 20 seconds.
of_hosts = partial(Scenario[Installation], may_mail_twice=True, slowest_refusal=21)

SCENARIOS = (
    of_hosts("nothing", nothing, may_refuse=False),
    of_hosts("the leader's host is frozen", freeze_leader),
    of_hosts("the leader's host is cut off", cut_leader_off),
    of_hosts("the leader's host is killed", kill_leader),
    of_hosts("the leader's PostgreSQL is killed", kill_postgres),
    of_hosts("a web host is killed", kill_web_host),
    of_hosts("Valkey's primary is killed", kill_valkey),
    of_hosts("all is restarted at once", restart_all),
)
