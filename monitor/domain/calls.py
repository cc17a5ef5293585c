"""Says when private records are alike enough that a person should judge them: a candidate, no more.

Calls are no public sources (DESIGN §7): they raise no tier, meet no floor and start no public
clock. Three callers with the same grave matter in a day are worth one look all the same.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.domain.mention import CRITICAL, SERIOUS

if TYPE_CHECKING:
    from collections.abc import Iterable

ALIKE = 3
"""Callers; «客服来电 3 通在说同一件事» is what a hospital's PR team acts on. Our own choice."""
WINDOW = timedelta(hours=24)
"""As long as a candidate lives (incidents.md §2 B): what it begins with must be as fresh."""
GRAVE = CRITICAL | SERIOUS


@dataclass(frozen=True, slots=True)
class Call:
    """One private record: whose customer, what is alleged, by whom (a keyed hash), and when."""

    id: int
    brand: str
    code: str
    caller: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Alike:
    """Calls of one brand with one code; oldest first."""

    brand: str
    code: str
    calls: tuple[Call, ...]


def alike(calls: Iterable[Call], now: datetime) -> list[Alike]:
    """Return groups of at least ALIKE different callers within the window, gravest codes first.

    A caller whose number is withheld counts as another one each time.
    """
    groups: dict[tuple[str, str], list[Call]] = defaultdict(list)
    for call in sorted(calls, key=lambda one: (one.at, one.id)):
        if call.brand and call.code in GRAVE and now - WINDOW < call.at <= now:
            groups[call.brand, call.code].append(call)
    found = [Alike(brand, code, tuple(those)) for (brand, code), those in groups.items()]
    enough = [one for one in found if len(_callers(one)) >= ALIKE]
    return sorted(enough, key=lambda one: (one.code not in CRITICAL, one.brand, one.code))


def _callers(group: Alike) -> set[object]:
    return {call.caller or call.id for call in group.calls}
