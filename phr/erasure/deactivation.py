"""Closing the account of a doctor or of staff: what they did stays under their name."""

from collections import Counter
from datetime import datetime

from django.db.models import Q

from phr.accounts.models import User
from phr.care.choices import OPEN
from phr.care.end_reasons import ACCOUNT_CLOSED
from phr.care.grants import GrantNotOpen, end_grant
from phr.care.models import CareGrant
from phr.core.idempotency import forget_person
from phr.erasure.common import remove_ways_in

GRANTS_AT_ONCE = 100


def end_grants(user: User, at: datetime) -> Counter[str]:
    """End a doctor's grants as the doctor would, so that each patient is told."""
    run_out = Q(expires_at__lte=at)
    grants = CareGrant.objects.filter(~run_out, doctor__user=user, status__in=OPEN)
    newest = grants.order_by("-requested_at", "-pk")  # as an index has them
    ids = list(newest.values_list("pk", flat=True)[:GRANTS_AT_ONCE])
    for grant_id in ids:
        try:
            end_grant(actor=user, grant_id=grant_id, at=at, reason=ACCOUNT_CLOSED)
        except GrantNotOpen:
            continue  # the patient was quicker
    return Counter(grants_ended=len(ids))


STAGES = (end_grants,)


def close_account(user: User) -> Counter[str]:
    """Take from the account what leads to its owner, and what they signed in with."""
    gone = remove_ways_in(user)
    forget_person(user.pk)
    user.email, user.phone_number, user.date_of_birth = "", "", None
    user.language = user.time_zone = ""
    user.is_active = False
    user.set_unusable_password()
    user.save()
    return gone
