"""How often each was interrupted in each hour of the demo, and that nobody was more than six times.

A new RED stands beside the limit and is shown behind a plus.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from rich.cells import cell_len
from sqlalchemy.orm import Session

from monitor.domain.mention import SHANGHAI
from monitor.store import budgets
from monitor.store.response_schema import OutboxRow

Hours = Counter[tuple[str, datetime]]
"""Interruptions by recipient and full hour, Shanghai time."""
OPERATOR = "operator"  # trouble of the system has no limit but its spacing


def hours(session: Session, until: datetime, *, urgent: bool = False) -> Hours:
    """Everything until then, or every new RED alone."""
    told = budgets.told(session, until - timedelta(days=7), until, urgent=urgent)
    whom = {number: session.get_one(OutboxRow, number).recipient for number in told}
    return Counter((whom[number], _hour(at)) for number, at in told.items())


def _hour(at: datetime) -> datetime:
    return at.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0)


def is_calm(counted: Hours) -> bool:
    """Whether nobody was interrupted more than the limit allows."""
    return all(n <= budgets.LIMIT for (who, _), n in counted.items() if who != OPERATOR)


def table(counted: Hours, reds: Hours, names: Mapping[str, str]) -> Iterator[str]:
    """One line an hour-headed person; hours in which nobody heard anything are left out."""
    heads = sorted({hour for _, hour in (*counted, *reds)})
    people = sorted({who for who, _ in (*counted, *reds)}, key=lambda who: (who not in names, who))
    wide = max((cell_len(_name(one, names)) for one in people), default=0) + 1
    yield _line("", wide, [f"{hour:%H}时" for hour in heads])
    for who in people:
        cells = [_cell(counted[who, hour], reds[who, hour]) for hour in heads]
        yield _line(_name(who, names), wide, cells)


def _line(head: str, wide: int, cells: list[str]) -> str:
    padded = (" " * max(1, 5 - cell_len(cell)) + cell for cell in cells)
    return head + " " * (wide - cell_len(head)) + "".join(padded)


def _cell(usual: int, red: int) -> str:
    if not usual and not red:
        return "·"
    return f"{usual or ''}+{red}" if red else str(usual)


def _name(who: str, names: Mapping[str, str]) -> str:
    others = {OPERATOR: "运维"}
    return names.get(who) or others.get(who) or who.removeprefix("group:")
