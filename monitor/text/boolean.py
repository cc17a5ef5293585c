"""Boolean watch rules as trees, and the judgement whether a tree holds for the words found."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.text.span import Span

Found = Mapping[str, Sequence[Span]]


@dataclass(frozen=True, slots=True)
class Term:
    """A word to look for, cleaned and case-folded."""

    text: str


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Expression


@dataclass(frozen=True, slots=True)
class Near:
    """Both sides occur with at most this many characters between them, in either order."""

    left: Expression
    right: Expression
    distance: int


Expression = Term | And | Or | Not | Near


def terms(tree: Expression) -> Iterator[str]:
    """Yield every term of the rule."""
    match tree:
        case Term(text):
            yield text
        case Not(part):
            yield from terms(part)
        case Near(left, right, _):
            yield from terms(left)
            yield from terms(right)
        case And(parts) | Or(parts):
            for part in parts:
                yield from terms(part)


def wanted_terms(tree: Expression) -> Iterator[str]:
    """Yield the terms outside of NOT."""
    match tree:
        case Term() | Near():
            yield from terms(tree)
        case And(parts) | Or(parts):
            for part in parts:
                yield from wanted_terms(part)
        case Not():
            return


def can_hold_on_nothing(tree: Expression) -> bool:
    """Say whether the rule would hold for a text in which none of its words occurs."""
    return judge(tree, {}) is not None


def judge(tree: Expression, found: Found) -> tuple[Span, ...] | None:
    """Return the spans that make the rule hold, or None where it does not."""
    match tree:
        case Term(text):
            return tuple(found.get(text, ())) or None
        case Not(part):
            return None if judge(part, found) is not None else ()
        case And(parts):
            results = [judge(part, found) for part in parts]
            held = [spans for spans in results if spans is not None]
            return _joined(held) if len(held) == len(results) else None
        case Or(parts):
            held = [spans for part in parts if (spans := judge(part, found)) is not None]
            return _joined(held) if held else None
        case Near(left, right, distance):
            return _near(judge(left, found) or (), judge(right, found) or (), distance)


def _near(left: Sequence[Span], right: Sequence[Span], distance: int) -> tuple[Span, ...] | None:
    """Keep the spans that have a neighbour on the other side; looks at the nearest only."""
    pairs = [
        (one, other)
        for one in left
        for other in _neighbours(one, right)
        if max(one.start, other.start) - min(one.end, other.end) <= distance
    ]
    return _joined(pairs) if pairs else None


def _neighbours(span: Span, others: Sequence[Span]) -> Sequence[Span]:
    """Give the spans next before and after, of spans in reading order."""
    place = bisect_left(others, span.start, key=_start)
    return others[max(0, place - 1) : place + 1]


def _start(span: Span) -> int:
    return span.start


def _joined(groups: Sequence[Sequence[Span]]) -> tuple[Span, ...]:
    """Put spans in reading order, each once."""
    spans = {span for group in groups for span in group}
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))
