"""Delivery under load: many messages to few bots, many open incidents, and the way to the channel.

    .venv/bin/python -P benchmarks/delivery.py [limits] [incidents] [way [RATE]] [deadlines]

(-P, since a script beside this one has the name of a package.)
`limits` hands 1,000 messages to five bots that refuse the 21st of a minute, on a clock that jumps;
`incidents` opens 10,000 and times a tick of the calls, quiet and with one in a hundred due;
`way` runs the daemon with the real model for a minute, at 25, 50 and 100 mentions a second or at
RATE, with as many copies as real streams have and with none, and times how long a mention that
lights a tier takes from its storing to the channel;
`deadlines` times there how late the next level is called.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, inspect, select
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from alerts.channels import Channel, parse_channel
from alerts.message import Delivery, Message, Status
from benchmarks.delivery_daemon import COPIES, deadlines, way
from monitor import bootstrap, replay
from monitor.app import App
from monitor.config import Settings
from monitor.domain.escalation import Run
from monitor.domain.tier import Tier
from monitor.domain.transitions import open_incident
from monitor.pipeline import CALLING
from monitor.stations.deliver import deliver
from monitor.store import incidents, outbox
from monitor.store.response_schema import IncidentRow, OutboxRow, RunRow
from monitor.store.schema import TopicRow

BRAND = "清河互联网医院"
NAMES = ("a", "b", "c", "d", "e")
MOOD = 0.1  # how often one bot refuses for no reason of ours
FEW = 100
PER_MINUTE = 20  # what 企业微信 and 钉钉 allow


def settings(folder: str) -> Settings:
    """Five bots, three levels of two people each."""
    people = [{"id": f"p{n}", "name": f"张{n}", "channels": [NAMES[n % 5]]} for n in range(6)]
    levels = [{"name": f"第{n}级", "people": [f"p{n}", f"p{n + 3}"]} for n in range(3)]
    return Settings.model_validate(
        {
            "data_dir": folder,
            "brands": [{"name": BRAND, "aliases": ["清河医院"]}],
            "people": people,
            "oncall": {"levels": levels},
            "channels": [{"name": one, "url": f"json://127.0.0.1:9/{one}"} for one in NAMES],
            "groups": ["a"],
            "operator_channels": ["e"],
        }
    )


def application(folder: str, clock: Any, classifier: Any = None) -> App:  # noqa: ANN401
    """An application on a scratch store with full synchronisation, as in earnest."""
    app = bootstrap.build_scratch(settings(folder), clock, classifier)
    app.channels = {name: parse_channel(name, f"json://127.0.0.1:9/{name}") for name in NAMES}
    return app


class Clock:
    """A clock that the benchmark moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 18, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The instant."""
        return self.now


def limits(folder: str) -> None:
    """1,000 messages, five bots, one of them refusing every tenth for good measure."""
    clock, told = Clock(), Counter[str]()
    app = application(folder, clock)
    times: dict[str, list[datetime]] = defaultdict(list)
    refused = Counter[str]()

    def send(channel: Channel, message: Message) -> Delivery:
        recent = [at for at in times[channel.name] if clock.now - at < timedelta(minutes=1)]
        if len(recent) >= PER_MINUTE or (channel.name == "e" and random.random() < MOOD):  # noqa: S311
            refused["over the limit" if len(recent) >= PER_MINUTE else "by chance"] += 1
            return Delivery(Status.RETRY, "限流", "45009", 60)
        times[channel.name] = [*recent, clock.now]
        told[message.key] += 1
        return Delivery(Status.SENT, "已收下")

    app.send = send
    with app.database.transaction() as session:
        for number in range(1000):
            draft = outbox.Draft(
                incident_id=None,
                cause=f"m{number}",
                kind="page",
                recipient=f"r{number}",
                channels=(NAMES[number % 5],),
                subject="",
                body=f"第{number}件",
                priority=Tier(number % 4),
            )
            outbox.enqueue(session, draft, clock.now)
    begun = clock.now
    while any(_counts(app)[one] for one in ("pending", "retry", "leased")):
        deliver(app, clock.now)
        clock.now += timedelta(seconds=5)
    counts, minutes = _counts(app), (clock.now - begun) / timedelta(minutes=1)
    twice = sum(told.values()) - len(told)
    print(f"1,000 messages to 5 bots: {dict(counts)}, told {len(told)}, twice {twice}")
    print(f"refused: {dict(refused)}; took {minutes:.0f} minutes of the clock")
    app.database.close()


def _counts(app: App) -> Counter[str]:
    with app.database.reading() as session:
        found = select(OutboxRow.status, func.count()).group_by(OutboxRow.status)
        return Counter(dict(session.execute(found).all()))


def many_incidents(folder: str) -> None:
    """10,000 open incidents: a tick with nothing due, one with 100 due, how late the calls are."""
    clock = Clock()
    app = application(folder, clock)
    with app.database.transaction() as session:
        _open(session, clock.now)
    quiet = [_tick(app, clock.now) for _ in range(20)]
    print(f"10,000 open incidents, nothing due: a tick {max(quiet) * 1000:.0f} ms at most")
    with app.database.transaction() as session:
        for run in session.scalars(select(RunRow).where(RunRow.incident_id <= FEW)):
            run.next_deadline = clock.now
            run.data = {**run.data, "next_deadline": clock.now.isoformat()}
    print(f"100 of them due: a tick {_tick(app, clock.now) * 1000:.0f} ms")
    app.database.close()


def _open(session: Session, at: datetime) -> None:
    """Open one incident as the engine does, and 9,999 that differ from it in name and deadline."""
    topic = TopicRow(brand=BRAND, key="k", name="", first_published_at=at, last_published_at=at)
    session.add(topic)
    session.flush()
    outcome = open_incident(
        id=1,
        brand=BRAND,
        topic_key="k",
        tier=Tier.ORANGE,
        reason="",
        first_public_at=at,
        detected_at=at,
        now=at,
    )
    incidents.insert(session, outcome, topic.id, {})
    incidents.save_run(session, Run(1, Tier.ORANGE, 3, 1, 1, at, at + timedelta(minutes=15)))
    session.flush()
    for model, key in ((IncidentRow, "id"), (RunRow, "incident_id")):
        first = session.get_one(model, 1)
        columns = {one.key: getattr(first, one.key) for one in inspect(model).column_attrs}
        session.execute(insert(model), [_like(columns, key, n, at) for n in range(2, 10_001)])


def _like(columns: dict[str, Any], key: str, number: int, at: datetime) -> dict[str, Any]:
    by = at + timedelta(minutes=15 + number % 1000)
    named = {"id": number, "code": f"C{number}", "topic_key": f"k{number}"}
    run = {"incident_id": number, "next_deadline": by.isoformat()}
    fresh = {**columns, "data": {**columns["data"], **(named if key == "id" else run)}}
    return fresh | (named if key == "id" else {"incident_id": number, "next_deadline": by})


def _tick(app: App, now: datetime) -> float:
    started = time.perf_counter()
    for step in CALLING:
        step(app, now)
    return time.perf_counter() - started


def main(names: list[str]) -> None:
    """Run the named parts, or all; a number after `way` is its rate."""
    rates = [int(one) for one in names if one.isdecimal()] or [25, 50, 100]
    for name in [one for one in names if not one.isdecimal()] or ["way", *PARTS]:
        works = [PARTS[name]] if name in PARTS else list(_ways(rates))
        for work in works:
            with replay.scratch_folder() as folder:
                work(str(Path(folder)))


def _ways(rates: list[int]) -> Iterator[Callable[[str], None]]:
    for rate in rates:
        for copies in (COPIES, 0.0):
            yield partial(way, rate=rate, copies=copies)


PARTS = {"limits": limits, "incidents": many_incidents, "deadlines": deadlines}


if __name__ == "__main__":
    main(sys.argv[1:])
