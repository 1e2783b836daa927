"""Where the present request or task comes from, for ledger and login sessions."""

from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv6Network


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


def network_of(address: str) -> str:
    """Whom an address stands for where something is counted.

    Of an IPv6 address the first 64 bits: the rest is one customer's to choose.
    """
    if ":" not in address:
        return address
    return str(IPv6Network((address, 64), strict=False))


def site_of(address: str) -> str:
    """Which clients are bounded together, whoever they are.

    Of an IPv6 address the first 48 bits: so much one customer can get (RFC 6177).
    """
    if ":" not in address:
        return address
    return str(IPv6Network((address, 48), strict=False))


def range_of(address: str) -> tuple[str, str]:
    """The first and the last address of the network of one."""
    if ":" not in address:
        return address, address
    network = IPv6Network((address, 64), strict=False)
    return str(network[0]), str(network[-1])


def client_network() -> str:
    """For whom attempts are counted where nobody is signed in yet."""
    return network_of(current_origin.get().address or "unknown")
