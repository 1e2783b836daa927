"""Requests that may be sent again after a lost answer, and take effect once.

What a key stands for is stored in the transaction of its effect: both are there, or
neither. Of two at the same moment the second waits for the first.
"""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from phr.core.errors import DomainError, Unavailable
from phr.core.models import IdempotencyKey
from phr.core.rate_limits import Limit

LIFETIME = timedelta(hours=24)
# What is no record or comment, and so has no ceiling in the database: exports, access.
OTHERS_PER_DAY = 1_000


class KeyReused(DomainError):
    code = "idempotency_key_reused"
    title = _("This Idempotency-Key was used for another request")
    advice = _(
        "Use a new key for each request. Send a key again only with the same request."
    )


def keys_of_a_day() -> Limit:
    """How many keys one account may have kept: more than it may have effects.

    Each key is a row for a day, also where its request has found nothing to do.
    """
    most = settings.ACCOUNT_ENTRIES_PER_DAY + OTHERS_PER_DAY
    return Limit("idempotency:keys", most, LIFETIME)


def once(
    *,
    owner_id: UUID,
    key: str,
    fingerprint: str,
    act: Callable[[], Any],
    is_limited: bool = True,
) -> Any:
    """Act and keep the answer, or give the answer that is kept.

    A refusal is not kept: nothing was done, and the same key may try again.

    :param owner_id: of the user; keys of others are others.
    :param fingerprint: what is asked for, as 64 hexadecimal digits.
    :param act: does it, and returns the answer as JSON can hold it.
    :param is_limited: False for what nobody is ever kept from, and succeeds once.
    :raises KeyReused: the key stands for something else.
    :raises TooMany: as many keys of the owner are kept as may be.
    :raises DomainError: whatever `act` raises.
    """
    refusal: DomainError | None = None
    with transaction.atomic():
        mine, kept = claim(owner_id, key, fingerprint)
        if kept is None:
            raise Unavailable  # expired between two statements
        if kept.fingerprint != fingerprint:
            raise KeyReused
        if kept.pk != mine.pk:
            return kept.answer
        try:
            kept.answer = act_within_limit(owner_id, act) if is_limited else act()
        except DomainError as error:
            # Committed, not undone: the ledger may say that somebody was refused.
            refusal = error
            kept.delete()
        else:
            kept.save(update_fields=["answer"])
    if refusal:
        raise refusal
    return kept.answer


def fingerprint_of(*asked: str) -> str:
    """What is asked for, as `once` takes it.

    :param asked: where, and for what, in one order; none but the last has two lines.
    """
    return sha256("\n".join(asked).encode()).hexdigest()


def act_within_limit(owner_id: UUID, act: Callable[[], Any]) -> Any:
    """Act as one of so many requests a day whose keys are kept.

    :raises TooMany: there were as many already.
    :raises DomainError: whatever `act` raises; then nothing is kept or counted.
    """
    limit, key = keys_of_a_day(), str(owner_id)
    limit.take(key)
    try:
        return act()
    except DomainError:
        limit.give_back(key)
        raise


def claim(
    owner_id: UUID, key: str, fingerprint: str
) -> tuple[IdempotencyKey, IdempotencyKey | None]:
    """A row for the key, and the one that is there: the same, or an earlier one."""
    mine = IdempotencyKey(owner_id=owner_id, key=key, fingerprint=fingerprint)
    same = IdempotencyKey.objects.filter(owner_id=owner_id, key=key)
    same.filter(created_at__lt=timezone.now() - LIFETIME).delete()
    # Waits for another transaction that is adding the same.
    IdempotencyKey.objects.bulk_create([mine], ignore_conflicts=True)
    return mine, same.first()


def forget_person(*ids: UUID) -> None:
    """Remove the keys of a person, and everybody's answers that speak of them.

    :param ids: of their account and profile, as answers name them.
    """
    IdempotencyKey.objects.filter(owner_id__in=ids).delete()
    for one in ids:
        IdempotencyKey.objects.filter(answer__body__icontains=str(one)).delete()


def forget_expired() -> None:
    """Remove what is older than `LIFETIME`."""
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - LIFETIME).delete()
