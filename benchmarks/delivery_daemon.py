"""The daemon's own loops with the real model, under a stream: from the store to the channel.

Called by delivery.py. `way` times, for mentions that light RED, how long they take from their
storing to the channel, and how far the reading of the rest lags; `deadlines` times how late a call
goes out after the one before has gone unanswered.
"""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.channels import Channel, parse_channel
from alerts.message import Delivery, Message, Status
from crawlers.items import Item
from monitor import bootstrap
from monitor.app import App
from monitor.clock import utc_now
from monitor.config import Settings
from monitor.daemon import Daemon
from monitor.domain.escalation import Run
from monitor.domain.tier import Tier
from monitor.domain.transitions import open_incident
from monitor.stations.take_in import take_in
from monitor.store import incidents
from monitor.store.response_schema import IncidentRow, OutboxRow
from monitor.store.schema import BrandMentionRow, MentionRow, TopicRow

BRANDS = tuple(
    f"{word}{kind}医院"
    for word in ("清河", "松岭", "云湾", "石桥", "柳溪")
    for kind in ("人民", "中心", "口腔", "儿童", "康复")
)
LETTERS = "挂号医生护士排队缴费停车体检报告态度楼层检查药房复诊门口儿科周末等了很久满意推荐电话"
NAMES = tuple(f"bot{n}" for n in range(6))
# In the 60 busiest minutes of two microblog cascades and of two quiet years 44 to 50 % of the
# mentions said what had been said before, word for word; on two question-and-answer pages 90 %.
COPIES = 0.45
EVERY = 5  # seconds between two mentions that light RED
OPEN, SPREAD = 50, 90.0  # incidents whose calls fall due, over so many seconds
UNDER_CALLS = 50  # mentions a second meanwhile


def settings(folder: str) -> Settings:
    """25 brands; three levels of two people, a bot for each, so that none is at its limit."""
    people = [{"id": f"p{n}", "name": f"张{n}", "channels": [NAMES[n]]} for n in range(6)]
    levels = [{"name": f"第{n}级", "people": [f"p{n}", f"p{n + 3}"]} for n in range(3)]
    channels = [
        {"name": one, "url": f"json://127.0.0.1:9/{one}", "per_minute": 100} for one in NAMES
    ]
    return Settings.model_validate(
        {
            "data_dir": folder,
            "brands": [{"name": one} for one in BRANDS],
            "people": people,
            "oncall": {"levels": levels},
            "channels": channels,
            "operator_channels": [NAMES[5]],
        }
    )


