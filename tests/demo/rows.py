"""Loading the demo, and every row of it."""

from datetime import UTC, datetime
from io import StringIO

from django.core.management import call_command
from django.db.models import Model
from django.test.utils import override_settings

from phr.accounts.models import User
from phr.audit.models import AccessEntry
from phr.care.models import (
    CareGrant,
    DoctorProfile,
    DoctorVerification,
    EmergencyAccess,
    PatientProfile,
)
from phr.core.models import OutboxEvent
from phr.health_records.models import (
    CommentVersion,
    DoctorComment,
    HealthRecord,
    RecordVersion,
)
from phr.notifications.models import Notification

# What may lie after it does so for years: the demo must be the same on any day.
FAR_AHEAD = datetime(2029, 11, 1, tzinfo=UTC)
ENDS = {"expires_at", "valid_until", "verified_until"}
VERSIONS: tuple[type[Model], ...] = (RecordVersion, CommentVersion)
BY_LOT = {"password", "pgh_id"}
OF_THE_DEMO: list[type[Model]] = [
    User,
    DoctorProfile,
    PatientProfile,
    DoctorVerification,
    CareGrant,
    EmergencyAccess,
    HealthRecord,
    DoctorComment,
    *VERSIONS,
    OutboxEvent,
    Notification,
    AccessEntry,
]


def load_demo() -> str:
    printed = StringIO()
    with override_settings(DEBUG=True):
        call_command("load_demo", stdout=printed)
    return printed.getvalue()


def everything() -> dict[str, list[dict[str, object]]]:
    """Every value of every row, but for what the database draws by lot and the salt."""
    rows = {}
    for model in OF_THE_DEMO:
        order = "pgh_created_at" if model in VERSIONS else "pk"
        values = model._default_manager.order_by(order).values()
        rows[model.__name__] = [
            {name: value for name, value in row.items() if name not in BY_LOT}
            for row in values
        ]
    return rows
