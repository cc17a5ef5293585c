"""The soak: twenty sources, two thousand posts, random faults; nothing lost, nothing twice.

`make soak` runs it for five minutes with real crawl children and prints a table; the test beside it
runs a short form. A fault is blindness when nobody could see the posts; each must be reported
within two intervals of its beginning, and nothing else may be reported.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

from crawl_site import Site
from soak_site import FAULTS, HEALTHY, KINDS, Post, Source
from sqlalchemy import func, select
from world import NOON, World

from crawlers.protocol import CrawlOutcome, CrawlRequest
from monitor.pipeline import COLLECTING, tick
from monitor.store.schema import CrawlRow, MentionRow, SourceRow

PATIENCE = 12  # seconds; a child on a busy machine needs some of them to start
MINUTE = timedelta(minutes=1)
EVERY = timedelta(minutes=5)
ALLOWED = 2 * EVERY + MINUTE  # two intervals, and the minute in which the clock looks
HEALING = timedelta(minutes=70)  # at the end: the breaker asks a source that failed hourly
FAULT = 0.2  # a healthy source's chance to go wrong in an interval
LASTING = (1, 5)  # intervals of one fault
NUMBER = re.compile(r"第(\d+)件事")
LARGEST = 200  # MB that a crawl child may take


@dataclass
class Spell:
    """A time in which one source's posts could not be seen."""

    source: str
    mode: str
    began: datetime
    ended: datetime | None = None
    told: datetime | None = None

    @property
    def owed(self) -> bool:
        """Whether it lasted long enough that somebody had to be told."""
        return self.ended is not None and self.ended - self.began >= ALLOWED

    @property
    def delay(self) -> timedelta | None:
        return None if self.told is None else max(self.told - self.began, timedelta(0))


@dataclass
class Soak:
    """One run of it."""

    world: World
    sources: list[Source]
    random: random.Random
    posts: int
    hours: float
    spells: list[Spell] = field(default_factory=list)
    open: dict[str, Spell] = field(default_factory=dict)
    deck: list[str] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)
    """Intervals that the fault of a source will last."""
    false: list[str] = field(default_factory=list)
    """Sources reported blind that were not, with the time."""
    crawls: int = 0

    def run(self) -> None:
        """Let the hours pass a minute at a time, then let everything heal."""
        minutes = int(self.hours * 60)
        releases = self._releases(minutes)
        for minute in range(minutes + int(HEALING / MINUTE)):
            self.world.now += MINUTE
            for source, post in releases.get(minute, ()):
                source.shown.append(post)
            if minute % 5 == 0:
                self._weather(calm=minute >= minutes)
            self.crawls += tick(self.world.app, COLLECTING, self.world.now)
            self.world.deliver()
            self._watch()
            if minute > minutes and self._healed():
                return

    def _healed(self) -> bool:
        """Whether every source has been read twice since the last post and the last fault."""
        since = self.world.now - 2 * EVERY
        with self.world.app.database.reading() as session:
            rows = list(session.scalars(select(SourceRow)))
        calm = max((one.ended or self.world.now for one in self.spells), default=self.world.now)
        return calm < since and all(
            not row.failures and row.last_ok_at is not None and row.last_ok_at > since
            for row in rows
        )

    def _releases(self, minutes: int) -> dict[int, list[tuple[Source, Post]]]:
        """Spread the posts over the hours, in the order of their times."""
        plan: dict[int, list[tuple[Source, Post]]] = {}
        for number in range(self.posts):
            minute = number * minutes // self.posts
            source = self.sources[number % len(self.sources)]
            at = self.world.now + minute * MINUTE
            text = f"清河互联网医院第{number}件事：{words(self.random)}"
            plan.setdefault(minute, []).append((source, Post(f"{source.name}-{number}", text, at)))
        return plan

    def _weather(self, *, calm: bool) -> None:
        for source in self.sources:
            if calm:
                self._turn(source, "ok")
                continue
            left = self.left[source.name] = self.left.get(source.name, 0) - 1
            if source.healthy:
                self._turn(source, self._next_mode())
                self.left[source.name] = self.random.randint(*LASTING)
            elif left <= 0:
                self._turn(source, "ok")

    def _next_mode(self) -> str:
        if self.random.random() >= FAULT:
            return "ok"
        if not self.deck:  # every fault once before any comes again
            self.deck = self.random.sample(FAULTS, len(FAULTS))
        return self.deck.pop()

    def _turn(self, source: Source, mode: str) -> None:
        was, source.mode = source.healthy, mode
        if was and not source.healthy:
            spell = Spell(source.name, mode, self.world.now)
            self.spells.append(spell)
            self.open[source.name] = spell
        elif source.healthy and not was:
            self.open.pop(source.name).ended = self.world.now

    def _watch(self) -> None:
        """Note who has been told of what; a spell that follows another unhealed one is known."""
        with self.world.app.database.reading() as session:
            told = {row.name for row in session.scalars(select(SourceRow)) if row.alerted_at}
        for name in told:
            spell = self.open.get(name)
            if spell is not None and spell.told is None:
                spell.told = self.world.now
            if spell is None and not self._recent(name):
                self.false.append(f"{name} {self.world.now:%H:%M}")

    def _recent(self, name: str) -> bool:
        """Whether a spell of this source may not have been seen to end: the breaker asks hourly."""
        ended = [one.ended for one in self.spells if one.source == name and one.ended]
        return bool(ended) and self.world.now - max(ended) <= timedelta(hours=1) + EVERY


