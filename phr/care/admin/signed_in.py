"""Who is at work in the admin site."""

from django.http import HttpRequest

from phr.accounts.models import User


def staff(request: HttpRequest) -> User:
    """Who is signed in to the admin site, which lets nobody but staff in."""
    assert isinstance(request.user, User)
    return request.user
