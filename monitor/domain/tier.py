"""The four tiers of alarm, from none to red."""

from __future__ import annotations

from enum import IntEnum


class Tier(IntEnum):
    """How loud the alarm is; larger is louder, so tiers compare as numbers."""

    NONE = 0
    YELLOW = 1
    ORANGE = 2
    RED = 3

    @property
    def label(self) -> str:
        """The word people read."""
        return ("无", "黄色", "橙色", "红色")[self]

    @property
    def key(self) -> str:
        """The word files and JSON use."""
        return self.name.lower()
