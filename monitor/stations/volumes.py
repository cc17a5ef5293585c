"""How unusual a brand's volume is at an instant: stored baselines, moved on from the counts.

The stored state stands at a full hour at least `LATENESS` ago and is moved on, hour by hour, when
somebody looks; the hours since then are judged from their counts at every look. So a look reads
three to four hours of an index, a restart changes nothing, and late mentions count like others.
When the clock was set back, or older history came in, the state is learnt anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.baseline.burst import Burst
from monitor.baseline.codec import is_current, of_json, to_json
from monitor.baseline.season import BINS
from monitor.baseline.stream import EPOCH, HOUR, HourOfCounts, Stream, advance, judge
from monitor.domain.metrics import Volume
from monitor.stations.grouping import LATENESS
from monitor.store.baseline_schema import BaselineRow
from monitor.store.volume import BIN, Counts, binned, blindness, first_seen, shares, unread

MEMORY = timedelta(days=56)  # eight of each weekday are read when a baseline is learnt anew
SIGNALS = ("mentions", "negative", "heat")
NOTHING = "-"  # in place of a code: the streams of a code of which nothing was heard so far


Volumes = dict[str, tuple[Volume, ...]]
"""By risk code, the empty one for the brand; each has one for every signal, in their order."""


@dataclass(slots=True)
class Known:
    """What is known of a brand up to a full hour: streams by code and signal."""

    since: datetime
    until: datetime
    streams: dict[str, dict[str, Stream]] = field(
        default_factory=lambda: {"": _fresh(), NOTHING: _fresh()}
    )


def volumes(session: Session, brand: str, now: datetime) -> Volumes:
    """Volume of a brand (under the empty code) and of each of its risk codes, as of `now`."""
    known = _moved_on(session, brand, now)
    if known is None:
        return {}
    counted = binned(session, brand, known.until, now)
    unseen = _Unseen(tuple(blindness(session, brand, now)))
    found = {}
    for code in (known.streams | counted).keys() - {NOTHING}:
        streams = known.streams.get(code) or known.streams[NOTHING]
        bins = counted.get(code, {})
        found[code] = tuple(
            _read(code, signal, streams[signal], list(_hours(bins, known.until, now, n, unseen)))
            for n, signal in enumerate(SIGNALS)
        )
    return found


def _read(code: str, signal: str, stream: Stream, hours: list[HourOfCounts]) -> Volume:
    """Judge the hours that are not in the state yet, the last of which still runs."""
    for hour in hours[:-1]:
        stream = advance(stream, hour)
    watch, bursts = judge(stream, hours[-1])
    return _volume(code, signal, bursts[-1], alarmed=not watch.armed)


def _volume(code: str, signal: str, burst: Burst, *, alarmed: bool) -> Volume:
    short, long, cusum = burst.values
    return Volume(
        code=code,
        signal=signal,
        count_15m=burst.count_15,
        usual_15m=burst.usual_15,
        count_60m=burst.count_60,
        usual_60m=burst.usual_60,
        surprise_15m=short,
        surprise_60m=long,
        cusum=cusum,
        limits=burst.limits,
        score=burst.score,
        alarmed=alarmed,
    )


def _moved_on(session: Session, brand: str, now: datetime) -> Known | None:
    """The brand's state at the last full hour that is closed for late mentions."""
    closed = _full_hour(now - LATENESS)
    rows = session.scalars(select(BaselineRow).where(BaselineRow.brand == brand)).all()
    known = _stored(rows)
    begun = first_seen(session, brand, now - MEMORY, known.since if known else now)
    if known is None and begun is None:
        return None
    if known is None or _is_stale(known, begun, closed):
        for row in rows:
            session.delete(row)
        session.flush()
        begun = begun or (known.since if known else now)
        start = _full_hour(min(max(begun, now - MEMORY), now))
        known = Known(start, start)
    if known.until < closed:
        _learn(session, brand, known, closed)
        _store(session, brand, known)
    return known


def _is_stale(known: Known, begun: datetime | None, closed: datetime) -> bool:
    """The clock was set back, older history has come in, or nobody looked for too long."""
    older = begun is not None and _full_hour(begun) < known.since
    return known.until > closed or older or closed - known.until > MEMORY


def _full_hour(at: datetime) -> datetime:
    return EPOCH + (at - EPOCH) // HOUR * HOUR


def _stored(rows: Sequence[BaselineRow]) -> Known | None:
    if not rows or not all(is_current(row.streams[name]) for row in rows for name in SIGNALS):
        return None
    streams = {row.code: {name: of_json(row.streams[name]) for name in SIGNALS} for row in rows}
    return Known(rows[0].since, rows[0].until, streams)


def _store(session: Session, brand: str, known: Known) -> None:
    for code, streams in known.streams.items():
        session.merge(
            BaselineRow(
                brand=brand,
                code=code,
                since=known.since,
                until=known.until,
                streams={name: to_json(one) for name, one in streams.items()},
            )
        )
    session.flush()


def _learn(session: Session, brand: str, known: Known, closed: datetime) -> None:
    """Move every stream on to the closed hour; a code that is new starts where the brand did."""
    counted = binned(session, brand, known.until, closed - timedelta(microseconds=1))
    missing = _missing(session, brand, known.until, closed)
    for code in counted:
        known.streams.setdefault(code, dict(known.streams[NOTHING]))
    for code, streams in known.streams.items():
        bins = counted.get(code, {})
        for n, signal in enumerate(SIGNALS):
            at, stream = known.until, streams[signal]
            while at < closed:
                stream = advance(stream, _hour(bins, at, n, 1 - missing.get(at, 0.0)))
                at += HOUR
            streams[signal] = stream
    known.until = closed


def _fresh() -> dict[str, Stream]:
    return {signal: Stream() for signal in SIGNALS}


def _hours(
    bins: dict[datetime, Counts], since: datetime, now: datetime, n: int, unseen: _Unseen
) -> Iterator[HourOfCounts]:
    """The hours from a full one on; the last has as many bins as have begun."""
    at = since
    while at + HOUR <= now:
        yield _hour(bins, at, n, 1 - unseen.of(at))
        at += HOUR
    begun = max(1, (now - at) // BIN + 1)
    whole = _hour(bins, at, n, 1 - unseen.of(at))
    yield HourOfCounts(at, whole.bins[:begun], whole.exposure)


def _hour(bins: dict[datetime, Counts], start: datetime, n: int, exposure: float) -> HourOfCounts:
    zero = (0.0, 0.0, 0.0)
    counts = tuple(bins.get(start + BIN * i, zero)[n] for i in range(BINS))
    return HourOfCounts(start, counts, max(0.0, exposure))


@dataclass(frozen=True, slots=True)
class _Unseen:
    """Blind sources: since when, and their share of the brand's mentions."""

    sources: tuple[tuple[datetime, float], ...] = ()

    def of(self, hour: datetime) -> float:
        """The share that could not be seen in an hour."""
        return sum(share for since, share in self.sources if since < hour + HOUR)


def _missing(
    session: Session, brand: str, since: datetime, closed: datetime
) -> dict[datetime, float]:
    """For each hour the share of the brand's mentions that nobody has read, where there is any."""
    found: dict[datetime, float] = {}
    at = closed - HOUR
    while at >= since:
        names = unread(session, at + HOUR)
        if not names:
            return found  # what has been read since this hour has been read since earlier ones
        found[at] = sum(shares(session, brand, closed, names).values())
        at -= HOUR
    return found
