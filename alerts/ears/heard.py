"""What somebody said or tapped on a chat platform, and what they are told; no platform's own."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from alerts.answer_page import Card
from alerts.ears.ear import EarError

log = logging.getLogger("fengsui")

LONGEST_LINE = 2000  # characters of a message that are looked at
MOST_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Heard:
    """One message or tap, told apart by the platform's own number of it."""

    platform: str
    """As people's ids are named in the configuration."""
    id: str
    people: tuple[str, ...]
    """Every id by which the platform names the sender."""
    text: str = ""
    action: str = ""
    """What one of our buttons carried; empty for a message."""
    at: datetime | None = None
    """When it was said, by the platform's clock."""
    group: bool = False
    """Whether others read the answer."""


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to it."""

    text: str
    noted: bool = False
    card: Card | None = None
    """What the card that was tapped says from now on; beside a message, one with buttons."""
    action: str = ""
    """What the buttons of that card carry."""


Hear = Callable[[Heard], Told]


class Once:
    """Lets each message be answered in words once, though platforms deliver it again.

    What is done twice is one by the command's id; only the words would come twice. A restart
    forgets, so that whoever was not told before a crash is told after it.
    """

    def __init__(self, hear: Hear) -> None:
        self._hear, self._seen = hear, OrderedDict[str, Told]()

    def __call__(self, heard: Heard) -> tuple[Told, bool]:
        """Return the answer, and whether it is the first."""
        known = self._seen.get(heard.id)
        if known is not None:
            return known, False
        told = self._seen[heard.id] = self._hear(heard)
        if len(self._seen) > MOST_REMEMBERED:
            self._seen.popitem(last=False)
        return told, True


def understood(parse: Callable[[], Heard | None]) -> Heard | None:
    """What a frame says; None for one that is shaped as no document says, and without a number.

    An error would end the connection, and what is not acknowledged is delivered again for ever.
    """
    try:
        heard = parse()
    except (AttributeError, TypeError, ValueError, LookupError, RecursionError):
        log.warning("a frame of a shape that we do not know was left alone")
        return None
    return heard if heard is not None and heard.id else None


def say(tell: Callable[[], object]) -> None:
    """Give an answer in words, trying twice; one that cannot be given ends no connection."""
    for _ in range(2):
        try:
            tell()
        except EarError as error:
            log.warning("an answer in words could not be given: %s", error)
        else:
            return


def instant(milliseconds: object) -> datetime | None:
    """An instant as the platforms write it, in milliseconds; None for anything else."""
    text = str(milliseconds)
    if not (text.isascii() and text.isdecimal() and len(text) == 13):  # noqa: PLR2004 - until 2286
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC)
