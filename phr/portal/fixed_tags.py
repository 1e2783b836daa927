"""Tags that say the same on each page of a language are text once a template is parsed.

That is right only because a parsed template is kept for one language: see
`phr/interfaces/template_loader.py`.
"""

from collections.abc import Callable

from django.template import Context, Library
from django.template.base import Node, Parser, TextNode, Token
from django.template.library import SimpleNode
from django.templatetags.i18n import TranslateNode, do_translate

Compile = Callable[[Parser, Token], Node]


class FixedText(TextNode):
    """What a tag says each time.

    :ivar tag: the tag itself, for who gathers what is to be translated.
    """

    def __init__(self, tag: Node) -> None:
        super().__init__(tag.render(Context()))
        self.tag = tag


def add_fixed_tags(register: Library, **tags: Callable[[str], str]) -> None:
    """Add tags of one argument; where that is written out, the tag becomes text.

    :param tags: functions that always answer the same, by the names of their tags.
    """
    for name, function in tags.items():
        register.simple_tag(function, name=name)
        register.tag(name, once(register.tags[name]))


def once(compile_each_time: Compile) -> Compile:
    """The text that a simple tag makes, where its arguments are written out."""

    def compile_tag(parser: Parser, token: Token) -> Node:
        node = compile_each_time(parser, token)
        assert isinstance(node, SimpleNode)
        is_fixed = not any(argument.is_var for argument in node.args)
        return FixedText(node) if is_fixed and not node.target_var else node

    return compile_tag


def translate(parser: Parser, token: Token) -> Node:
    """Django's `translate`, which otherwise looks a text up each time."""
    node = do_translate(parser, token)
    assert isinstance(node, TranslateNode)
    is_written_out = node.filter_expression.var.lookups is None
    # Not with a context ("verb") that is only known later.
    is_fixed = is_written_out and not getattr(node.message_context, "is_var", False)
    return FixedText(node) if is_fixed and not node.asvar else node
