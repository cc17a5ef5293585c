"""Cuts texts into windows a network reads at once, and packs windows of like length together."""

from __future__ import annotations

from collections.abc import Sequence

# A window holds about 160 tokens of Chinese, as the training saw them; 99 % of hot-list texts
# (212 characters) fit in one.
WINDOW = 240
# Where to end a window: after a sentence when one ends in the last third, else hard.
_ENDS = "。！？!?；;\n …"
# A text of up to 32 windows (7,680 characters) is read in full; from longer ones we read the first
# 16, the last 4 and 12 spread over the middle, so that one text cannot hold up a batch.
HEAD, MIDDLE, TAIL = 16, 12, 4


def cut(text: str) -> list[str]:
    """Return the windows of one text, in order; one for a short text."""
    pieces: list[str] = []
    start = 0
    while start < len(text):
        stop = _stop(text, start)
        pieces.append(text[start:stop])
        start = stop
    return _chosen(pieces) if pieces else [text]


def batches(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Return places by length in batches whose padded size stays within `budget`."""
    packed: list[list[int]] = []
    current: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        widest = lengths[current[0]] if current else lengths[place]
        if current and widest * (len(current) + 1) > budget:
            packed.append(current)
            current = []
        current.append(place)
    return [*packed, current] if current else packed


def _stop(text: str, start: int) -> int:
    stop = start + WINDOW
    if stop >= len(text):
        return len(text)
    earliest = start + WINDOW * 2 // 3
    ends = [place for place in range(earliest, stop) if text[place] in _ENDS]
    return ends[-1] + 1 if ends else stop


def _chosen(pieces: list[str]) -> list[str]:
    if len(pieces) <= HEAD + MIDDLE + TAIL:
        return pieces
    between = pieces[HEAD:-TAIL]
    middle = [between[place * len(between) // MIDDLE] for place in range(MIDDLE)]
    return [*pieces[:HEAD], *middle, *pieces[-TAIL:]]
