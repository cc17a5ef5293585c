"""What a step of the crash story is made of: a post, a while, a wish; each may be begun anew.

A step may be cut short by a death and is then begun anew by another process, as the daemon begins
its rounds anew and a shell its commands: with the same command id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from world import World

from monitor.domain.command import Command, Kind
from monitor.stations import obey
from monitor.store.response_schema import IncidentRow


@dataclass(frozen=True)
class Step:
    """One thing that happens, and what it is called in the matrix."""

    name: str
    do: Callable[[Any], object]
    minutes: float = 0
    """Time that passes before it, once, however often it is begun anew."""
    settings: dict[str, Any] = field(default_factory=dict)
    """What the house has that others have not: as for World."""


def work(world: World) -> None:
    """Judge, decide and deliver until nothing is left to send."""
    world.decide()
    world.deliver()


def posts(name: str, *made: Any, minutes: float = 0) -> Step:
    return Step(name, lambda world: (world.post(*made), work(world)), minutes)


def passes(name: str, minutes: float) -> Step:
    return Step(name, work, minutes)


def asks(name: str, kind: Kind, who: str, nth: int = 0, minutes: float = 0, **args: str) -> Step:
    """One wish with one id: the shell's retry of a command that died."""
    reason, number = args.pop("reason", "按预案"), str(uuid5(NAMESPACE_URL, name))

    def do(world: World) -> None:
        wish = Command(number, kind, who, world.now, reason, args)
        obey.command(world.app, code(world, nth), wish)

    return Step(name, do, minutes)


def code(world: World, nth: int = 0) -> str:
    with world.app.database.reading() as session:
        return session.scalars(select(IncidentRow.code).order_by(IncidentRow.id)).all()[nth]
