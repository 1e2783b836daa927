"""Which addresses count as one, where somebody without a name is counted."""

from ipaddress import IPv6Network


def network_of(address: str) -> str:
    """Which client an address counts for.

    Of an IPv6 address the first 64 bits: the rest is one customer's to choose.
    """
    if ":" not in address:
        return address
    return str(IPv6Network((address, 64), strict=False))


def site_of(address: str) -> str:
    """The network whose clients share a limit.

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
