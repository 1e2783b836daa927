"""What a doctor fills in to ask for access, to take over, or to end it."""

from django.utils.translation import gettext_lazy as _

from phr.care.models import LONGEST_REASON
from phr.portal.forms import PortalForm
from phr.portal.sent_once import CreatingForm
from phr.portal.text_fields import LineField, PatientCodeField

CODE_HINT = _("Patients find their code under Access, and tell it to you.")


class AskForm(CreatingForm):
    """Whom, and why."""

    patient_id = PatientCodeField(label=_("The patient's code"), help_text=CODE_HINT)
    reason = LineField(
        label=_("Why you ask (optional)"),
        longest=LONGEST_REASON,
        required=False,
        help_text=_("The patient reads this."),
    )


class TakeOverForm(PortalForm):
    """Whom."""

    patient_id = PatientCodeField(label=_("The patient's code"), help_text=CODE_HINT)


class EndForm(PortalForm):
    """Why."""

    reason = LineField(
        label=_("Why (optional)"),
        longest=LONGEST_REASON,
        required=False,
        help_text=_("The patient reads this."),
    )
