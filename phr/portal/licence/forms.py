"""What a doctor hands in for staff to verify."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from phr.portal.sent_once import CreatingForm
from phr.portal.text_fields import LineField


class LicenceForm(CreatingForm):
    """The licence, and by which name and for what."""

    license_number = LineField(label=_("Licence number"), longest=50)
    authority = LineField(
        label=_("Issued by"),
        longest=200,
        help_text=_("The chamber or authority that gave you the licence."),
    )
    document_reference = LineField(
        label=_("Where it can be looked up (optional)"),
        longest=200,
        required=False,
        help_text=_("A public register, or the number of the document."),
    )
    first_name = LineField(label=_("First name"), longest=150, required=False)
    last_name = LineField(label=_("Last name"), longest=150, required=False)
    specialization = LineField(label=_("Specialization"), longest=100, required=False)

    def values(self) -> dict[str, Any]:
        """What the service takes: a specialization left empty stays as it is."""
        values = dict(self.cleaned_data)
        if not values["specialization"]:
            del values["specialization"]
        return values
