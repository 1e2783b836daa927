"""The form of a comment."""

from django import forms
from django.utils.translation import gettext_lazy as _

from phr.health_records.models import LONGEST_COMMENT
from phr.portal.sent_once import CreatingForm


class CommentForm(CreatingForm):
    """What a doctor says, and whether the patient reads it."""

    comment = forms.CharField(
        label=_("Your comment"),
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_private = forms.BooleanField(
        label=_("Only for doctors: hide it from the patient"), required=False
    )


def blank_comment() -> CommentForm:
    """The form as it stands below a record."""
    return CommentForm()
