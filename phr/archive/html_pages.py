"""Readable pages of an archive, in the language that is spoken when they are written.

They have no scripts, and every word of the data is escaped.
"""

from collections.abc import Mapping
from datetime import date, datetime
from html import escape
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from phr.archive.labels import CODES, LABELS
from phr.archive.layout import SERIES
from phr.audit.actions import sentence_of

Names = Mapping[str, str]  # of people, by id

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;"
    "padding:0 1rem;color:#1c1c1c;background:#fff}"
    "section{border-top:1px solid #bbb;padding:.5rem 0}"
    "section section{margin-left:1.5rem}h2,h3{margin:.5rem 0}"
    "dl{display:grid;grid-template-columns:11rem 1fr;gap:.2rem 1rem;margin:0}"
    "dt{color:#555}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}"
    "@media print{a{color:inherit}section{break-inside:avoid-page}}"
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
TITLES = {
    "account": _("Account"),
    "care": _("Doctors and access"),
    "records": _("Health records"),
    "notifications": _("Notifications"),
    "access-log": _("Access log"),
}
# What tells the reader most about a thing, in its heading.
HEADINGS = (
    *("title", "visit_date", "email", "action", "at", "doctor"),
    *("first_name", "last_name"),
)


def page(title: str, body: str) -> bytes:
    """A whole page; the body is HTML already."""
    head = (
        f'<!doctype html><html lang="{get_language()}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
    )
    return f"{head}<h1>{escape(title)}</h1>{body}</body></html>\n".encode()


def part_page(kind: str, body: str) -> bytes:
    all_parts = gettext("All parts")
    back = f'<p><a href="index.html">{escape(all_parts)}</a></p>'
    return page(str(TITLES[kind]), back + body)


def index_page(parts: list[str], at: datetime) -> bytes:
    """The first page, with a way to each of the others.

    :param parts: their names without an ending, such as "records-0001".
    """
    links = "".join(
        f'<li><a href="{name}.html">{escape(title_of(name))}</a></li>' for name in parts
    )
    about = gettext(
        "Everything that this server stores about you and may show you, as of "
        "%(moment)s. The .json files contain the same for programs; schema.json "
        "describes them."
    )
    told = escape(about % {"moment": moment(timezone.localtime(at))})
    return page(gettext("Your account"), f"<p>{told}</p><ul>{links}</ul>")


def title_of(name: str) -> str:
    kind, _, number = name.rpartition("-")
    return f"{TITLES[kind]} {int(number)}" if kind in SERIES else str(TITLES[name])


def sections(shape: Mapping[str, Any], names: Names) -> str:
    """A part that is one object: what it has by name, one section for each."""
    return "".join(
        f"<section><h2>{escape(str(LABELS[name]))}</h2>{block(value, names)}</section>"
        for name, value in shape.items()
        if name != "part"
    )


def item(shape: Mapping[str, Any], names: Names, level: int = 2) -> str:
    """One thing of a list, under a heading that tells what it is."""
    if "action" in shape:  # a line of the ledger
        shape = {**shape, "action": sentence_of(shape["action"], shape["outcome"])}
    told = [said(here(name, shape), names) for name in HEADINGS if shape.get(name)]
    heading = f"<h{level}>{' · '.join(told[:3])}</h{level}>" if told else ""
    return f"<section>{heading}{block(shape, names)}</section>"


def block(value: Any, names: Names) -> str:
    match value:
        case dict():
            lines = (line(name, here(name, value), names) for name in value)
            return f"<dl>{''.join(lines)}</dl>"
        case [dict(), *_]:
            return "".join(item(each, names, level=3) for each in value)
        case _:
            told = said(value, names) or escape(gettext("None"))
            return f"<p>{told}</p>"


def line(name: str, value: Any, names: Names) -> str:
    """One member of an object; what is empty is left out."""
    if value is None or value in ("", []):
        return ""
    is_inner = isinstance(value, dict) or (isinstance(value, list) and is_things(value))
    known = {} if name == "id" else names
    told = block(value, names) if is_inner else said(value, known)
    return f"<dt>{escape(str(LABELS[name]))}</dt><dd>{told}</dd>"


def here(name: str, shape: Mapping[str, Any]) -> Any:
    """A member of an object; codes in words, a time as clocks show it to the reader.

    But for that of a visit, which is told as it was where the visit was.
    """
    words = CODES.get(name, {})
    match shape[name]:
        case datetime() as at if name != "visit_date":
            return timezone.localtime(at)
        case str() as code:
            return words.get(code, code)
        case [str(), *_] as codes:
            return [words.get(code, code) for code in codes]
        case value:
            return value


def is_things(values: list[Any]) -> bool:
    return bool(values) and isinstance(values[0], dict)


def said(value: Any, names: Names | None = None) -> str:
    """A plain value in words, escaped; people by their names."""
    match value:
        case bool():
            return escape(gettext("yes") if value else gettext("no"))
        case datetime():
            return moment(value)
        case date():
            return date_format(value, "DAY")
        case list():
            return ", ".join(said(each, names) for each in value)
        case _:
            told = str(value)
            return escape((names or {}).get(told, told))


def moment(at: datetime) -> str:
    """A time as the reader writes it, and by which clock; programs have the seconds."""
    day, clock = date_format(at, "DAY"), date_format(at, "CLOCK")
    return f"{day}, {clock} ({at.tzname()})"
