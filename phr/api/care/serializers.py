"""Assignments as JSON: what is taken."""

from phr.api.fields import Id, StrictSerializer


class AssignmentSerializer(StrictSerializer):
    """Which doctor to assign to which patient. Doctors may leave themselves out."""

    patient_id = Id()
    doctor_id = Id(
        required=False,
        allow_null=True,
        default=None,
        help_text=(
            "Doctors may leave this out to mean themselves. Staff always have to set "
            "it."
        ),
    )
