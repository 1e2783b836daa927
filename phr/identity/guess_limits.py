"""Guesses at passwords and codes, counted for the account and for the place.

Strangers share one budget for an account, wherever they are. A place from which the
account has signed in lately has another one of its own, which they cannot use up, so
that nobody locks the owner out (ADR 50; OWASP, device cookies).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Self
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.db.models import Value

from phr.accounts.models import LoginSession
from phr.core.errors import TooMany
from phr.core.ip_networks import network_of, range_of
from phr.core.rate_limits import Limit
from phr.core.request_origin import current_origin
from phr.identity.known_devices import device_of

PLACE_IS_KNOWN_FOR = timedelta(days=90)
NOBODY = UUID(int=0)


class Place(NamedTuple):
    """Where a guess is made.

    :param key: who to count for: a client's network, or a device.
    :param is_known: whether the account has signed in from there.
    """

    key: str
    is_known: bool
    is_device: bool = False


def present_place(user_id: UUID | None, *, at: datetime) -> Place:
    """Where the present request comes from, as an account knows it.

    The same is asked of the database for an account that does not exist.
    """
    origin = current_origin.get()
    address = origin.address or "unknown"
    has_signed_in = origin.address is not None and signed_in_from(
        user_id or NOBODY, origin.address, since=at - PLACE_IS_KNOWN_FOR
    )
    device = device_of(user_id, origin.device)
    if device is not None:
        return Place(f"device:{device}", is_known=True, is_device=True)
    return Place(network_of(address), is_known=has_signed_in)


def signed_in_from(user_id: UUID, address: str, *, since: datetime) -> bool:
    """Whether the account has signed in from the network of an address."""
    network = range_of(address)
    api = LoginSession.objects.filter(
        user_id=user_id, address__range=network, last_used_at__gte=since
    )
    browser = UserSession.objects.filter(
        user_id=user_id, ip__range=network, last_seen_at__gte=since
    )
    one = Value(1)
    both = api.values_list(one).union(browser.values_list(one), all=True)
    return bool(both[:1])


@dataclass(frozen=True, slots=True)
class Guess:
    """One guess, counted already.

    :param refusal: what a wrong one is answered with, at a known place as well, so
        that nobody learns which places an account knows; None while there is room.
    :param may_be_right: whether a right one counts.
    """

    taken: tuple[tuple[Limit, str], ...]
    refusal: TooMany | None
    may_be_right: bool

    def insist(self) -> None:
        """:raises TooMany: whatever the guess, it does not count."""
        if self.refusal is not None and not self.may_be_right:
            raise self.refusal

    def is_wrong(self, otherwise: Exception) -> Exception:
        """What to raise of a wrong guess."""
        return self.refusal or otherwise

    def is_right(self) -> None:
        """Take it back from the counts."""
        for limit, key in self.taken:
            limit.give_back(key)


@dataclass(frozen=True, slots=True)
class Guesses:
    """How often an account may be guessed at, in all and from each place it knows."""

    per_account: Limit
    per_place: Limit

    @classmethod
    def at_most(cls, times: int, window: timedelta, *, name: str) -> Self:
        return cls(
            Limit(f"{name}:account", times, window),
            Limit(f"{name}:place", times, window),
        )

    def count(self, account: str, place: Place) -> Guess:
        """Count a guess before it is made.

        It counts for both, whether the place is known or not: neither answers nor
        their time tell strangers which.

        :param account: the id of one, or a name that is nobody's.
        :raises Unavailable: the counters cannot be reached.
        """
        keys = ((self.per_account, account), (self.per_place, f"{place.key} {account}"))
        refusals = [refusal_of(limit, key) for limit, key in keys]
        taken = tuple(
            counted
            for counted, refusal in zip(keys, refusals, strict=True)
            if refusal is None
        )
        by_account, by_place = refusals
        may_be_right = by_account is None or (place.is_known and by_place is None)
        return Guess(taken, by_account, may_be_right)


def refusal_of(limit: Limit, key: str) -> TooMany | None:
    try:
        limit.take(key)
    except TooMany as error:
        return error
    return None
