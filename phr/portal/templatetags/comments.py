"""The comments below a record, and for a doctor the form of another one."""

from typing import Any

from django import template
from django.template.context import RequestContext

from phr.accounts.models import UserType
from phr.health_records.record_rows import RecordRow
from phr.portal.comments.forms import CommentForm

register = template.Library()


@register.inclusion_tag("portal/comments/comments.html", takes_context=True)
def comments_of(context: RequestContext, record: RecordRow) -> dict[str, Any]:
    """What doctors say about a record, as the reader may see it."""
    person = context["person"]
    is_doctor = person.user_type == UserType.DOCTOR
    return {
        "record": record,
        "person": person,
        "form": CommentForm() if is_doctor else None,
        "csrf_token": context.get("csrf_token"),
    }
