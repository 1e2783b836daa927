"""The picture of a timeline on a page, kept for as long as it says the same."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from phr.core.kept_texts import find_text, keep_text
from phr.health_records.timeline import Timeline
from phr.portal.timeline import ListUrl, RecordUrl, timeline_of

TEMPLATE = "portal/partials/timeline.html"


def picture_of(
    timeline: Timeline, *, record_url: RecordUrl, list_url: ListUrl
) -> SafeString:
    """The picture with the table behind it; nothing if there are no records.

    :param record_url, list_url: the same for each picture of a reader and a patient.
    """

    if not timeline.version.records:
        return SafeString("")
    text = find_text(kept_as(timeline)) if timeline.is_known else None
    if text is None:
        timeline, marks = timeline.with_marks()
        drawn = timeline_of(marks, record_url=record_url, list_url=list_url)
        text = render_to_string(TEMPLATE, {"timeline": drawn}) if drawn else ""
        if timeline.is_known:
            keep_text(kept_as(timeline), text)
    return SafeString(text)  # a template has made it  # nosec B703


def kept_as(timeline: Timeline) -> str:
    return f"timeline {get_language()} {timeline.name}"
