"""The drawings of a timeline as SVG.

Written by a function, as the hundreds of marks take a template ten times as long.
"""

from collections.abc import Iterator
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from phr.care.choices import RecordType
from phr.portal.timeline import Dot, Drawing

MOST_SHOWN = 99  # in a mark; what is more is told in words
ONE, SEVERAL = 9, 13  # radius of a mark


def svg_of(drawing: Drawing) -> SafeString:
    """A drawing whose marks are links; all that is not ours is escaped."""
    return SafeString("\n".join(lines_of(drawing)))  # escaped below  # nosec B703


def lines_of(drawing: Drawing) -> Iterator[str]:
    layout = drawing.layout
    title, description = (
        _("Records by kind and time"),
        _(
            "Years go from left to right, kinds from top to bottom. A number says how"
            " many records a mark stands for."
        ),
    )
    yield (
        f'<svg class="picture {layout.name}"'
        f' viewBox="0 0 {layout.width} {layout.height}" role="group"'
        f' aria-labelledby="timeline-{layout.name}">'
        f'<title id="timeline-{layout.name}">{escape(title)}</title>'
        f"<desc>{escape(description)}</desc>"
    )
    for year, x in drawing.years:
        yield (
            f'<line class="year" x1="{x}" x2="{x}" y1="4" y2="{layout.bottom}"></line>'
            f'<text class="year-name" x="{x}" y="{layout.height - 8}"'
            f' aria-hidden="true">{year}</text>'
        )
    for kind, y in drawing.lanes:
        yield (
            f'<line class="lane" x1="{layout.left}" x2="{layout.width}"'
            f' y1="{y}" y2="{y}"></line>'
            f'<text class="lane-name" x="0" y="{y + layout.name_below}"'
            f' aria-hidden="true">{escape(str(RecordType(kind).label))}</text>'
        )
    yield from map(mark_of, drawing.dots)
    yield "</svg>"


def mark_of(dot: Dot) -> str:
    """A link, which its title names to screen readers and under a pointer."""
    words = escape(dot.words)
    several = dot.count > 1
    number = str(dot.count) if dot.count <= MOST_SHOWN else f"{MOST_SHOWN}+"
    return (
        f'<a class="mark kind-{dot.record_type.lower()}" href="{escape(dot.href)}"'
        f"><title>{words}</title>"
        f'<circle cx="{dot.x}" cy="{dot.y}" r="{SEVERAL if several else ONE}"></circle>'
        + (f'<text x="{dot.x}" y="{dot.y + 4}">{number}</text>' if several else "")
        + "</a>"
    )
