"""Settings and what they imply: what `check --deploy` says, and what it cannot see."""

from collections.abc import Iterator

from django.conf import settings
from django.core import checks

from phr.operations.findings import Finding, Part

PART = Part("settings")
# A network this large holds strangers as well: 16 million addresses of IPv4.
WIDEST_NETWORK = {4: 8, 6: 32}  # bits of the prefix, by version of IP
# A site of one's own, in which there is more than proxies; IPv6 gives one a /48.
WIDE_NETWORK = {4: 16, 6: 48}


def examine() -> Iterator[Finding]:
    """Everything about settings that needs no server."""
    yield from messages_of_checks()
    yield from of_debug()
    yield from of_proxies()


def messages_of_checks() -> Iterator[Finding]:
    """What Django's checks say, those for deployment included."""
    found = checks.run_checks(include_deployment_checks=not settings.DEBUG)
    seen = [each for each in found if not each.is_silenced()]
    for message in seen:
        advice = message.hint or "See docs/settings.md."
        if message.level >= checks.ERROR:
            yield PART.error(str(message.msg), advice)
        elif message.level >= checks.WARNING:
            yield PART.warning(str(message.msg), advice)
    if not seen:
        yield PART.ok("The settings are complete, and nobody else's keys.")


def of_debug() -> Iterator[Finding]:
    if settings.DEBUG:
        yield PART.warning(
            "DEBUG is on: errors are shown with their data, and known keys are taken.",
            "Set DEBUG=false, and run with config.settings.production.",
        )


def of_proxies() -> Iterator[Finding]:
    """Whether TRUSTED_PROXIES lets strangers say where they come from."""
    widest = wider_than(WIDEST_NETWORK)
    wide = [name for name in wider_than(WIDE_NETWORK) if name not in widest]
    if widest:
        yield PART.error(
            f"TRUSTED_PROXIES trusts {', '.join(widest)}: anybody there can write any "
            "X-Forwarded-For, and so escape limits and forge the ledger's addresses.",
            "Name only the addresses of your proxies.",
        )
    if wide:
        yield PART.warning(
            f"TRUSTED_PROXIES trusts {', '.join(wide)}: every machine of that network "
            "that reaches this server without the proxy is believed about where a "
            "client comes from, and so escapes limits and forges the ledger's "
            "addresses.",
            "Name the addresses of your proxies, or their own small network.",
        )
    if not settings.TRUSTED_PROXIES and not settings.DEBUG:
        yield PART.note(
            "TRUSTED_PROXIES is empty: behind a proxy all clients would share one "
            "address, and https would not be seen.",
            "Name the proxy's address, if there is one in front.",
        )


def wider_than(bits: dict[int, int]) -> list[str]:
    """The trusted networks with a shorter prefix.

    :param bits: how long it is at least, by version of IP.
    """
    return [
        str(network)
        for network in settings.TRUSTED_PROXIES
        if network.prefixlen < bits[network.version]
    ]
