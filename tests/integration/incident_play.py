"""What may happen to incidents, as plain calls that another world can repeat one by one."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from unittest.mock import patch
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from world import BRAND, World, item

from alerts.channels import Channel
from alerts.message import Delivery, Message, Status
from monitor.app import App
from monitor.domain import transitions
from monitor.domain.command import Command, Kind
from monitor.domain.incident import Lifecycle
from monitor.domain.silence import Scope
from monitor.domain.tier import Tier
from monitor.stations import deliver as station
from monitor.stations import obey, regroup, respond, silencing
from monitor.stations.deliver import claim
from monitor.store import incidents
from monitor.store.response_schema import IncidentRow, OutboxRow
from monitor.store.schema import BrandMentionRow, MentionRow, TopicRow

PATIENT = "患者赵小川"
NUMBERS = ("110101199003074477", "13812345678")
STORIES = (
    "清河互联网医院11月18日给急诊的孩子输错液，孩子进了抢救室，护士长说在查",
    "清河医院眼科11月17日误诊我父亲，拖成失明，主任已经承认，病历和录音都在",
    "清河医院产科把张女士的孕检报告泄露给月子中心，误诊的片子也在里面",
)
VOICES = ("", "。我家孩子也在那里，昨天躺了一晚", "，求扩散", "！病历上写着别人的名字，气死人")
PEOPLE = ("zhang", "li", "wang")
FATES = {
    "unknown": Delivery(Status.UNKNOWN, "读取超时"),
    "busy": Delivery(Status.RETRY, "限流", "45009", 60),
    "later": Delivery(Status.RETRY, "暂时不收"),
    "dead": Delivery(Status.DEAD, "机器人已被移除", "93000"),
    "long": Delivery(Status.TOO_LONG, "太长", "40058"),
}


@cache
def _empty() -> Path:
    """A store in which nothing has happened, with its key."""
    folder = Path(tempfile.mkdtemp(prefix="fengsui-empty-"))
    World(folder).app.database.close()
    return folder


class Play(World):
    """A world in which things happen; it notes every page that should not have gone out."""

    def __init__(self) -> None:
        """Start from an empty store."""
        self.home = Path(tempfile.mkdtemp(prefix="fengsui-play-"))
        for one in _empty().iterdir():
            shutil.copy(one, self.home / one.name)
        super().__init__(self.home)
        self.wishes: list[tuple[str, Command]] = []
        self.posted = 0
        self.late_pages: list[str] = []
        self.arrived: Counter[tuple[str, str]] = Counter()

    def opened(self) -> App:
        """The application, with a look at what goes out."""
        app = super().opened()
        app.send = self._send
        return app

    def close(self) -> None:
        """Leave nothing behind."""
        self.app.database.close()
        shutil.rmtree(self.home)

    def _send(self, channel: Channel, message: Message) -> Delivery:
        with self.app.database.reading() as session:
            row = session.scalars(select(OutboxRow).where(OutboxRow.key == message.key)).one()
            carried = select(OutboxRow).where(OutboxRow.carried_by == row.id)
            said = [row, *session.scalars(carried)]
            numbers = [one.incident_id for one in said if one.kind == "page"]
            states = [incidents.load(session, one).lifecycle for one in numbers if one]
        if states and Lifecycle.OPEN not in states:
            self.late_pages.append(f"{message.body[:40]} while {states}")
        answer = self.bots.send(channel, message)
        if answer.status in (Status.SENT, Status.UNKNOWN) and not message.maybe_duplicate:
            self.arrived[channel.name, message.key] += 1
        return answer

    def deliver(self) -> None:
        """One after the other: the order in which answers come is no part of a story."""
        with patch.object(station, "AT_ONCE", 1):
            super().deliver()

    # What may happen.

    def tells(self, story: int, voice: int, parent: int) -> None:
        """Somebody tells a story, or passes the newest post on."""
        self.posted += 1
        text = f"{STORIES[story]}{VOICES[voice]}。{PATIENT}，身份证{NUMBERS[0]}，电话{NUMBERS[1]}"
        above = str(self.posted - parent) if 0 < parent < self.posted else None
        self.post(item(self.posted, text, at=self.now, parent_id=above))

    def crowd(self, number: int) -> None:
        """Many pass the newest post on."""
        above = str(self.posted) if self.posted else None
        made = [
            item(f"{self.posted}-{self.now.timestamp()}-{n}", "太气人了", self.now, parent_id=above)
            for n in range(number)
        ]
        self.post(*made)

    def tick(self, minutes: int) -> None:
        """Time passes and everybody does their round."""
        self.later(minutes=minutes)

    def waits(self, minutes: int) -> None:
        """Time passes and all is decided, but nothing is sent."""
        self.now += timedelta(minutes=minutes)
        self.decide()

    def jump(self, hours: int) -> None:
        """The clock is set, and everybody does their round."""
        self.later(hours=hours)

    def fate(self, channel: str, kind: str) -> None:
        """The next message to a channel fares badly."""
        self.bots.answers.setdefault(channel, []).append(FATES[kind])

    def mend(self) -> None:
        """The channels answer again."""
        self.bots.answers.clear()

    def crash(self, told: bool) -> None:
        """The process dies with messages in hand, before or after they were out."""
        for one in claim(self.app, self.now):
            if told:
                self._send(
                    self.app.channels[one.row.channel],
                    Message(one.row.key, "", one.row.body, maybe_duplicate=one.row.resent),
                )
        self.restart()

    def wish(self, nth: int, kind: Kind, who: str, args: dict[str, str]) -> None:
        """Somebody asks something of an incident."""
        codes = self.codes()
        if not codes:
            return
        given = dict(args)
        if "hours" in given:
            given["until"] = (self.now + timedelta(hours=int(given.pop("hours")))).isoformat()
        if "ago" in given:
            given["at"] = (self.now - timedelta(hours=int(given.pop("ago")))).isoformat()
        number = str(uuid5(NAMESPACE_URL, str(len(self.wishes))))
        asked = (codes[nth % len(codes)], Command(number, kind, who, self.now, "理由", given))
        self.wishes.append(asked)
        self.ask(*asked)

    def hush(self, nth: int, tier: str, hours: int, after: int) -> None:
        """Somebody wants quiet about an incident, or about all yellows of the brand."""
        codes = self.codes()
        scope = Scope(code=codes[nth % len(codes)]) if codes and nth else Scope(brand=BRAND)
        begin = self.now + timedelta(hours=after)
        until, loudest = begin + timedelta(hours=hours), Tier[tier.upper()]
        with suppress(obey.RefusedError):
            silencing.add(self.app, scope, loudest, until, "都知道了", "zhang", begin=begin)

    def unhush(self, nth: int) -> None:
        """Somebody ends a silence before its time."""
        with suppress(obey.RefusedError):
            silencing.end(self.app, nth, "li")

    def ask(self, code: str, wish: Command) -> None:
        """Ask; a refusal is an answer."""
        with suppress(obey.RefusedError):
            obey.command(self.app, code, wish)

    def speaks(self, nth: int) -> None:
        """A statement is published."""
        codes = self.codes()
        if not codes:
            return
        with self.app.database.transaction() as session:
            incident = obey.find(session, codes[nth % len(codes)])
            if incident.lifecycle.active:
                outcome = transitions.published(incident, "zhang", self.now)
                respond.store(self.app, session, incident, outcome, self.now)

    def merges(self, child: int, root: int) -> None:
        """Somebody says that two topics are one."""
        topics = self.topics()
        if topics:
            with suppress(obey.RefusedError):
                numbers = topics[child % len(topics)], topics[root % len(topics)]
                regroup.merge(self.app, *numbers, "zhang", "同一件事")
        self.decide()

    def splits(self, nth: int) -> None:
        """Somebody says that a post is another story."""
        with self.app.database.reading() as session:
            found = select(BrandMentionRow.topic_id, BrandMentionRow.mention_id)
            posts = session.execute(found.order_by(BrandMentionRow.mention_id)).all()
        if posts:
            topic, mention = posts[nth % len(posts)]
            with suppress(obey.RefusedError):
                regroup.split(self.app, topic or 0, [mention], "zhang", "两件事")
        self.decide()

    # What a look at the store tells.

    def codes(self) -> list[str]:
        """The codes of all incidents, the first opened first."""
        with self.app.database.reading() as session:
            return list(session.scalars(select(IncidentRow.code).order_by(IncidentRow.id)))

    def topics(self) -> list[int]:
        """The topics that have not gone into others."""
        found = select(TopicRow.id).where(TopicRow.merged_into.is_(None)).order_by(TopicRow.id)
        with self.app.database.reading() as session:
            return list(session.scalars(found))

    def heard(self, topic: int, since: datetime, until: datetime) -> int:
        """How many posts that blame the brand reached a topic within a span."""
        found = (
            select(MentionRow.id)
            .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
            .where(BrandMentionRow.topic_id == topic, BrandMentionRow.blamed.is_(True))
            .where(MentionRow.stored_at > since, MentionRow.stored_at < until)
        )
        with self.app.database.reading() as session:
            return len(session.scalars(found).all())

    def unmarked_copies(self) -> list[str]:
        """Keys that a channel was told more than once without the mark on the copies."""
        return [f"{one} {number} times" for one, number in self.arrived.items() if number > 1]