class Running:
    """A daemon at work, and when each message was handed to its channel."""

    def __init__(self, folder: str) -> None:
        """Load the model; nothing runs yet."""
        classifier = bootstrap.shipped_classifier()
        classifier.predict([BRANDS[0]])
        self.app: App = bootstrap.build_scratch(settings(folder), utc_now, classifier)
        self.app.channels = {one: parse_channel(one, f"json://127.0.0.1:9/{one}") for one in NAMES}
        self.app.send = self._send
        self.told: dict[str, datetime] = {}
        self.number = 0
        self._chance = random.Random(7)  # noqa: S311 - texts of a benchmark
        self._said: list[str] = []

    def _send(self, _channel: Channel, message: Message) -> Delivery:
        self.told.setdefault(message.key, utc_now())
        return Delivery(Status.SENT, "已收下")

    @contextmanager
    def daemon(self) -> Iterator[None]:
        """Let the loops run meanwhile."""
        daemon = Daemon(self.app)
        thread = threading.Thread(target=daemon.run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            daemon.stop()
            thread.join(60)

    def second(self, rate: int, copies: float, alarms: Sequence[Item] = ()) -> None:
        """Take one second of the stream in, and wait for the second to end."""
        began = time.monotonic()
        items = [self._post(copies) for _ in range(rate)]
        with self.app.database.transaction() as session:
            take_in(self.app, session, [*items, *alarms], utc_now(), source="bench")
        time.sleep(max(0.0, began + 1 - time.monotonic()))

    def _post(self, copies: float) -> Item:
        if self._said and self._chance.random() < copies:
            text = self._chance.choice(self._said[-200:])
        else:
            words = "".join(self._chance.choices(LETTERS, k=self._chance.randint(16, 80)))
            text = self._chance.choice(BRANDS) + words
            self._said.append(text)
        self.number += 1
        return Item(
            "微博", str(self.number), text, author=f"a{self.number}", published_at=utc_now()
        )


def way(folder: str, rate: int = 100, copies: float = COPIES, seconds: int = 60) -> None:
    """Print how long alarms take from the store to the channel, and how far the rest lags."""
    running = Running(folder)
    behind = timedelta(0)
    with running.daemon():
        for second in range(seconds):
            alarms = [_alarm(second // EVERY)] if second % EVERY == 0 else []
            running.second(rate, copies, alarms)
            behind = max(behind, _behind(running.app))
        left = _left(running.app)
        time.sleep(10)
    delays, held, unheard = _delays(running)
    print(
        f"{rate} mentions/s for {seconds} s, {copies:.0%} of them copies, model loaded: "
        f"{len(delays)} calls, {_figures(delays)}; held by a budget or bundled {held}, "
        f"not told {unheard}; the dull ones lag {behind.total_seconds():.0f} s at most, "
        f"{left} unread at the end of the stream",
        flush=True,
    )
    running.app.database.close()


def _alarm(number: int) -> Item:
    """A harm told with everything that makes it RED, each of another brand."""
    text = (
        f"市卫健委通报：{BRANDS[number % len(BRANDS)]}急诊今天给三岁孩子输错液，"
        f"孩子抢救无效死亡，{number + 3}名医护停职，病历已封存。"
    )
    return Item("微博", f"h{number}", text, author=f"h{number}", published_at=utc_now())


def _behind(app: App) -> timedelta:
    with app.database.reading() as session:
        oldest = session.scalar(
            select(func.min(MentionRow.stored_at)).where(MentionRow.state == "new")
        )
    return utc_now() - oldest if oldest else timedelta(0)


def _left(app: App) -> int:
    with app.database.reading() as session:
        found = select(func.count()).where(MentionRow.state == "new")
        return session.scalar(found) or 0


def _delays(running: Running) -> tuple[list[float], int, int]:
    """Seconds from storing to the channel of each first call; how many were held, and not told."""
    delays, held, unheard = [], 0, 0
    with running.app.database.reading() as session:
        for mention in session.scalars(select(MentionRow).where(MentionRow.native_id.like("h%"))):
            calls = _calls_about(session, mention.id)
            held += sum(one.held or one.carried_by is not None for one in calls)
            free = [one for one in calls if not one.held and one.carried_by is None]
            times = [running.told[one.key] for one in free if one.key in running.told]
            unheard += not calls or len(times) < len(free)
            delays += [(at - mention.stored_at).total_seconds() for at in times]
    return delays, held, unheard


def _calls_about(session: Session, mention: int) -> list[OutboxRow]:
    """The calls of the first level about the incident of a mention."""
    found = (
        select(OutboxRow)
        .join(IncidentRow, IncidentRow.id == OutboxRow.incident_id)
        .join(BrandMentionRow, BrandMentionRow.topic_id == IncidentRow.topic_id)
        .where(
            BrandMentionRow.mention_id == mention,
            OutboxRow.kind == "page",
            OutboxRow.recipient.in_(("p0", "p3")),
        )
    )
    return list(session.scalars(found))


def _figures(seconds: list[float]) -> str:
    if not seconds:
        return "none"
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"p50 {statistics.median(ordered):.1f} s, p95 {p95:.1f} s, max {ordered[-1]:.1f} s"


def deadlines(folder: str) -> None:
    """Print how late the second level is called when the first has not answered."""
    running = Running(folder)
    with running.daemon():
        for _ in range(10):  # the queue and the loops are as busy as they will be
            running.second(UNDER_CALLS, 0.0)
        due = _open(running.app)
        for _ in range(int(SPREAD) + 15):
            running.second(UNDER_CALLS, 0.0)
    late, missing = _lateness(running, due)
    print(
        f"{OPEN} calls due within {SPREAD:.0f} s at {UNDER_CALLS} new texts/s, model loaded: "
        f"{len(late)} handed to a channel, late by {_figures(late)}; not told {missing}",
        flush=True,
    )
    running.app.database.close()


def _open(app: App) -> dict[int, datetime]:
    """Open REDs whose first level has been called, and say when the second is due, by number."""
    now = utc_now()
    due = {n: now + timedelta(seconds=5 + SPREAD * n / OPEN) for n in range(1, OPEN + 1)}
    with app.database.transaction() as session:
        for number, by in due.items():
            key = f"k{number}"
            topic = TopicRow(
                brand=BRANDS[0], key=key, name=key, first_published_at=now, last_published_at=now
            )
            session.add(topic)
            session.flush()
            outcome = open_incident(
                id=1000 + number,
                brand=BRANDS[0],
                topic_key=key,
                tier=Tier.RED,
                reason="",
                first_public_at=now,
                detected_at=now,
                now=now,
            )
            incidents.insert(session, outcome, topic.id, dict(app.policy.source))
            incidents.save_run(session, Run(1000 + number, Tier.RED, 3, 1, 1, now, by))
    return {1000 + number: by for number, by in due.items()}


def _lateness(running: Running, due: dict[int, datetime]) -> tuple[list[float], int]:
    with running.app.database.reading() as session:
        found = select(OutboxRow).where(
            OutboxRow.kind == "page",
            OutboxRow.incident_id.in_(due),
            OutboxRow.recipient.in_(("p1", "p4")),
        )
        calls = list(session.scalars(found))
    told = [one for one in calls if one.key in running.told]
    late = [(running.told[one.key] - due[one.incident_id or 0]).total_seconds() for one in told]
    return late, len(due) - len({one.incident_id for one in told})
