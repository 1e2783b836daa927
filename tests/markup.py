"""What is wrong with a page's HTML, by the rules of the HTML standard.

https://html.spec.whatwg.org/multipage/
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from xml.etree.ElementTree import Element

import html5lib

HTML = "{http://www.w3.org/1999/xhtml}"
# Elements in which only phrasing content may stand ("Content model"), and some of what
# is none. Headings may stand in a legend and in a summary.
OF_PHRASES = {"p", "span", "button", "label", "h1", "h2", "h3", "h4", "strong", "em"}
OF_PHRASES |= {"summary", "legend", "dt", "small", "code", "time", "mark", "b", "i"}
HEADINGS = {"h1", "h2", "h3", "h4"}
NO_PHRASES = {"div", "p", "ul", "ol", "dl", "table", "form", "section", "article"}
NO_PHRASES |= {"fieldset", "header", "footer", "nav", "main", "aside", "details", "pre"}
MAY_HOLD_HEADINGS = {"legend", "summary"}
# What the content models of these elements are made of, and where these may stand.
CHILDREN = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "dl": {"dt", "dd", "div"},
    "select": {"option", "optgroup", "hr"},
    "tr": {"td", "th"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot"},
}
PARENTS = {"li": {"ul", "ol", "menu"}, "dt": {"dl", "div"}, "dd": {"dl", "div"}}
PARENTS |= {"option": {"select", "optgroup", "datalist"}, "legend": {"fieldset"}}
PARENTS |= {"summary": {"details"}, "figcaption": {"figure"}}
PRESSED = {"a", "button", "input", "select", "textarea", "summary"}
ONE_ID = ("for", "aria-activedescendant", "list", "form")
MANY_IDS = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns")


@dataclass(frozen=True)
class Place:
    """An element, by its name, and the names of those that it stands in, inmost first.

    What is of SVG has no name here.
    """

    element: Element
    name: str
    above: tuple[str, ...]

    def has(self, attribute: str) -> str:
        return self.element.get(attribute, "")


def faults_of(html: str) -> list[str]:
    """What is wrong with a page, each with a word about where."""
    parser = html5lib.HTMLParser()
    page = parser.parse(html)
    places = list(places_in(page, ()))
    return [
        *(f"{error} {values} in line {at[0]}" for at, error, values in parser.errors),
        *faults_of_ids(places),
        *(fault for place in places for fault in faults_of_place(place)),
        *faults_of_outline([place.name for place in places]),
    ]


def places_in(element: Element, above: tuple[str, ...]) -> Iterator[Place]:
    tag = element.tag
    if not isinstance(tag, str):  # a comment
        return
    name = tag.removeprefix(HTML) if tag.startswith(HTML) else ""
    yield Place(element, name, above)
    for child in element:
        yield from places_in(child, (name, *above))


def faults_of_ids(places: list[Place]) -> Iterator[str]:
    """Ids that are there twice, and ids that are named and not there."""
    ids = Counter(place.has("id") for place in places if place.has("id"))
    yield from (f"The id {name} {n} times" for name, n in ids.items() if n > 1)
    for place in places:
        for name in ids_named_by(place):
            if name not in ids:
                yield f"<{place.name}> names no id: {name}"


def ids_named_by(place: Place) -> Iterator[str]:
    yield from filter(None, map(place.has, ONE_ID))
    for name in MANY_IDS:
        yield from place.has(name).split()
    if place.name == "a" and place.has("href").startswith("#"):
        yield place.has("href")[1:]


def faults_of_place(place: Place) -> Iterator[str]:
    """An element where its kind may not stand."""
    name, parent = place.name, next(iter(place.above), "")
    if not name:
        return
    is_alien = parent in CHILDREN and name not in CHILDREN[parent]
    if is_alien or (name in PARENTS and parent not in PARENTS[name]):
        yield f"<{name}> as a child of <{parent}>"
    for above in place.above:
        is_pressed_twice = name in PRESSED and above in ("a", "button")
        if is_pressed_twice or (above in OF_PHRASES and is_no_phrase(name, above)):
            yield f"<{name}> in <{above}>"


def is_no_phrase(name: str, above: str) -> bool:
    if name in HEADINGS:
        return above not in MAY_HOLD_HEADINGS
    return name in NO_PHRASES


def faults_of_outline(names: list[str]) -> Iterator[str]:
    """What a page has to have once, and headings that skip a level."""
    for name in ("h1", "main", "title"):
        if names.count(name) != 1:
            yield f"<{name}> {names.count(name)} times"
    levels = [int(name[1]) for name in names if name in HEADINGS]
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"<h{after}> after <h{before}>"
