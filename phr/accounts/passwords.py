"""Passwords: what may be one, changing one's own, and a new one by a link in a mail."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction

from phr.accounts.addresses import InvalidLink, that_reset
from phr.accounts.guesses import Guesses, present_place
from phr.accounts.hashing import spellings
from phr.accounts.models import User
from phr.accounts.sessions import end_all_sessions
from phr.core import events
from phr.core.counters import Limit
from phr.core.errors import Invalid, NotAllowed
from phr.core.mail_addresses import comparable
from phr.core.passwords import normalized

NOBODY = UUID(int=0)
CHANGES_PER_ACCOUNT = Limit("password", 50, timedelta(days=1))
RESETS_PER_CLIENT = Limit("reset:client", 30, timedelta(hours=1))
RESETS_PER_MAILBOX = Limit("reset:mailbox", 5, timedelta(hours=1))
LINKS_PER_CLIENT = Limit("reset:link", 30, timedelta(hours=1))
PROOFS = Guesses.at_most(10, timedelta(minutes=15), name="proof")


class WeakPassword(Invalid):
    code, title = "weak_password", "This password is too easy to guess."
    advice = (
        "The password is short, common, all digits, like the name, or made of "
        "words that suggest themselves here."
    )


class WrongPassword(NotAllowed):
    code, title = "wrong_password", "This is not your password"
    advice = "Try again; ten wrong ones in a quarter of an hour are enough."


def check_new_password(password: str, user: User) -> None:
    """:raises WeakPassword: Django's validators refuse it."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages), field="password") from None


def password_fits(account: User | None, password: str) -> bool:
    """Whether this signs the account in; it takes as long if there is none.

    An older hash that it fits is made anew.
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
    """Hash a password anew that is right, as its hash is not made as hashes are now.

    Of simultaneous sign-ins the first one's hash is kept, and the others go on with it.
    """
    before, account.password = account.password, make_password(password)
    same = User.objects.filter(pk=account.pk)
    if not same.filter(password=before).update(password=account.password):
        present = same.values_list("password", flat=True).first() or ""
        fits = check_password(password, present)
        account.password = present if fits else before


def insist_on_password(user: User, password: str, *, field: str, at: datetime) -> None:
    """See that somebody who is signed in knows the password as well.

    :param field: the input that holds it.
    :raises WrongPassword: they do not.
    :raises TooMany: they have tried too often.
    """
    guess = PROOFS.count(str(user.pk), present_place(user.pk, at=at))
    guess.insist()
    if not check_password(password, user.password):
        raise guess.is_wrong(WrongPassword(field=field))
    guess.is_right()


def change_password(
    *, actor: User, session_id: UUID, current: str, password: str, at: datetime
) -> None:
    """Give the actor another password; all their other sessions end with it.

    :param session_id: of the session that goes on.
    :raises WrongPassword: `current` is not the present one.
    :raises WeakPassword: Django's validators refuse the new one.
    :raises TooMany: the present one was guessed at too often, or changed all day.
    """
    insist_on_password(actor, current, field="current_password", at=at)
    check_new_password(password, actor)
    CHANGES_PER_ACCOUNT.take(str(actor.pk))
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        if user.password != actor.password:
            raise WrongPassword(field="current_password")  # changed a moment ago
        set_password(user, password)
        end_all_sessions(user=user, at=at, but=session_id)
        events.emit("accounts.password_changed", user_id=user.pk)


def set_password(user: User, password: str) -> None:
    user.set_password(password)
    user.save(update_fields=["password", "updated_at"])


@transaction.atomic
def ask_for_reset(*, email: str, client: str) -> None:
    """Have a link for a new password sent to an address that its owner has confirmed.

    For an address that is nobody's the same is done, so that neither answer nor time
    tell whether there is an account.

    :param client: for whom attempts are counted.
    :raises TooMany: too many for this client or this mailbox.
    """
    RESETS_PER_CLIENT.take(client)
    address = comparable(email)
    RESETS_PER_MAILBOX.take(address)
    confirmed = that_reset().filter(email=address)
    user_id = confirmed.values_list("user_id", flat=True).first()
    events.emit("accounts.password_reset_asked", user_id=user_id or NOBODY)


def reset_key(user: User) -> str:
    """The key of the link to set a new password with: signed, for an hour, once.

    It is spent by whatever changes password or address, and by a sign-in to the admin
    site (Django's token generator).
    """
    return f"{user.pk.hex}.{default_token_generator.make_token(user)}"


def reset_password(*, key: str, password: str, at: datetime, client: str) -> User:
    """Set a new password by a link from a mail; all sessions of the account end.

    Nobody is signed in by it: who has a second factor will be asked for it as ever.

    :param client: for whom attempts are counted.
    :raises InvalidLink: forged, too old, or used.
    :raises WeakPassword: Django's validators refuse the password.
    :raises TooMany: too many links that were not valid.
    """
    LINKS_PER_CLIENT.take(client)
    check_new_password(password, find_by_key(key))
    with transaction.atomic():
        user = find_by_key(key, lock=True)  # once more: a link works once
        set_password(user, password)
        end_all_sessions(user=user, at=at)
        events.emit("accounts.password_reset", user_id=user.pk)
    LINKS_PER_CLIENT.give_back(client)
    return user


def find_by_key(key: str, *, lock: bool = False) -> User:
    """:raises InvalidLink: forged, too old, or used."""
    user_id, _, token = key.partition(".")
    users = User.objects.filter(is_active=True)
    if lock:
        users = users.select_for_update(no_key=True)
    try:
        user = users.filter(pk=UUID(hex=user_id)).first()
    except ValueError:
        user = None
    if user is None or not default_token_generator.check_token(user, token):
        raise InvalidLink(field="key")
    return user
