"""What a template says is said at less cost, once it is parsed.

Two kinds of nodes are most of what a page walks through: texts, of which several stand
side by side once tags have become text (`phr/portal/fixed_tags.py`), and variables. Of
these nearly all are text, for which Django asks seven times what else they might be.
"""

from collections.abc import Iterator
from html import escape

from django.template import Context
from django.template.base import (
    Node,
    NodeList,
    TextNode,
    VariableNode,
    render_value_in_context,
)
from django.template.defaulttags import CommentNode, IfNode, LoadNode
from django.utils.safestring import SafeString


class QuickVariable(VariableNode):
    """A variable that is escaped at once where it is plain text."""

    def render(self, context: Context) -> str:
        value = self.filter_expression.resolve(context)
        kind = type(value)
        if kind is SafeString:
            return value  # type: ignore[no-any-return] # it is one
        if kind is str and context.autoescape:
            return escape(value)
        return render_value_in_context(value, context)


def quicken(nodes: NodeList) -> None:
    """Make the nodes of a template, and all below them, such as these, in place."""
    nodes[:] = joined(nodes)
    for node in nodes:
        for below in lists_below(node):
            quicken(below)


def joined(nodes: NodeList) -> Iterator[Node]:
    """The nodes, with one text for several side by side, and quick variables."""
    texts: list[str] = []
    for node in nodes:
        if isinstance(node, TextNode):
            texts.append(node.s)
        elif not isinstance(node, (CommentNode, LoadNode)):
            yield from text_of(texts)
            texts = []
            yield quick(node)
    yield from text_of(texts)


def text_of(texts: list[str]) -> Iterator[TextNode]:
    if texts:
        yield TextNode("".join(texts))


def quick(node: Node) -> Node:
    if type(node) is not VariableNode:
        return node
    variable = QuickVariable(node.filter_expression)
    # By which Django shows developers where in a template an error was.
    variable.token, variable.origin = node.token, node.origin
    return variable


def lists_below(node: Node) -> Iterator[NodeList]:
    """The lists of nodes that a node has itself, and not copies of them."""
    if isinstance(node, IfNode):
        yield from (nodes for _condition, nodes in node.conditions_nodelists)
        return
    for name in node.child_nodelists:
        nodes = getattr(node, name, None)
        if isinstance(nodes, NodeList):
            yield nodes
