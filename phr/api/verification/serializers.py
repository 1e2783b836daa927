"""Doctors' licences as JSON: what is taken."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail

from phr.api.accounts.serializers import name_field
from phr.api.fields import Choice, Line, Moment, StrictSerializer
from phr.care.models import LONGEST_REASON

VERIFY, REFUSE = "VERIFY", "REFUSE"
WANTED = "The details that staff verify. Fields that you leave out stay as they are."
GUARD = "The number that you looked at. If it has changed since, the answer is a 409."


class LicenseSerializer(StrictSerializer):
    """A licence that a doctor submits."""

    license_number = Line(max_length=50)
    authority = Line(max_length=200, help_text="The authority that issued the licence.")
    document_reference = Line(
        max_length=200,
        required=False,
        allow_blank=True,
        help_text="Where the licence document can be looked up.",
    )

    first_name = name_field(WANTED)
    last_name = name_field(WANTED)
    specialization = Line(max_length=100, required=False, help_text=WANTED)

    class Meta:
        answered = (
            "id",
            "status",
            "valid_until",
            "reason",
            "created_at",
            "decided_at",
        )


class DecisionSerializer(StrictSerializer):
    """What staff have checked, so that nothing newer passes for it."""

    license_number = Line(max_length=50, required=False, help_text=GUARD)
    first_name = name_field(GUARD)
    last_name = name_field(GUARD)
    specialization = Line(
        max_length=100, required=False, allow_blank=True, help_text=GUARD
    )
    authority = Line(max_length=200, required=False, allow_blank=True, help_text=GUARD)

    def why_not(self, name: str) -> ErrorDetail:
        if name in ("reason", "valid_until"):
            return ErrorDetail(
                _("This field belongs to another decision."), "not_with_this"
            )
        return super().why_not(name)


class VerifySerializer(DecisionSerializer):
    """The doctor is who they say."""

    decision = Choice([VERIFY])
    valid_until = Moment(help_text="In the future, at most ten years ahead.")


class RefuseSerializer(DecisionSerializer):
    """The licence is not, or no longer, accepted."""

    decision = Choice([REFUSE])
    reason = Line(max_length=LONGEST_REASON, help_text="The doctor can read this.")


def is_refusal(data: Any) -> bool:
    """Which decision a body means; one that names none is told by its fields."""
    if not isinstance(data, dict):
        return False
    decision = data.get("decision")
    return decision == REFUSE or (decision != VERIFY and "reason" in data)
