"""Addresses of many things of one kind: Django looks a route up once, not for each."""

from functools import cache
from uuid import UUID

from django.urls import reverse

STAND_IN = UUID(int=0)


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
