"""How `manage.py doctor` sees what the server believes of its proxies.

It asks the public address with a forged `X-Forwarded-For` and with a word that only
this installation can sign and that counts for a minute. Whoever shows that word at
`/health/` is told which address, scheme and host the server takes the request to be
from. Nobody else is.
"""

from django.core import signing
from django.http import HttpRequest

HEADER = "X-Doctor-Probe"
COUNTS_FOR = 60  # seconds
signer = signing.TimestampSigner(salt="phr.interfaces.proxy_probe")


def make_probe() -> str:
    """A word that has the server tell what it sees; it counts for a minute."""
    return signer.sign("doctor")


def what_is_seen(request: HttpRequest) -> dict[str, str] | None:
    """Where the server takes this request to come from; None for others' requests."""
    word = request.headers.get(HEADER, "")
    if not word:
        return None
    try:
        signer.unsign(word, max_age=COUNTS_FOR)
    except signing.BadSignature:
        return None
    return {
        "address": str(request.META.get("REMOTE_ADDR", "")),
        "scheme": str(request.scheme),
        "host": request.get_host(),
    }
