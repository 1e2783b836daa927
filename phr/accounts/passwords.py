"""Passwords: validating, checking and rehashing them."""

from functools import partial

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from phr.accounts.hashing import spellings
from phr.accounts.models import User
from phr.core.errors import Invalid, NotAllowed
from phr.core.password_validation import normalized


class WeakPassword(Invalid):
    code, title = "weak_password", _("This password is too easy to guess.")
    advice = _(
        "Choose another password. This one is too short, common, only digits, similar "
        "to your name, or made of words that are easy to guess here."
    )


class WrongPassword(NotAllowed):
    code, title = "wrong_password", _("This is not your password")
    advice = _("Try again. After ten wrong passwords in 15 minutes you have to wait.")


def check_new_password(password: str, user: User) -> None:
    """:raises WeakPassword: Django's validators refuse it."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages), field="password") from None


def password_fits(account: User | None, password: str) -> bool:
    """Whether this signs the account in; it takes as long if there is none.

    An outdated hash is replaced if the password is right.
    """
    if account is None or not account.has_usable_password():
        for spelling in spellings(password):
            make_password(spelling)  # takes the time that checking would
        return False
    keep = partial(keep_new_hash, account)
    fits = check_password(password, account.password, keep)
    if fits and not is_hashed_normalized(password, account):
        keep(password)
    return fits and account.is_active


def is_hashed_normalized(password: str, account: User) -> bool:
    """Whether it is the normalized password that an account's hash is of (ADR 60)."""
    as_hashed = normalized(password)
    return as_hashed == password or check_password(as_hashed, account.password)


def keep_new_hash(account: User, password: str) -> None:
    """Rehash a correct password whose hash is outdated.

    Of simultaneous sign-ins the first one's hash is kept, and the others go on with it.
    """
    before, account.password = account.password, make_password(password)
    same = User.objects.filter(pk=account.pk)
    if not same.filter(password=before).update(password=account.password):
        present = same.values_list("password", flat=True).first() or ""
        fits = check_password(password, present)
        account.password = present if fits else before


def set_password(user: User, password: str) -> None:
    user.set_password(password)
    user.save(update_fields=["password", "updated_at"])
