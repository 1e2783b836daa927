"""Icons of the sprite, put together once in a process."""

from functools import cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from phr.care.choices import RecordType

# Each type of record has a colour (in the stylesheet), an icon and a word.
ICONS = {
    RecordType.CHECKUP: "clipboard-check",
    RecordType.DIAGNOSIS: "stethoscope",
    RecordType.PRESCRIPTION: "pill",
    RecordType.LAB_RESULT: "flask-conical",
    RecordType.EMERGENCY: "siren",
}


@cache
def icon(name: str) -> SafeString:
    """An icon of the sprite; what it means stands beside it as a word."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("portal/icons.svg"),
        name,
    )


@cache
def kind_icon(record_type: str) -> SafeString:
    """The icon of a type of record, on its colour."""
    return format_html(
        '<span class="kind kind-{}">{}</span>',
        record_type.lower(),
        icon(ICONS[RecordType(record_type)]),
    )
