"""What the icons for yes and no are called, for who does not see them."""

from typing import Any, cast

from django.contrib.admin.templatetags import admin_list
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

ICONS = {
    True: ("yes", _("Yes")),
    False: ("no", _("No")),
    None: ("unknown", _("Unknown")),
}


def boolean_icon(value: bool | None) -> SafeString:  # noqa: FBT001 - as Django calls it
    """Django's icon of a value, called by a word in the reader's language."""
    name, words = ICONS[value]
    source = static(f"admin/img/icon-{name}.svg")
    return format_html('<img src="{}" alt="{}">', source, words)


def name_boolean_icons() -> None:
    """Have Django use it: its own says "True" in each language.

    No template and no option stands between; whoever shows a value asks this module.
    """
    cast(Any, admin_list)._boolean_icon = boolean_icon  # noqa: SLF001 - as said
