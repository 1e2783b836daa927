"""Addresses in settings: of this server, of pages, of networks."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import SplitResult, urlsplit

from phr.core.mail_addresses import domain_in_ascii

IPV4_MAPPED = 96  # bits before an IPv4 address in ::ffff:0:0/96 (RFC 4291)
USUAL_PORTS = {"http": 80, "https": 443}


def read_public_url(value: str) -> str:
    """Take the address of the server itself, without a path: links begin with it."""
    parts = urlsplit(value.strip())
    if parts.scheme not in USUAL_PORTS or not parts.hostname or parts.query:
        raise ValueError("not an address such as https://records.example.org")
    if parts.path not in ("", "/") or parts.fragment or parts.username:
        raise ValueError("only scheme, host and port belong here")
    return origin_of(parts)


def read_origin(value: str) -> str:
    """Take the origin of pages as browsers write it; what is none, Django names."""
    parts = urlsplit(value)
    is_one = parts.scheme and parts.hostname and not (parts.path or parts.query)
    return origin_of(parts) if is_one else value


def origin_of(parts: SplitResult) -> str:
    """Scheme, host and port as browsers write them (RFC 6454, section 6.1 and 6.2).

    :raises ValueError: there is no such host or port.
    """
    host = read_host(parts.hostname or "")
    try:
        port = parts.port
    except ValueError:
        raise ValueError("the port is not a number") from None
    more = "" if port in (None, USUAL_PORTS.get(parts.scheme)) else f":{port}"
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{more}"


def read_host(value: str) -> str:
    """Take the name of a host as clients send it: in ASCII, whatever its letters.

    :raises ValueError: there can be no such name.
    """
    try:
        return value if value.isascii() else domain_in_ascii(value)
    except UnicodeError:
        raise ValueError("not the name of a host") from None


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
