"""Folds Chinese lines at a width in cells: no lone punctuation, no broken word, number or code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text

_NOT_FIRST = "，。、；：？！）」』】》〉…”’·—％％,.;:?!)]}"
_NOT_LAST = "（「『【《〈“‘([{"
# A run of Latin letters, digits and signs with the blanks after it, or one other character; an
# opening mark goes with what follows it, closing marks with what they follow.
_ATOM = re.compile(rf"[{re.escape(_NOT_LAST)}]*(?:[!-~]+|.)[{re.escape(_NOT_FIRST)}]* *", re.DOTALL)


def fold(text: Text, width: int) -> list[Text]:
    """The text in lines of at most `width` cells; styles are kept."""
    return [piece for line in text.split("\n", allow_blank=True) for piece in _fold(line, width)]


def _fold(line: Text, width: int) -> list[Text]:
    pieces = line.divide(list(_breaks(line.plain, max(2, width))))
    for piece in pieces:
        piece.rstrip()
    return list(pieces)


def _breaks(line: str, width: int) -> Iterator[int]:
    """Yield where a new line begins."""
    used = 0
    for start, atom in _atoms(line, width):
        if used and used + cell_len(atom.rstrip()) > width:
            yield start
            used = 0
        used += cell_len(atom)


def _atoms(line: str, width: int) -> Iterator[tuple[int, str]]:
    """Yield what stays together and where; what is wider than a line falls into characters."""
    for found in _ATOM.finditer(line):
        atom = found.group()
        if cell_len(atom.rstrip()) <= width:
            yield found.start(), atom
        else:
            yield from ((found.start() + place, one) for place, one in enumerate(atom))
