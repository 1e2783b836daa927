"""What PostgreSQL and Redis must be; found out before anything is done with them.

Each sentence names the setting that leads there, and quotes nothing of its value: a
password may be in the wrong part of an address.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import redis
from django.conf import settings
from django.core import checks
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from redis.sentinel import MasterNotFoundError

from phr.core.redis_address import client_for

LEAST_POSTGRES = 15
LEAST_REDIS = (7, 0)  # in Valkey's count it is 7.2 at least
SECONDS_TO_WAIT = 5
# PostgreSQL's own words to who may not come in; they name accounts and databases.
ANSWER = re.compile(r"FATAL: +(.+)")
FACTS = """
    SELECT current_setting('server_version'),
        current_setting('server_version_num')::int / 10000,
        current_setting('server_encoding'),
        coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
        has_database_privilege(current_database(), 'CREATE')
            OR EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')
"""


class NotUsable(Exception):
    """A server is not there, or not what it must be; says so and names the setting."""


def check_postgres(database: BaseDatabaseWrapper, *, to_migrate: bool = False) -> None:
    """See that PostgreSQL is there, new enough and holds all letters.

    :param to_migrate: see as well that tables may be made.
    :raises NotUsable: it is not.
    """
    try:
        with database.cursor() as cursor:
            cursor.execute(FACTS)
            version, major, encoding, *may_create = cursor.fetchone()
    except OperationalError as error:
        answer = ANSWER.search(str(error))
        what = answer[1] if answer else "no PostgreSQL server responds there"
        raise NotUsable(f"DATABASE_URL: {what}.") from error
    if major < LEAST_POSTGRES:
        need = f"{LEAST_POSTGRES} or newer is required"
        raise NotUsable(f"DATABASE_URL: this is PostgreSQL {version}; {need}.")
    if encoding != "UTF8":
        raise NotUsable(
            f"DATABASE_URL: the encoding of the database is {encoding}; UTF8 is "
            "required."
        )
    if to_migrate and not all(may_create):
        raise NotUsable(
            "DATABASE_URL: this role may not create tables; make it the owner of the "
            "database (ALTER DATABASE ... OWNER TO ...)."
        )


def check_redis(url: str) -> None:
    """See that Redis or Valkey is there, lets us in and is new enough.

    :raises NotUsable: it is not.
    """
    patience = {
        "socket_connect_timeout": SECONDS_TO_WAIT,
        "socket_timeout": SECONDS_TO_WAIT,
    }
    try:
        with client_for(url, redis.Redis, **patience) as client:
            client.ping()
            version = version_of(client)
    except (redis.AuthenticationError, redis.exceptions.NoPermissionError) as error:
        raise NotUsable("REDIS_URL: the server refuses the password.") from error
    except redis.ResponseError as error:
        raise NotUsable("REDIS_URL: the server refuses the command.") from error
    except MasterNotFoundError as error:
        raise NotUsable(
            "REDIS_URL: no Sentinel responds there, takes the password, and knows a "
            "primary of this name."
        ) from error
    except Exception as error:  # its client trusts what it reads of whoever answers
        raise NotUsable(
            "REDIS_URL: no Redis or Valkey server responds there."
        ) from error
    if tuple(map(int, version.split(".")[:2])) < LEAST_REDIS:
        need = ".".join(map(str, LEAST_REDIS)) + " or newer is required"
        raise NotUsable(f"REDIS_URL: this is Redis {version}; {need}.")


def version_of(client: "redis.Redis") -> str:
    """The Redis that a server is, or is like; the least where it will not say."""
    try:
        answer: Any = client.info("server")
    except redis.exceptions.NoPermissionError:
        answer = {}
    return str(answer.get("redis_version", "{}.{}".format(*LEAST_REDIS)))


@checks.register(checks.Tags.database)
def servers_are_usable(
    *, databases: Sequence[str] | None = None, **options: Any
) -> list[checks.CheckMessage]:
    """What `migrate` and `check --database default` say, beside Django's own."""
    found = []
    for name in databases or ():
        found += [fault_in(check_postgres, connections[name])]
        found += [fault_in(check_redis, settings.REDIS_URL)]
    return [checks.Error(fault, id="core.E001") for fault in found if fault]


def fault_in(check: Callable[[Any], None], server: Any) -> str:
    try:
        check(server)
    except NotUsable as reason:
        return str(reason)
    return ""
