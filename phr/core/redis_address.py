"""Where Redis is: at an address, or where Sentinels say that the primary is now."""

from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import redis
from redis.sentinel import Sentinel

Client = TypeVar("Client", bound=redis.Redis)

OPEN, ENCRYPTED = "sentinel", "sentinels"
SCHEMES = (OPEN, ENCRYPTED)
USUAL_PORT = 26379
EXAMPLE = "sentinel://:secret@host1,host2,host3:26379/name/0"


@dataclass(frozen=True, slots=True)
class Sentinels:
    """Sentinels that watch over a primary; they have its user and password, too.

    :param name: what they call it.
    :param is_encrypted: whether they and it are spoken to by TLS only.
    """

    places: tuple[tuple[str, int], ...]
    name: str
    database: int
    username: str | None
    password: str | None
    is_encrypted: bool

    @property
    def login(self) -> dict[str, Any]:
        return {"username": self.username, "password": self.password}


def are_sentinels(url: str) -> bool:
    return url.startswith(tuple(f"{scheme}://" for scheme in SCHEMES))


def read_sentinels(url: str) -> Sentinels:
    """Take sentinel://USER:PASSWORD@HOST:PORT,HOST:PORT/NAME/DATABASE apart.

    What may be left out: user, password, ports and the database.

    :raises ValueError: it is no such address; quotes nothing of it.
    """
    fault = ValueError(f"not a valid address, such as {EXAMPLE}")
    try:
        parts = urlsplit(url)
        login, _, hosts = parts.netloc.rpartition("@")
        name, _, database = parts.path.strip("/").partition("/")
        places = tuple(read_place(place) for place in hosts.split(","))
        number = int(database or 0)
    except ValueError:
        raise fault from None
    if parts.scheme not in SCHEMES or not name or parts.query or parts.fragment:
        raise fault
    username, _, password = login.partition(":")
    return Sentinels(
        places=places,
        name=unquote(name),
        database=number,
        username=unquote(username) or None,
        password=unquote(password) or None,
        is_encrypted=parts.scheme == ENCRYPTED,
    )


def read_place(text: str) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    if not parts.hostname or not text.isascii():  # Python has its own ASCII of it
        raise ValueError("no host")
    return parts.hostname, USUAL_PORT if parts.port is None else parts.port


def hosts_of(url: str) -> list[str]:
    """The hosts that an address of either kind names."""
    if are_sentinels(url):
        return [host for host, _ in read_sentinels(url).places]
    return [urlsplit(url).hostname or ""]


def client_for(url: str, kind: type[Client], **options: Any) -> Client:
    """A client of what an address leads to; it asks Sentinels at each connection.

    :param options: of the connections, those to Sentinels included.
    """
    if not are_sentinels(url):
        client: Client = kind.from_url(url, **options)  # type: ignore[assignment] # its type forgets the class
        return client
    found = read_sentinels(url)
    options |= found.login | {"ssl": found.is_encrypted}
    sentinel: Any = Sentinel
    asked = sentinel(found.places, sentinel_kwargs=options, **options)
    primary: Client = asked.master_for(found.name, kind, db=found.database)
    return primary
