"""Who is behind the proxies that handed a request on, and what they were asked for.

`X-Forwarded-For` has no standard: proxies write addresses with a port behind them, in
brackets, in quotes. `Forwarded` has one (RFC 7239), and counts where a proxy sends
nothing else. Both are believed of `TRUSTED_PROXIES` alone. This is asked on the event
loop, too.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from django.conf import settings

Environ = dict[str, Any]

FOR = "HTTP_X_FORWARDED_FOR"
PROTO = "HTTP_X_FORWARDED_PROTO"
HOST = "HTTP_X_FORWARDED_HOST"
FORWARDED = "HTTP_FORWARDED"
# 192.0.2.1:80, [2001:db8::1]:80, and ports that a proxy hides (RFC 7239, section 6).
# An IPv6 address without brackets has no port: nobody could tell it from its end.
NODE = re.compile(
    r"(?:\[(?P<six>[^\[\]]+)\]|(?P<four>[^\[\]]*\.\d{1,3}))(?::(?:\d{1,5}|_[\w.-]+))?",
    re.ASCII,
)


def put_what_is_believed(environ: Environ) -> None:
    """Leave address, scheme and host where Django looks for them, if they are true."""
    asked = asked_of_proxies(environ)
    environ["REMOTE_ADDR"] = client_address(environ)
    for name in (FOR, PROTO, HOST, FORWARDED):
        environ.pop(name, None)
    environ.update(asked)


def client_address(environ: Environ) -> str:
    """The address that a request comes from, as far as our proxies tell."""
    return first_stranger(hops_of(environ))


def first_stranger(hops: Sequence[str]) -> str:
    """The address nearest to us that is not a proxy of ours.

    :param hops: from the connection itself outwards.
    """
    known = believed(hops)
    return known[-1] if known else hops[0]


def believed(hops: Sequence[str]) -> list[str]:
    """Our trusted proxies, and the client that the outermost of them names.

    It names nobody where it hides the address, or where others have written.
    """
    found: list[str] = []
    for hop in hops:
        address = parse_address(hop)
        if address is None:
            break
        found.append(str(address))
        if not is_trusted(found[-1]):
            break
    return found


def hops_of(environ: Environ) -> list[str]:
    nodes = elements(environ, FOR)
    if only_standard(environ):
        nodes = [parameter(each, "for") for each in elements(environ, FORWARDED)]
    return [environ.get("REMOTE_ADDR", ""), *nodes]


def asked_of_proxies(environ: Environ) -> dict[str, str]:
    """Scheme and host that the outermost of our proxies was asked for, if it tells."""
    if not is_trusted(environ.get("REMOTE_ADDR", "")):
        return {}
    if only_standard(environ):
        element = outermost(environ)
        asked = {PROTO: parameter(element, "proto"), HOST: parameter(element, "host")}
    else:
        asked = {name: "".join(elements(environ, name)[-1:]) for name in (PROTO, HOST)}
    asked[PROTO] = asked[PROTO].lower()
    return {name: value for name, value in asked.items() if value}


def outermost(environ: Environ) -> str:
    """The element of `Forwarded` that the outermost of our proxies has written."""
    hops, written = believed(hops_of(environ)), elements(environ, FORWARDED)
    # Each of our proxies has written one, of whoever came to it.
    proxies = len(hops) if is_trusted(hops[-1]) else len(hops) - 1
    return "".join(written[:proxies][-1:])


def only_standard(environ: Environ) -> bool:
    """Whether `Forwarded` counts.

    Beside X-Forwarded-* a client may have written it, and our proxy let it through.
    """
    return FORWARDED in environ and not environ.keys() & {FOR, PROTO, HOST}


def elements(environ: Environ, name: str) -> list[str]:
    """A header's list, nearest first, without empty elements (RFC 9110, 5.6.1.2)."""
    each = (text.strip() for text in reversed(environ.get(name, "").split(",")))
    return [text for text in each if text]


def parameter(element: str, name: str) -> str:
    """A parameter of an element of `Forwarded`; empty if it has none."""
    for pair in element.split(";"):
        key, _, value = pair.partition("=")
        if key.strip().lower() == name:
            return value.strip().strip('"')
    return ""


def is_trusted(address: str) -> bool:
    parsed = parse_address(address)
    return parsed is not None and any(
        parsed in network for network in settings.TRUSTED_PROXIES
    )


@lru_cache(maxsize=1_024)
def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address in one form: no port, no zone, no IPv4 dressed up as IPv6."""
    text = text.strip().strip('"')
    if node := NODE.fullmatch(text):
        text = node["six"] or node["four"]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    return address.ipv4_mapped or IPv6Address(int(address))
