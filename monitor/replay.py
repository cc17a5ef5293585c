"""Replays a recorded stream in event time, through the daemon's own stations, on a scratch store.

`now` is observed_at, else published_at, of the item at hand: nothing later is known to any step.
The model's answers are fetched ahead in batches, since a text reads the same at any time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from numpy import float32
from numpy.typing import NDArray
from sqlalchemy import func, select

from crawlers.items import Item
from models.prediction import Classifier, Prediction
from monitor.app import App
from monitor.domain.heat import heat_of_attention
from monitor.domain.tier import Tier
from monitor.matching import Matcher
from monitor.pipeline import settle
from monitor.stations.due import decide_due
from monitor.stations.parts import own_words
from monitor.stations.reading import read
from monitor.stations.take_in import full_text, take_in
from monitor.store.schema import BrandMentionRow, DecisionRow, MentionRow, TopicRow

BATCH = 256
STEP = timedelta(hours=1)
MOST_LOOKS = 200  # between two items; a pause of months needs no thousand looks
Progress = Callable[[int, int], None]
"""Told how many items of how many are done."""


@dataclass(frozen=True, slots=True)
class TierChange:
    """The brand's tier changed: the highest of its topics."""

    tier: Tier
    at: datetime
    minutes_after_first: float
    mentions_seen: int
    reason: str


@dataclass(frozen=True, slots=True)
class Look:
    """What was known at one instant: mentions until then, the brand's heat and loudest tier."""

    at: datetime
    mentions: int
    heat: float
    tier: Tier


@dataclass(slots=True)
class Replay:
    """What a replay came to."""

    brand: str
    mentions: int = 0
    matched: int = 0
    first_published_at: datetime | None = None
    first_at: datetime | None = None
    tiers: list[TierChange] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    """For a picture: one for every instant at which something came in, and at least one an hour."""

    def to_json(self, seconds: float) -> dict[str, Any]:
        """The object that `fengsui replay --json` prints (DESIGN §8)."""
        first = self.first_published_at
        return {
            "brand": self.brand,
            "mentions": self.mentions,
            "matched": self.matched,
            "first_published_at": first.isoformat() if first else None,
            "tiers": [
                {
                    "tier": change.tier.key,
                    "at": change.at.isoformat(),
                    "minutes_after_first": round(change.minutes_after_first, 2),
                    "mentions_seen": change.mentions_seen,
                    "reason": change.reason,
                }
                for change in self.tiers
            ],
            "seconds": round(seconds, 2),
        }


class Remembering:
    """A classifier that answers from what it has read already."""

    def __init__(self, classifier: Classifier) -> None:
        """Wrap a real classifier."""
        self._classifier = classifier
        self._answers: dict[str, Prediction] = {}

    @property
    def name(self) -> str:
        """The wrapped model's name."""
        return self._classifier.name

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Read what is new in one batch; the rest is remembered."""
        new = [text for text in dict.fromkeys(texts) if text not in self._answers]
        answers = self._classifier.predict(new) if new else []
        self._answers.update(zip(new, answers, strict=True))
        return [self._answers[text] for text in texts]

    def embed(self, texts: Sequence[str]) -> NDArray[float32]:
        """The wrapped model's directions."""
        return self._classifier.embed(texts)


def event_time(item: Item) -> datetime:
    """The instant at which an item becomes known in a replay; raises ValueError without one."""
    at = item.observed_at or item.published_at
    if at is None:
        raise ValueError(f"条目 {item.id} 没有 published_at，也没有 observed_at，无法回放")
    return at


