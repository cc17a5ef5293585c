"""One arrival: its links become one strand, remarks find their case, and what moved is noted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from monitor.clustering.item import Assignment, How
from monitor.clustering.point import Point
from monitor.clustering.strand import Score, Strand, join

_STRENGTH: tuple[How, ...] = ("repost", "exact", "near", "event", "remark", "new")


class Link(NamedTuple):
    """A strand that a mention belongs to, why, and the mention that says so."""

    how: How
    strand: Strand
    of: int | str | None


class Arrival:
    """What the arrival of one mention does to the strands it belongs to."""

    def __init__(self, own: Strand, stored: Strand | None, links: Iterable[Link]) -> None:
        """Join the mention's own strand with what it is linked to, the strongest link first.

        A stored mention goes back to the strand it had and joins nothing else.
        """
        self._own, self._restores = own, stored is not None
        self._before: dict[Strand, tuple[str, str]] = {}
        self._reason: tuple[How, int | str | None] = ("new", None)
        if stored is not None:
            self._note(stored.root())
            join(stored, own)
            return
        for link in sorted(links, key=lambda one: _STRENGTH.index(one.how)):
            self._join(link)

    def _join(self, link: Link) -> None:
        self._note(link.strand.root())
        if join(self._own, link.strand) is not None and self._reason[0] == "new":
            self._reason = (link.how, link.of if link.how != "new" else None)

    def _note(self, strand: Strand) -> None:
        """Remember where a strand was before it moves."""
        self._before.setdefault(strand, (strand.key, strand.topic().key))

    def hang(self, one: Point, remarks: Iterable[tuple[Point, Score]]) -> None:
        """Let remarks find the case that they fit best: this point's, or it another's."""
        for other, score in remarks:
            case, remark = (one, other) if one.main else (other, one)
            self._hang(remark, case, score)

    def _hang(self, remark: Point, case: Point, score: Score) -> None:
        strand, other = remark.strand.root(), case.strand.root()
        if strand.main or strand is other or score <= strand.score or strand.parted_from(other):
            return
        stays = strand.anchor is not None and strand.anchor.topic() is other.topic()
        if self._restores and not stays:
            return  # the store says where it is; only how well it fits was forgotten
        self._note(strand)
        if remark.strand.root() is self._own.root() and self._reason[0] == "new":
            self._reason = ("remark", case.id)
        strand.anchor, strand.score = other, score

    def assignment(self) -> Assignment:
        """The answer: where the mention belongs, and what had to move."""
        strand = self._own.root()
        merged, moved = [], []
        for one, (key, topic) in self._before.items():
            now = one.root()
            if now.key != key:
                merged.append((key, now.key))
            elif now.topic().key != topic:
                moved.append((key, now.topic().key))
        return Assignment(
            strand.topic().key,
            strand.key,
            *self._reason,
            tuple(sorted(merged)),
            tuple(sorted(moved)),
        )
