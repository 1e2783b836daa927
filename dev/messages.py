"""Gathers the texts of the code into the catalogue of each language, and compiles it.

`make messages` after a text has changed; then give what is new its translation in
`phr/locale/de/LC_MESSAGES/django.po`, and run it again. With `--check` nothing is
written: it says what the catalogue lacks, what it has too much, and what differs.
"""

import io
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import django
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.template import Context, Origin, Template
from django.template.base import Lexer, Node, TokenType
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from dev import places
from dev.console import say
from phr.portal.fixed_tags import FixedText

PRODUCT = places.CHECKOUT / "phr"
ROOTS = [PRODUCT, places.CHECKOUT / "config", places.CHECKOUT / "server"]
CATALOGUES = sorted(PRODUCT.glob("locale/*/LC_MESSAGES/django.po"))
KEYWORDS = DEFAULT_KEYWORDS | {
    f"{name}_lazy": DEFAULT_KEYWORDS[name]
    for name in ("gettext", "ngettext", "pgettext", "npgettext")
}
KEYWORDS |= {"gettext_noop": None}
# In a tag or variable of a template: {{ value|default:_("Not given") }}.
CONSTANT = re.compile(r"""_\((["'])(.*?)\1\)""")

# A text, the one for many if there is one, and what tells it from its like.
Message = tuple[str | tuple[str, ...], str | None]


def of_code(path: Path) -> Iterator[Message]:
    """What a module marks for translation."""
    with path.open("rb") as source:
        for _line, text, _comments, context in extract("python", source, KEYWORDS):
            yield text, context


def of_template(path: Path) -> Iterator[Message]:
    """What a template marks for translation, exactly as Django looks it up."""
    source = path.read_text(encoding="utf-8")
    template = Template(source, Origin(str(path)), path.name)
    for token in Lexer(source).tokenize():
        if token.token_type in {TokenType.VAR, TokenType.BLOCK}:
            for _quote, text in CONSTANT.findall(token.contents):
                yield escaped(text), None
    for found in template.nodelist.get_nodes_by_type(Node):
        node = found.tag if isinstance(found, FixedText) else found
        if isinstance(node, TranslateNode):
            literal = getattr(node.filter_expression.var, "literal", None)
            if isinstance(literal, str):
                yield escaped(literal), context_of(node)
        elif isinstance(node, BlockTranslateNode):
            yield of_block(node), context_of(node)


def of_block(node: BlockTranslateNode) -> str | tuple[str, str]:
    singular, _names = node.render_token_list(node.singular)
    if not node.plural:
        return singular
    plural, _names = node.render_token_list(node.plural)
    return singular, plural


def escaped(text: str) -> str:
    return text.replace("%", "%%")


def context_of(node: TranslateNode | BlockTranslateNode) -> str | None:
    given = node.message_context
    return None if given is None else str(given.resolve(Context()))


def gathered() -> Catalog:
    """All texts of the product that are marked for translation."""
    catalog = Catalog()
    for root in ROOTS:
        for path in sorted(root.rglob("*")):
            name = path.relative_to(places.CHECKOUT).as_posix()
            for text, context in messages_of(path):
                catalog.add(text, locations=[(name, 0)], context=context)
    return catalog


def messages_of(path: Path) -> Iterator[Message]:
    if path.suffix == ".py":
        return of_code(path)
    is_template = "templates" in path.parts and path.suffix in {".html", ".txt"}
    return of_template(path) if is_template else iter(())


def read_catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def as_po(catalog: Catalog) -> bytes:
    file = io.BytesIO()
    write_po(file, catalog, width=92, include_lineno=False, sort_by_file=True)
    return file.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def merged(path: Path, template: Catalog) -> Catalog:
    """A catalogue with the texts of now; what nobody says any more is left out."""
    catalog = read_catalogue(path)
    template.creation_date = catalog.creation_date
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def faults_of(path: Path, template: Catalog) -> list[str]:
    """How a catalogue differs from the code, and its compiled form from it."""
    catalog = read_catalogue(path)
    here = {(one.context, one.id) for one in catalog if one.id}
    wanted = {(one.context, one.id) for one in template if one.id}
    faults = [f"not in the catalogue: {text!r}" for _context, text in wanted - here]
    faults += [f"nobody says it any more: {text!r}" for _context, text in here - wanted]
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != as_mo(catalog):
        faults.append(f"{compiled.name} is not what {path.name} says")
    return sorted(faults)


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    django.setup()
    template = gathered()
    faults = []
    for path in CATALOGUES:
        if "--check" in sys.argv:
            faults += faults_of(path, template)
            continue
        catalog = merged(path, template)
        path.write_bytes(as_po(catalog))
        path.with_suffix(".mo").write_bytes(as_mo(catalog))
        missing = sum(not all(strings(one.string)) for one in catalog if one.id)
        say(f"{path.parts[-3]}: {len(catalog)} texts, {missing} without translation.")
    for fault in faults:
        say(fault)
    if faults:
        say("Run `make messages`.")
    return 1 if faults else 0


def strings(translation: str | Sequence[str] | None) -> tuple[str, ...]:
    """The forms of a translation, one for each number that a language tells apart."""
    if translation is None or isinstance(translation, str):
        return (translation or "",)
    return tuple(translation)


if __name__ == "__main__":
    sys.exit(main())
