"""The readable guide; what is in the code is taken from the code."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import override

from phr.api.care.filters import DoctorFilter
from phr.api.health_records.filters import RecordFilter
from phr.api.notifications.filters import NotificationFilter
from phr.api.openapi.problems import example_of
from phr.api.pages.error_codes import fault_codes, problem_codes
from phr.api.paging import DEFAULT_SIZE, LARGEST_SIZE
from phr.care.registration import REGISTRATIONS_A_DAY, REGISTRATIONS_PER_ADDRESS
from phr.core.public_url import public_url
from phr.health_records.services import VisitDateOutOfRange
from phr.identity.sign_in import FAILED_LOGINS, FAILED_LOGINS_PER_ADDRESS
from phr.identity.token_refresh import REFRESHES_PER_ADDRESS, REUSE_IS_REPETITION

LIMITS = (
    (FAILED_LOGINS.per_account, "failed sign-ins for one account"),
    (FAILED_LOGINS_PER_ADDRESS, "failed sign-ins from one address"),
    (REGISTRATIONS_PER_ADDRESS, "new accounts from one address"),
    (REGISTRATIONS_A_DAY, "new accounts from one address"),
    (REFRESHES_PER_ADDRESS, "refreshes from one address"),
)
FILTERS = (
    ("/api/health-records/", RecordFilter),
    ("/api/auth/doctors/", DoctorFilter),
    ("/api/notifications/", NotificationFilter),
)


@override("en")  # the guide and its codes are in English
def guide_context() -> dict[str, Any]:
    """What the guide's templates show."""
    example = example_of(
        VisitDateOutOfRange(field="visit_date"), "/api/health-records/"
    )
    return {
        "server": public_url(""),
        "access_lifetime": in_words(settings.ACCESS_TOKEN_LIFETIME),
        "repetition": in_words(REUSE_IS_REPETITION),
        "consent": settings.CARE_CONSENT_REQUIRED,
        "default_page": DEFAULT_SIZE,
        "largest_page": LARGEST_SIZE,
        "filters": list(filters()),
        "limits": [
            {"times": limit.times, "what": what, "window": in_words(limit.window)}
            for limit, what in LIMITS
        ],
        "example": json.dumps(example, indent=2),
        "codes": problem_codes(),
        "input_codes": fault_codes(),
    }


def filters() -> Any:
    for path, filterset in FILTERS:
        for name, kind in filterset.base_filters.items():
            yield {"path": path, "name": name, "label": kind.label}


def in_words(time: timedelta) -> str:
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    if seconds:
        return f"{minutes * 60 + seconds} seconds"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
