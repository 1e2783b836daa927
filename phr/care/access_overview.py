"""A patient's grants at a glance: who has access, who asks for it, who had it."""

from dataclasses import dataclass
from functools import cache

from django.db.models import Case, F, Q, Value, When, Window
from django.db.models.functions import Now, RowNumber

from phr.accounts.models import User, UserType
from phr.accounts.stand_ins import stand_in_patient
from phr.care.choices import GrantOrigin, GrantStatus
from phr.care.grant_rows import grant_columns, take_grant
from phr.care.models import CareGrant
from phr.core.compiled_pages import ID
from phr.core.compiled_queries import CompiledQuery

MOST_ACTIVE = 50
MOST_OTHERS = 5  # of those who ask, and of what is closed


@dataclass(frozen=True, slots=True)
class AccessOverview:
    """The latest grants of each kind; a `has_more_` says that there are others.

    :param active: those that open something now, or will; emergencies first.
    :param pending: what doctors ask for.
    :param closed: declined, ended, or run out.
    """

    active: list[CareGrant]
    pending: list[CareGrant]
    closed: list[CareGrant]
    has_more_active: bool
    has_more_pending: bool
    has_more_closed: bool


def read_access_overview(reader: User) -> AccessOverview:
    """The latest of the reader's own grants, in one statement.

    A pile of requests, or of what has ended, hides nobody who has access.

    :param reader: nobody but a patient gets any.
    """
    found: dict[str, list[CareGrant]] = {"ACTIVE": [], "PENDING": [], "CLOSED": []}
    if reader.user_type == UserType.PATIENT:
        for row in latest_query().rows(patient=reader.patient_profile.pk):
            columns = iter(row)
            grant, kind = take_grant(columns), next(columns)
            found[kind].append(grant)
    active, pending, closed = found["ACTIVE"], found["PENDING"], found["CLOSED"]
    shown = sorted(active[:MOST_ACTIVE], key=is_no_emergency)
    return AccessOverview(
        shown,
        pending[:MOST_OTHERS],
        closed[:MOST_OTHERS],
        has_more_active=len(active) > MOST_ACTIVE,
        has_more_pending=len(pending) > MOST_OTHERS,
        has_more_closed=len(closed) > MOST_OTHERS,
    )


def is_no_emergency(grant: CareGrant) -> bool:
    return grant.origin != GrantOrigin.EMERGENCY


@cache
def latest_query() -> CompiledQuery:
    """One more of each kind than is shown, the newest first, and then its kind."""
    still_open = Q(expires_at=None) | Q(expires_at__gt=Now())
    kind = Case(
        When(still_open, status=GrantStatus.ACTIVE, then=Value("ACTIVE")),
        When(still_open, status=GrantStatus.PENDING, then=Value("PENDING")),
        default=Value("CLOSED"),
    )
    newest = (F("requested_at").desc(), F("pk").desc())
    place = Window(RowNumber(), partition_by=F("kind"), order_by=newest)
    mine = CareGrant.objects.visible_to(stand_in_patient())
    numbered = mine.annotate(kind=kind, place=place)
    few = Q(place__lte=MOST_OTHERS + 1)
    many = Q(kind="ACTIVE", place__lte=MOST_ACTIVE + 1)
    latest = numbered.filter(few | many).values("pk")
    # Where it filters by a place, Django leaves out columns that are asked for twice.
    shown = CareGrant.objects.filter(pk__in=latest).annotate(kind=kind)
    rows = shown.order_by(*newest).values_list(*grant_columns(), "kind")
    return CompiledQuery.of(rows, {"patient": ID})


def list_emergencies_in_force(reader: User) -> list[CareGrant]:
    """The emergency access to a patient's records that is open now.

    :param reader: nobody but a patient gets any.
    """
    if reader.user_type != UserType.PATIENT:
        return []
    mine = CareGrant.objects.visible_to(reader).open_now()
    found = mine.filter(origin=GrantOrigin.EMERGENCY).select_related("doctor__user")
    return list(found.order_by("-requested_at", "-pk")[:MOST_OTHERS])
