"""What people are called. Many have one name only, so either of the two will do."""

from django.utils.translation import gettext_lazy as _

from phr.core.errors import Invalid

NAMES = ("first_name", "last_name")


class NameMissing(Invalid):
    code, title = "blank", _("Give a first name, a last name, or both.")


def full_name(first_name: str, last_name: str) -> str:
    """Somebody's name as others read it."""
    return f"{first_name} {last_name}".strip()


def insist_on_name(first_name: str, last_name: str, *, field: str) -> None:
    """See that somebody is called something.

    :param field: the input at fault, if there is one.
    :raises NameMissing: neither name says anything.
    """
    if not full_name(first_name, last_name):
        raise NameMissing(field=field)
