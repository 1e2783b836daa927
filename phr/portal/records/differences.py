"""What is different between two texts, by words, for people to read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# A word with the space behind it, so that nothing of a text is lost.
WORD = re.compile(r"\S+\s*|\s+")
# Of what stays, so many characters are shown on each side of a change.
AROUND = 80
LEFT_OUT = " … "


@dataclass(frozen=True, slots=True)
class Piece:
    kind: Literal["same", "added", "removed"]
    text: str


class Comparison:
    """Compares texts until it has cost enough; then old and new stand side by side.

    Finding what two texts share costs up to the product of their numbers of words, and
    a page has many texts.

    :param budget: of such products, in all.
    """

    def __init__(self, budget: int = 400_000) -> None:
        self.left = budget

    def pieces(self, before: str, after: str) -> list[Piece]:
        """The pieces of both texts, in the order in which they are read.

        Space alone makes no other word; if nothing else is different, all is marked.
        """
        if before.split() == after.split():
            return [Piece("removed", before), Piece("added", after)]
        old, new = WORD.findall(before), WORD.findall(after)
        begin = shared_beginning(words_of(old), words_of(new))
        end = shared_beginning(words_of(old[begin:])[::-1], words_of(new[begin:])[::-1])
        old_middle = old[begin : len(old) - end]
        new_middle = new[begin : len(new) - end]
        middle = list(self.compare(old_middle, new_middle))
        found = [
            Piece("same", "".join(new[:begin])),
            *middle,
            Piece("same", "".join(new[len(new) - end :])),
        ]
        last = len(found) - 1
        return [
            shortened(piece, is_first=place == 0, is_last=place == last)
            for place, piece in enumerate(found)
            if piece.text
        ]

    def compare(self, old: list[str], new: list[str]) -> Iterator[Piece]:
        cost = len(old) * len(new)
        if cost > self.left:
            yield Piece("removed", "".join(old))
            yield Piece("added", "".join(new))
            return
        self.left -= cost
        matcher = SequenceMatcher(None, words_of(old), words_of(new), autojunk=False)
        for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
            if tag == "equal":
                yield Piece("same", "".join(new[new_from:new_to]))
                continue
            yield Piece("removed", "".join(old[old_from:old_to]))
            yield Piece("added", "".join(new[new_from:new_to]))


def words_of(tokens: list[str]) -> list[str]:
    """The words without the space behind them."""
    return [token.strip() for token in tokens]


def shared_beginning(old: list[str], new: list[str]) -> int:
    """With how many words the two begin alike."""
    pairs = zip(old, new, strict=False)
    return next(
        (place for place, (one, other) in enumerate(pairs) if one != other),
        min(len(old), len(new)),
    )


def shortened(piece: Piece, *, is_first: bool, is_last: bool) -> Piece:
    """Of a long text that stays, what is next to a change."""
    if piece.kind != "same" or len(piece.text) <= 3 * AROUND:
        return piece
    head = "" if is_first else piece.text[:AROUND]
    tail = "" if is_last else piece.text[-AROUND:]
    return Piece("same", f"{head}{LEFT_OUT}{tail}")
