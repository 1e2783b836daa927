"""The examinations of `manage.py doctor`, in the order in which people read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from phr.operations.doctor import (
    archiving,
    backups,
    clocks,
    configuration,
    disk,
    ledger,
    mail,
    postgresql,
    public_address,
    redis_server,
    releases,
    replica,
    roles,
    secrets_kept,
    triggers,
    workers,
)
from phr.operations.findings import Examination, Finding, Level, Part, findings_of


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody asks for beyond looking.

    :param mail_to: the address that gets a test mail.
    :param url: the public address, which is then asked.
    :param certificates: a file of certificates to trust there.
    :param patience: how many seconds workers have to answer.
    :param whole_ledger: verify all seals, and not only the last.
    """

    mail_to: str | None = None
    url: str | None = None
    certificates: str | None = None
    patience: float = 10.0
    whole_ledger: bool = False


Named = tuple[str, Examination]


def examine(wishes: Wishes) -> Iterator[Finding]:
    """Examine the installation. What needs a server that is not there is left out."""
    yield from each(
        ("settings", configuration.examine),
        ("time", clocks.examine_clock),
        ("time", clocks.examine_time_zones),
        ("disk", disk.examine),
    )
    yield from behind(("postgresql", postgresql.examine_reach), with_database(wishes))
    yield from behind(("redis", redis_server.examine_reach), with_redis(wishes))
    yield from each(("mail", partial(mail.examine, wishes.mail_to)))
    if wishes.url:
        ask = partial(public_address.examine, wishes.url, wishes.certificates)
        yield from each(("proxy", ask))


def with_database(wishes: Wishes) -> list[Named]:
    return [
        ("postgresql", postgresql.examine_server),
        ("replica", replica.examine),
        ("backups", archiving.examine),
        ("time", clocks.examine_database_clock),
        ("release", releases.examine_migrations),
        ("release", releases.examine_users),
        ("roles", roles.examine),
        ("triggers", triggers.examine),
        ("ledger", partial(ledger.examine, whole=wishes.whole_ledger)),
        ("secrets", secrets_kept.examine),
    ]


def with_redis(wishes: Wishes) -> list[Named]:
    return [
        ("redis", redis_server.examine_server),
        ("time", clocks.examine_redis_clock),
        ("backups", backups.examine),
        ("beat", workers.examine_beat),
        ("workers", partial(workers.examine_workers, wishes.patience)),
    ]


def each(*examinations: Named) -> Iterator[Finding]:
    for name, examination in examinations:
        yield from findings_of(name, examination)


def behind(door: Named, rooms: list[Named]) -> Iterator[Finding]:
    """Examine what is behind a server, if it is there."""
    found = list(each(door))
    yield from found
    if any(finding.level is Level.ERROR for finding in found):
        names = ", ".join(sorted({name for name, _ in rooms}))
        yield Part(door[0]).note(f"Not examined without it: {names}.")
    else:
        yield from each(*rooms)