def number_in(text: str) -> str:
    """Return a post's number as its text tells it: cleaning may write the rest another way."""
    found = NUMBER.search(text)
    return found[1] if found else ""


def words(source: random.Random) -> str:
    return "".join(chr(source.randint(0x4E00, 0x9FA5)) for _ in range(12))


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    lost: list[str]
    twice: int
    """Items handed over beyond one for each post."""
    late: list[Spell]
    """Spells that were owed a report and got none in time."""
    false: list[str]
    spells: list[Spell]
    crawls: int
    kept: int
    largest: int
    """Peak memory of the largest crawl child, in MB."""

    @property
    def good(self) -> bool:
        return not (self.lost or self.twice or self.late or self.false)


def outcome(soak: Soak) -> Outcome:
    shown = {number_in(post.text) for source in soak.sources for post in source.shown}
    with soak.world.app.database.reading() as session:
        kept = list(session.scalars(select(MentionRow.text)))
        handed = session.scalar(select(func.sum(CrawlRow.items))) or 0
    lost = sorted(shown - set(map(number_in, kept)))
    # A source still reported from the spell before is told of at once: a delay of nothing.
    owed = [one for one in soak.spells if one.owed]
    late = [one for one in owed if one.delay is None or one.delay > ALLOWED]
    extra = handed - len(shown)
    with soak.world.app.database.reading() as session:
        largest = max(run.facts.get("memory_mb", 0) for run in session.scalars(select(CrawlRow)))
    return Outcome(lost, extra, late, soak.false, soak.spells, soak.crawls, len(kept), largest)


def soak(
    folder: Path,
    crawl: Callable[[CrawlRequest], CrawlOutcome],
    *,
    seed: int,
    posts: int,
    hours: float,
    kinds: Sequence[str] = KINDS,
) -> tuple[Soak, Outcome]:
    """Run it and say what came of it."""
    with ExitStack() as stack:
        sources = [
            Source(f"源{n:02d}", kind, stack.enter_context(Site())) for n, kind in enumerate(kinds)
        ]
        for source in sources:
            source.open()
        world = World(folder, sources=[one.config(EVERY) for one in sources])
        world.now = NOON
        world.app.crawl = lambda request: crawl(hurried(request))
        one = Soak(world, sources, random.Random(seed), posts, hours)  # noqa: S311 (faults, no keys)
        one.run()
        result = outcome(one)
        world.app.database.close()
        return one, result


def hurried(request: CrawlRequest) -> CrawlRequest:
    """Shorten waits on loopback: a hanging page is given up after a quarter of this."""
    return replace(request, deadline_seconds=PATIENCE, delay_seconds=0)


def table(result: Outcome) -> Iterator[str]:
    """Yield the rows of the table: each kind of fault, how often, and how late it was told."""
    yield f"{'fault':28} {'spells':>6} {'owed':>5} {'told':>5} {'worst delay':>12}"
    for mode in sorted(set(FAULTS) - set(HEALTHY)):
        spells = [one for one in result.spells if one.mode == mode]
        owed = [one for one in spells if one.owed]
        delays = [one.delay for one in owed if one.delay is not None]
        worst = f"{max(delays) / MINUTE:.0f} min" if delays else "-"
        yield f"{mode:28} {len(spells):>6} {len(owed):>5} {len(delays):>5} {worst:>12}"


def main() -> int:
    from crawlers.runner import crawl

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--posts", type=int, default=2000)
    parser.add_argument(
        "--hours", type=float, default=1.25, help="of the fast clock, then 70 minutes to heal"
    )
    given = parser.parse_args()
    began = monotonic()
    with tempfile.TemporaryDirectory() as folder:
        _, result = soak(Path(folder), crawl, seed=given.seed, posts=given.posts, hours=given.hours)
    print("\n".join(report(result, monotonic() - began, given.seed)))
    return 0 if result.good and result.largest <= LARGEST else 1


def report(result: Outcome, seconds: float, seed: int) -> Iterator[str]:
    """Yield what the command prints."""
    yield f"{len(KINDS)} sources, {result.crawls} crawls, {seconds:.0f} s, seed {seed}"
    yield from table(result)
    yield f"posts kept {result.kept}, lost {len(result.lost)}, handed over twice {result.twice}"
    yield f"spells told late {len(result.late)}, reported without one {len(result.false)}"
    yield from (f"late: {one.source} {one.mode} from {one.began:%H:%M}" for one in result.late)
    yield from (f"without a spell: {one}" for one in result.false[:5])
    yield f"largest crawl child {result.largest} MB of {LARGEST}"


if __name__ == "__main__":
    sys.exit(main())
