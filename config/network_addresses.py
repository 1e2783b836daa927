"""Addresses in settings: of this server, of pages, of networks."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import RedisDsn

from phr.core.mail_addresses import domain_in_ascii

IPV4_MAPPED = 96  # bits before an IPv4 address in ::ffff:0:0/96 (RFC 4291)
USUAL_PORTS = {"http": 80, "https": 443}
ALL_UNDER = "*."
NO_HOST = "not the name of a host, such as records.example.org"
NAME = re.compile(
    r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?", re.ASCII | re.IGNORECASE
)
# What ends in a number, browsers take for an IPv4 address (https://url.spec.whatwg.org).
LIKE_IPV4 = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$", re.ASCII | re.IGNORECASE)


def read_public_url(value: str) -> str:
    """Take the address of the server itself, without a path: links begin with it."""
    parts = urlsplit(value.strip())
    if parts.scheme not in USUAL_PORTS or not parts.hostname or parts.query:
        raise ValueError("not a valid address, such as https://records.example.org")
    if parts.path not in ("", "/") or parts.fragment or "@" in parts.netloc:
        raise ValueError("only scheme, host and port belong here")
    return origin_of(parts, read_host(parts.hostname.removesuffix(".")))


def read_origin(value: str) -> str:
    """Normalize an origin to the form that browsers send. Django reports invalid ones.

    Before a name may stand "*.", for all that are under it.
    """
    parts = urlsplit(value)
    rest = parts.path.strip("/") or parts.query or parts.fragment
    if not (parts.scheme and parts.hostname) or rest or "@" in parts.netloc:
        return value
    name = parts.hostname.removeprefix(ALL_UNDER)
    before = ALL_UNDER if name != parts.hostname else ""
    return origin_of(parts, before + read_host(name))


def origin_of(parts: SplitResult, host: str) -> str:
    """Scheme, host and port as browsers write them (RFC 6454, section 6.1 and 6.2).

    :raises ValueError: there is no such port.
    """
    try:
        port = parts.port
    except ValueError:
        raise ValueError("the port is not a number") from None
    more = "" if port in (None, USUAL_PORTS.get(parts.scheme)) else f":{port}"
    return f"{parts.scheme}://{in_brackets(host)}{more}"


def read_allowed_host(value: str) -> str:
    """Take a host that the server goes by, as Django compares it with what is asked.

    Before a name may stand ".", for all that are under it; "*" is every host. A dot
    behind it says nothing: Django leaves it out of what is asked for.

    :raises ValueError: no request could ask for it.
    """
    if value == "*":
        return value
    name = value.removeprefix(".")
    bare = name[1:-1] if name.startswith("[") and name.endswith("]") else name
    host = in_brackets(read_host(bare.removesuffix(".")))
    return f".{host}" if name != value else host


def read_host(value: str) -> str:
    """Take the name of a host as clients send it, in ASCII, or an IP address.

    Names of machines that are not in the DNS of all may have underscores.

    :returns: an IPv6 address without brackets, in its shortest form (RFC 5952).
    :raises ValueError: there can be no such name.
    """
    try:
        if ":" in value and "%" not in value:
            return str(IPv6Address(value))
        name = value if value.isascii() else domain_in_ascii(value)
    except ValueError:  # UnicodeError is one
        raise ValueError(NO_HOST) from None
    if not NAME.fullmatch(name) or (LIKE_IPV4.search(name) and not is_ipv4(name)):
        raise ValueError(NO_HOST)
    return name


def is_ipv4(name: str) -> bool:
    try:
        IPv4Address(name)
    except ValueError:
        return False
    return True


def in_brackets(host: str) -> str:
    """A host as it stands before a port; IPv6 addresses have brackets there."""
    return f"[{host}]" if ":" in host else host


def read_redis_url(url: RedisDsn) -> RedisDsn:
    """Take the URL with its host in ASCII: Python would make it that of IDNA 2003."""
    host = unquote(url.host or "")
    if host.isascii():
        return url
    parts = urlsplit(str(url))
    before, at, _ = parts.netloc.rpartition("@")
    netloc = f"{before}{at}{read_host(host)}:{url.port}"
    return RedisDsn(parts._replace(netloc=netloc).geturl())


def read_database_hosts(hosts: str) -> str:
    """The hosts of a database, separated by commas, in ASCII; as `read_redis_url`.

    What is in ASCII stays: it may be the folder of a socket.
    """
    each = hosts.split(",")
    return ",".join(host if host.isascii() else read_host(host) for host in each)


def read_network(value: object) -> IPv4Network | IPv6Network:
    """Take a network; one of IPv4 addresses dressed up as IPv6 is one of IPv4."""
    try:
        network = ip_network(str(value))
    except ValueError:
        raise ValueError("not an IP network, for example 10.0.0.0/8") from None
    if isinstance(network, IPv4Network) or network.prefixlen < IPV4_MAPPED:
        return network
    inner = network.network_address.ipv4_mapped
    return IPv4Network((inner, network.prefixlen - IPV4_MAPPED)) if inner else network
