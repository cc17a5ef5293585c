"""The clock of a drill: a file with the present instant, moved by the drill alone.

Every process that opens the drill's folder reads it, so that what colleagues type in their own
terminals happens at the drill's time. It stands while the drill works or waits for a channel:
leases and deadlines then mean what they mean at night. Nobody moves it after Ctrl-C, so a drill
goes on exactly where it stopped.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

FILE = "drill-clock"


class DrillClock:
    """Reads and moves the instant in a drill's folder."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the drill's own."""
        self._file = folder / FILE

    def __call__(self) -> datetime:
        """The drill's present instant."""
        return datetime.fromisoformat(self._file.read_text("ascii"))

    def jump(self, to: datetime) -> None:
        """Go to an instant; readers see the old one or the new one, never half of it."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(to.isoformat(), "ascii")
        fresh.replace(self._file)


def clock_of(data_dir: Path) -> DrillClock | None:
    """The clock of the drill whose folder this is; None for a real installation."""
    return DrillClock(data_dir) if (data_dir / FILE).is_file() else None
