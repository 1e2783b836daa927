"""Addresses that stand on each page or in each row, looked up once in a process."""

from functools import cache
from uuid import UUID

from django.urls import reverse

STAND_IN = UUID(int=0)


@cache
def address_of(route: str) -> str:
    """The address of a page that is the same for everybody."""
    return reverse(route)


def address_with_id(route: str, thing_id: UUID) -> str:
    """The address of a page about one thing.

    :param route: the name of an address with one id in it.
    """
    before, after = around_id(route)
    return f"{before}{thing_id}{after}"


@cache
def around_id(route: str) -> tuple[str, str]:
    before, _, after = reverse(route, args=[STAND_IN]).partition(str(STAND_IN))
    return before, after
