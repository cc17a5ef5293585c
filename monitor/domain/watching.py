"""Counts only watched time: a stretch in which nobody looked brings no quiet nearer; pure.

A program that stood still and a clock that jumped look alike from within: the next look comes
later than looks come. What is more than the longest ordinary pause was not watched, so the quiet
time begins that much later. A clock that was set back takes nothing from what was watched before.
"""

from __future__ import annotations

from datetime import datetime, timedelta


def counted_from(
    quiet_since: datetime | None, last_look: datetime | None, now: datetime, longest: timedelta
) -> datetime | None:
    """Return the start of the quiet as if there had been nothing but watched time since.

    `last_look` is when the topic was looked at before `now`, `longest` the longest pause between
    two looks that still counts as watching.
    """
    if quiet_since is None or last_look is None:
        return quiet_since
    passed = now - last_look
    watched = max(timedelta(0), min(passed, longest))
    return quiet_since + (passed - watched)
