"""Bars as SVG: as much of it as the pictures of docs/performance.md need."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LEFT, RIGHT, EDGE = 760, 210, 90, 8
BAR, GAP, TOP = 14, 12, 64
COLOURS = ("#1b6e8c", "#e08e45", "#7a9e57", "#8b6bb1", "#9aa5ad")
STYLE = "font: 12px system-ui, sans-serif; fill: #24313a"


@dataclass(frozen=True)
class Group:
    """Bars that are compared with each other, in the order of the series.

    :param values: None where there is none to show.
    """

    label: str
    values: Sequence[float | None]


def bars(title: str, unit: str, series: Sequence[str], groups: Sequence[Group]) -> str:
    """Horizontal bars in groups, each with its value at its end."""
    largest = max(value or 0 for group in groups for value in group.values) or 1
    scale = (WIDTH - LEFT - RIGHT) / largest
    parts, y = legend(series), TOP
    for group in groups:
        shown = [
            (n, value) for n, value in enumerate(group.values) if value is not None
        ]
        middle = y + len(shown) * BAR / 2 + 4
        parts.append(text(LEFT - 8, middle, group.label, "end"))
        for number, value in shown:
            parts.append(bar(y, value * scale, COLOURS[number % len(COLOURS)]))
            parts.append(text(LEFT + value * scale + 6, y + BAR - 3, amount(value)))
            y += BAR
        y += GAP
    heading = text(EDGE, 20, f"{title}, {unit}", weight="bold")
    return document(y + 4, [heading, *parts])


def legend(series: Sequence[str]) -> list[str]:
    parts, x = [], EDGE
    for number, name in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        parts.append(f'<rect x="{x}" y="36" width="10" height="10" fill="{colour}"/>')
        parts.append(text(x + 15, 45, name))
        x += 32 + 7 * len(name)
    return parts


def bar(y: float, width: float, colour: str) -> str:
    size = f'width="{max(width, 1):.1f}" height="{BAR - 3}"'
    return f'<rect x="{LEFT}" y="{y:.1f}" {size} fill="{colour}"/>'


def text(
    x: float, y: float, words: str, anchor: str = "start", weight: str = "normal"
) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}"'
    return f"<text {place}>{escape(words)}</text>"


def amount(value: float) -> str:
    """Three digits are more than such figures are good for."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def document(height: float, parts: Sequence[str]) -> str:
    size = f'viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} style="{STYLE}">\n'
        f'<rect width="{WIDTH}" height="{height:.0f}" fill="#ffffff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )
