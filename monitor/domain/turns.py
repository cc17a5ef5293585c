"""Whose turn it is to be read: what may light a tier first, then the newest, and nobody starves.

The model reads some 100 texts a second on two cores. Where more come in, the queue grows, and what
rings people must not stand behind an hour of praise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Of a batch, the share that goes to whoever waits longest: who has n before them is read after
# 4 n / size batches at most, and an alarm is held up by a third of its own batch.
AGED = 4


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mention that waits to be judged."""

    id: int
    unread: bool
    """Whether the model has yet to read a text of it; a copy of a known one costs nothing."""


def turn(
    foremost: Sequence[Waiting], longest: Sequence[Waiting], size: int
) -> tuple[list[int], list[int]]:
    """Choose whom to judge now: everything that needs no reading, and `size` that does at most.

    `foremost` begins with what is most urgent, `longest` with who has waited longest. Returns those
    that need no reading, and those to read in the order of their urgency.
    """
    aged = [one for one in longest if one.unread][: max(1, size // AGED)]
    free = _numbers(one for one in (*longest, *foremost) if not one.unread)
    return free, _numbers(one for one in (*aged, *foremost) if one.unread)[:size]


def _numbers(waiting: Iterable[Waiting]) -> list[int]:
    return list(dict.fromkeys(one.id for one in waiting))