def run(
    app: App,
    brand: str,
    items: Sequence[Item],
    progress: Progress | None = None,
    *,
    watched: bool = False,
) -> Replay:
    """Play the items through the stations in event time; `app` must stand on a scratch store.

    `watched` keeps what was known at every instant, for a picture.
    """
    ordered = sorted(items, key=event_time)
    _read_ahead(app, ordered)
    result = Replay(brand, mentions=len(ordered))
    for at, group in groupby(ordered, key=event_time):
        batch = list(group)
        catch_up(app, at, lambda: _note_changes(app, result))
        if watched:
            _watch(app, result, at)
        _play(app, result, batch, at)
        if watched and result.first_at is not None:
            result.looks.append(_look(app, result, at))
        if progress is not None:
            progress(len(batch), len(ordered))
    return result


def _read_ahead(app: App, items: Sequence[Item]) -> None:
    words = list(_words(app.matcher, items))
    for start in range(0, len(words), BATCH):
        batch = words[start : start + BATCH]
        read(app.classifier(), dict(zip(batch, batch, strict=True)))


def _words(matcher: Matcher, items: Iterable[Item]) -> Iterator[str]:
    """What the model will be asked: own words of matched items and of reposts of those."""
    matched: set[tuple[str, str | None]] = set()
    for item in items:
        text = full_text(item)
        hits = matcher.match(text)
        if hits or (item.platform, item.parent_id) in matched:
            matched.add((item.platform, item.id))
            yield own_words(text, hits)


def _play(app: App, result: Replay, batch: list[Item], at: datetime) -> None:
    with app.database.transaction() as session:
        intake = take_in(app, session, batch, at, source="replay")
    if intake.new:
        result.matched += intake.new
        if result.first_at is None:
            _note_first(app, result, at)
    settle(app, at)
    _note_changes(app, result)


def _note_first(app: App, result: Replay, at: datetime) -> None:
    with app.database.reading() as session:
        first = session.scalar(select(func.min(MentionRow.published_at)))
    result.first_at, result.first_published_at = at, first


def catch_up(app: App, until: datetime, noted: Callable[[], None] = lambda: None) -> None:
    """Look again at every instant before `until` at which a tier may change by itself."""
    while True:
        with app.database.reading() as session:
            due = session.scalar(select(func.min(TopicRow.check_at)))
        if due is None or due >= until:
            return
        decide_due(app, due)
        noted()


def _watch(app: App, result: Replay, until: datetime) -> None:
    """Look at every full step up to an instant: heat falls by itself when nothing comes in."""
    if not result.looks:
        return
    last = result.looks[-1].at
    step = max(STEP, (until - last) / MOST_LOOKS)
    for number in range(1, int((until - last) / step) + 1):
        result.looks.append(_look(app, result, last + step * number))


def _look(app: App, result: Replay, now: datetime) -> Look:
    """Heat and tier of the brand at an instant, over the policy's window."""
    part = BrandMentionRow
    since = now - app.policy.window
    with app.database.reading() as session:
        attention = session.scalar(
            select(func.sum(part.attention)).where(
                part.brand == result.brand, part.published_at > since, part.published_at <= now
            )
        )
        tier = session.scalar(select(func.max(TopicRow.tier)).where(TopicRow.brand == result.brand))
    heat = heat_of_attention(float(attention or 0.0))
    return Look(now, result.matched, heat, Tier(tier or 0))


def _note_changes(app: App, result: Replay) -> None:
    with app.database.reading() as session:
        loudest = session.scalar(
            select(func.max(TopicRow.tier)).where(TopicRow.brand == result.brand)
        )
        before = result.tiers[-1].tier if result.tiers else Tier.NONE
        now = Tier(loudest or 0)
        if now == before or result.first_at is None:
            return
        last = session.scalar(select(DecisionRow).order_by(DecisionRow.id.desc()).limit(1))
    if last is not None:
        minutes = (last.at - result.first_at).total_seconds() / 60
        result.tiers.append(TierChange(now, last.at, minutes, result.matched, last.reason))


def scratch_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for the scratch store; memory-backed where the system has one."""
    fast = Path("/dev/shm")  # noqa: S108 - the name inside is unguessable
    return tempfile.TemporaryDirectory(prefix="fengsui-", dir=fast if fast.is_dir() else None)
