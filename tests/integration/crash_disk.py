"""Fills a file system to its last byte in the middle of the work, then makes room again.

Run on a small file system of its own: `python crash_disk.py FOLDER`; prints one JSON object.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from world import HARM, World, item

import monitor.stations.deliver as station
from monitor.store.response_schema import IncidentRow, OutboxRow
from monitor.store.schema import RejectRow


def fill(room: Path) -> None:
    """Take what is left of the disk."""
    with (room / "filler").open("ab", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                continue


def main(room: Path) -> None:
    """A mention comes while the disk is full; later a message's answer does."""
    world, errors = World(room), []
    fill(room)
    for _ in range(20):  # the log has some room of its own; it ends
        try:
            world.post(item(1, HARM))
            world.decide()
            with world.app.database.transaction() as session:
                session.add(_ballast())
        except OperationalError as error:
            errors.append(str(error.orig))
            break
    (room / "filler").unlink()
    world.post(item(1, HARM))
    world.decide()

    def full() -> None:
        world.bots.before_answer = lambda: None
        fill(room)

    pauses = iter(range(3))

    def pause(_seconds: float) -> None:
        if next(pauses, None) is None:
            (room / "filler").unlink(missing_ok=True)

    world.bots.before_answer = full
    station.time.sleep = pause  # type: ignore[assignment]
    world.deliver()
    world.later(minutes=5)
    with world.app.database.reading() as session:
        seen = {
            "errors": errors,
            "copies": max(Counter((name, one.key) for name, one in world.bots.told).values()),
            "statuses": sorted(set(session.scalars(select(OutboxRow.status)))),
            "incidents": session.scalar(select(func.count()).select_from(IncidentRow)),
        }
    print(json.dumps(seen))  # noqa: T201 - its result


def _ballast() -> RejectRow:
    at = datetime(2026, 11, 18, tzinfo=UTC)
    return RejectRow(at=at, source="", place="", reason="", text="满" * 300_000)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
