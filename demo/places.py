"""Where the people of the demo were, as the ledger notes it."""

from datetime import datetime

from demo.entries import Account, Everyday, WrongPassword
from demo.files import people
from phr.core.request_origin import Origin

FACE = "demo"
DEVICES = {
    "desk": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "phone": "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
}
NOWHERE = Origin(FACE)


def home_of(account: Account) -> Origin:
    return Origin(FACE, account.address, DEVICES[account.device])


def place_of(username: str, at: datetime, everyday: Everyday) -> Origin:
    """Where somebody was at a time."""
    for other in everyday.elsewhere:
        if (other.who, other.day) == (username, at.date()):
            return Origin(FACE, other.address, DEVICES["desk"])
    return home_of(people().account_of(username))


def place_of_guess(wrong: WrongPassword) -> Origin:
    """Where a wrong password came from."""
    if wrong.address:
        return Origin(FACE, wrong.address, wrong.program)
    return home_of(people().account_of(wrong.account))
