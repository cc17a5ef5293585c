"""Finds the words of a text that speak of one institution when it may name several."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from monitor.text.comparison import Clause, Said, blames, elided, lead, moves, read, tells_outcome
from monitor.text.institutions import Named, institutions
from monitor.text.span import Cover, Span

# A clause ends at a mark, or at a space between Chinese characters, as people type in haste.
_END = re.compile(r"[,，。!！?？;；…\n]+|(?<=[\u4e00-\u9fff#\]】]) (?=[\u4e00-\u9fff#\[【])")
_MARKS = ",，。!！?？;；…\n "
_SENTENCE = re.compile(r"[^。!?\n]*[。!?\n]+|[^。!?\n]+")
# The first line is a title if it is short and does not end like a sentence.
_LONGEST_TITLE = 60
_ENDS_A_SENTENCE = "。,;…"


def sentences_about(text: str, spans: Sequence[Span], rivals: Sequence[Span] = ()) -> str:
    """Return the words that speak of the institution whose names stand at the spans.

    A clause that names nobody goes with the institution named last before it, and the opening
    goes with the first one named. A clause that names several goes with each of them, unless it
    compares or contrasts them (comparison.py): then only what it says of ours is returned, with
    «别家» for the other's name. What became of a patient who was taken from ours to another is
    kept. `rivals` are names that are surely another's: our other brands.
    """
    names = institutions(text, spans, rivals) if spans else []
    if not names:
        return text
    pieces = _pieces(text, spans, names)
    return "".join(_Reader(text, pieces).words()).strip() or text


def nearest(text: str, terms: Sequence[str], limit: int) -> str:
    """Return at most `limit` characters: the first sentence, those with a term, what follows them.

    The sentences stay in reading order.
    """
    if len(text) <= limit:
        return text
    sentences = _SENTENCE.findall(text)
    folded = [sentence.casefold() for sentence in sentences]
    marks = [n for n, one in enumerate(folded) if n == 0 or any(term in one for term in terms)]
    kept: set[int] = set()
    for n in sorted(range(len(sentences)), key=lambda n: n - marks[bisect_right(marks, n) - 1]):
        if limit <= 0:
            break
        sentences[n] = sentences[n][:limit]
        limit -= len(sentences[n])
        kept.add(n)
    return "".join(sentences[n] for n in sorted(kept))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A clause, and the names in it with their places in the clause."""

    start: int
    text: str
    names: tuple[Named, ...]

    @property
    def owners(self) -> frozenset[bool]:
        return frozenset(name.ours for name in self.names)


def _pieces(text: str, spans: Sequence[Span], names: Sequence[Named]) -> list[_Piece]:
    starts = [name.start for name in names]
    pieces, start, cover = [], 0, Cover(spans)
    for end in [*(match.end() for match in _END.finditer(text)), len(text)]:
        if start < end and not cover.holds(Span("", end - 1, end + 1)):
            own = names[bisect_left(starts, start) : bisect_left(starts, end)]
            pieces.append(_piece(text, start, end, own))
            start = end
    return pieces


def _piece(text: str, start: int, end: int, names: Sequence[Named]) -> _Piece:
    ours = any(name.ours for name in names)
    counted = (name for name in names if ours or not name.beside)
    moved = (replace(one, start=one.start - start, end=one.end - start) for one in counted)
    return _Piece(start, text[start:end], tuple(moved))


class _Reader:
    """Walks over the clauses and remembers whom the last one spoke of."""

    def __init__(self, text: str, pieces: Sequence[_Piece]) -> None:
        self._pieces = pieces
        self._body = _title_end(text)
        # «比东山医院强多了,清河医院真好»: who is only compared with is not the one spoken of.
        spoken = (
            piece.owners
            for piece in pieces
            if piece.names and (True in piece.owners or elided(piece.text, piece.names[0]) is None)
        )
        self._ours = True in next(spoken, {True})
        self._moved = False

    def words(self) -> Iterator[str]:
        """Yield what each clause says of us."""
        for number, piece in enumerate(self._pieces):
            if 0 < self._body <= piece.start:
                self._enter_body(number)
            said = self._said(piece, self._pieces[number + 1 : number + 2])
            still = self._moved and not said.ours_next and not blames(piece.text)
            self._moved = said.moved or still
            self._ours = said.ours_next
            told = self._moved and not said.words and tells_outcome(piece.text)
            yield piece.text if told else _closed(said.words, piece.text)

    def _enter_body(self, number: int) -> None:
        """A body speaks of everybody whom its title named."""
        self._ours = self._ours or any(True in piece.owners for piece in self._pieces[:number])
        self._body = 0

    def _said(self, piece: _Piece, following: Sequence[_Piece]) -> Said:
        if not piece.names:
            return Said(piece.text if self._ours else "", self._ours)
        if len(piece.owners) > 1:
            return _mixed(piece)
        name = piece.names[0]
        compared = self._compared(piece, name, following)
        if compared is not None:
            return compared
        if name.ours:
            return Said(piece.text, ours_next=True)
        return Said("", ours_next=False, moved=self._ours and moves(piece.text, name))

    def _compared(self, piece: _Piece, name: Named, following: Sequence[_Piece]) -> Said | None:
        """Read a clause with one name that is measured against the clause before or behind."""
        compared = None
        if name.ours and any(one.owners == {False} for one in following):
            compared = lead(piece.text, name, following[0].text)
        if compared is None and name.ours is not self._ours:
            compared = elided(piece.text, name)
        return compared


def _closed(words: str, clause: str) -> str:
    """End what was taken from a clause as the clause ends, so that nothing runs together."""
    mark = _END.search(clause, len(clause.rstrip(_MARKS)))
    return f"{words}{mark[0]}" if words and mark and words[-1] not in _MARKS else words


def _mixed(piece: _Piece) -> Said:
    """Read a clause that names us and another; with more changes of side it goes with both."""
    groups = [list(group) for _, group in groupby(piece.names, key=lambda name: name.ours)]
    if len(groups) > 2:  # noqa: PLR2004 - us and another
        return Said(piece.text, ours_next=True)
    first, second = groups[0][-1], replace(groups[1][0], end=groups[1][-1].end)
    return read(Clause(piece.text, first, second))


def _title_end(text: str) -> int:
    """Return where the body behind a title begins, 0 without a title."""
    end = text.find("\n")
    titled = 0 < end <= _LONGEST_TITLE and text[end - 1] not in _ENDS_A_SENTENCE
    return end + 1 if titled else 0
