"""Where the present request or task comes from, for ledger and login sessions."""

from contextvars import ContextVar
from dataclasses import dataclass

from phr.core.ip_networks import network_of


@dataclass(frozen=True, slots=True)
class Origin:
    """The face that was used, and the client behind it.

    :param face: "api", "admin", "task", ...
    :param address: the client's IP address, or None where there is no client.
    :param user_agent: as the client sent it, cut to 200 characters.
    :param device: what a browser shows that has signed in before; it may be forged.
    """

    face: str = "internal"
    address: str | None = None
    user_agent: str = ""
    device: str = ""


# A context variable, so that services never see a request (STYLE, sentence 3).
current_origin: ContextVar[Origin] = ContextVar(
    "current_origin",
    default=Origin(),  # noqa: B039 - it is frozen
)


def client_network() -> str:
    """Who attempts are counted for if nobody is signed in yet."""
    return network_of(current_origin.get().address or "unknown")
