"""A fictional week at 清河互联网医院, written through the ORM: calm, a crisis, quiet again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from monitor.domain.mention import SHANGHAI
from monitor.store.response_schema import IncidentRow, OutboxRow, StepRow, TransitionRow
from monitor.store.schema import (
    BrandMentionRow,
    CrawlRow,
    DecisionRow,
    MentionRow,
    RejectRow,
    SourceRow,
    TopicRow,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

BRAND = "清河互联网医院"
MONDAY = datetime(2026, 11, 16, tzinfo=SHANGHAI)  # the first day of 2026-W47
SUNDAY_NIGHT = datetime(2026, 11, 22, 23, 59, tzinfo=SHANGHAI)
AFTER = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI).astimezone(UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of November 2026 in Shanghai, as the program keeps it."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def mention(session: Session, when: datetime, **facts: Any) -> int:
    """Store one mention of the brand and return its number."""
    part = {key: facts.pop(key) for key in ("negative", "risk", "topic_id") if key in facts}
    brand = facts.pop("brand", BRAND)
    attention = facts.pop("attention", 1.0)
    number = session.query(MentionRow).count() + 1
    values: dict[str, Any] = {
        "platform": "weibo",
        "native_id": f"n{number}",
        "source": "清河论坛",
        "text": f"在{brand}挂号，流程挺顺",
        "signature": "",
        "observed_at": when,
        "stored_at": when,
        "state": "done",
    }
    row = MentionRow(published_at=when, **(values | facts))
    session.add(row)
    session.flush()
    session.add(
        BrandMentionRow(
            mention_id=row.id,
            brand=brand,
            hits=[],
            own_words=row.text,
            words_hash=str(row.id),
            published_at=when,
            attention=attention,
            **part,
        )
    )
    session.flush()
    return row.id


def topic(session: Session, name: str, first: datetime, *, brand: str = BRAND) -> TopicRow:
    """Store one topic."""
    row = TopicRow(
        brand=brand, key=name, name=name, first_published_at=first, last_published_at=first
    )
    session.add(row)
    session.flush()
    return row


def incident(
    session: Session, of: TopicRow, code: str, first: datetime, detected: datetime, state: str
) -> int:
    """Store one incident and return its number."""
    number = session.query(IncidentRow).count() + 1
    session.add(
        IncidentRow(
            id=number,
            code=code,
            brand=of.brand,
            topic_key=of.key,
            topic_id=of.id,
            tier=0,
            lifecycle=state,
            version=1,
            first_public_at=first,
            detected_at=detected,
            data={},
            policy={},
        )
    )
    session.flush()
    return number


def trail(session: Session, number: int, *lines: tuple[datetime, str, int, str, str]) -> None:
    """Store transitions: when, kind, tier after, lifecycle after, actor."""
    tier, state = 0, None
    for version, (when, kind, after, lifecycle, actor) in enumerate(lines, start=1):
        session.add(
            TransitionRow(
                incident_id=number,
                version=version,
                kind=kind,
                from_lifecycle=state,
                to_lifecycle=lifecycle,
                from_tier=tier,
                to_tier=after,
                actor=actor,
                at=when,
                reason="网帖称用药后住院（未核实）" if actor == "engine" else "声明已发布",
            )
        )
        tier, state = after, lifecycle
    session.flush()


def message(session: Session, number: int | None, when: datetime, status: str, **facts: Any) -> int:
    """Store one message; a sent one arrived five seconds after it was written."""
    row = OutboxRow(
        key=f"k{session.query(OutboxRow).count()}",
        incident_id=number,
        kind=facts.get("kind", "page"),
        recipient=facts.get("recipient", "zhang"),
        channel="wecom",
        subject="",
        body="",
        status=status,
        created_at=when,
        next_at=when,
        sent_at=when + timedelta(seconds=5) if status == "sent" else None,
    )
    session.add(row)
    session.flush()
    return row.id


def step(session: Session, number: int, name: str, due: datetime, **facts: Any) -> None:
    """Store one playbook step."""
    position = session.query(StepRow).count() + 1
    values = {"title": name, "role": "IC", "status": "open"} | facts
    session.add(StepRow(incident_id=number, step_id=name, position=position, due_at=due, **values))
    session.flush()


def crawl(session: Session, source: str, when: datetime, status: str, items: int) -> None:
    """Store one run of a source."""
    session.add(
        CrawlRow(
            source=source,
            at=when,
            status=status,
            items=items,
            new=items,
            rejected=0,
            problems=[],
            facts={},
        )
    )


def source(session: Session, name: str, since: datetime) -> None:
    """Store the freshness record of a source."""
    session.add(SourceRow(name=name, due_at=since, since=since))


def reject(session: Session, when: datetime, reason: str, of: str = "清河论坛") -> None:
    """Store one item that was sent back."""
    session.add(RejectRow(at=when, source=of, place="x", reason=reason, text=""))


def realistic_week(session: Session) -> None:
    """Four calm weeks, then a patient-safety crisis on Wednesday and a fee complaint on Friday."""
    _calm(session)
    _crisis(session)
    _fees(session)
    _upkeep(session)
    session.flush()


def _calm(session: Session) -> None:
    for day in range(28):
        for number in range(5 + day % 4):
            when = MONDAY - timedelta(days=28 - day) + timedelta(hours=8 + number * 2)
            mention(session, when.astimezone(UTC), negative=(day + number) % 6 == 0)
    for day in range(7):
        for number in range(4 + day % 3):
            when = MONDAY + timedelta(days=day, hours=9 + number * 2, minutes=7 * number)
            mention(session, when.astimezone(UTC), negative=(day + number) % 7 == 0)


def _crisis(session: Session) -> None:
    story = topic(session, "网帖称开错药致住院", at(18, 2, 41))
    for number in range(46):
        when = at(18, 2, 41) + timedelta(minutes=number * number * 0.55)
        mention(
            session,
            when,
            negative=number % 9 != 4,
            risk="patient_safety" if number % 3 != 2 else None,
            topic_id=story.id,
            attention=100.0 - number,
            text="家人在清河互联网医院线上开的药吃了之后住院了，要一个说法",
            url=f"https://bbs.example.cn/t/{number}",
        )
    number = incident(session, story, "7K2", at(18, 2, 41), at(18, 2, 44), "stable")
    trail(
        session,
        number,
        (at(18, 2, 44), "open", 2, "open", "engine"),
        (at(18, 2, 58), "raise", 3, "open", "engine"),
        (at(18, 3, 4), "ack", 3, "acked", "li"),
        (at(18, 3, 20), "respond", 3, "responding", "li"),
        (at(18, 4, 9), "statement", 3, "responding", "wang"),
        (at(18, 19, 30), "lower", 2, "responding", "wang"),
        (at(19, 7, 30), "lower", 1, "stable", "engine"),
        (at(19, 19, 30), "lower", 0, "stable", "engine"),
    )
    for when, tiers in ((at(18, 2, 44), (0, 2)), (at(18, 2, 58), (2, 3))):
        session.add(
            DecisionRow(
                topic_id=story.id,
                at=when,
                from_tier=tiers[0],
                to_tier=tiers[1],
                reason="两个独立来源",
                evidence=[215, 216, 217],
                metrics={},
                policy="1",
                would_lower="",
            )
        )
    _response(session, number)


def _response(session: Session, number: int) -> None:
    message(session, number, at(18, 2, 44), "sent")
    message(session, number, at(18, 2, 44), "dead", kind="group", recipient="group:ding")
    message(session, number, at(18, 2, 58), "sent")
    message(session, number, at(18, 3, 3), "sent", recipient="li")
    message(session, number, at(18, 3, 3), "unknown", kind="notice")
    step(session, number, "evidence", at(18, 2, 44), status="done", done_by="engine")
    for position, minutes in enumerate((5, 10, 15, 20, 30, 45, 60, 90, 120, 120, 180, 240)):
        due = at(18, 2, 44) + timedelta(minutes=minutes)
        late = timedelta(minutes=6 if position in (0, 7) else -2)
        done = {"status": "done", "done_by": "li", "done_at": due + late}
        step(session, number, f"step-{position}", due, **done)
    step(session, number, "briefing", at(19, 2, 44), status="skipped", note="总指挥决定不开")


def _fees(session: Session) -> None:
    story = topic(session, "退款三周没到账", at(20, 15, 0))
    for number in range(9):
        mention(
            session,
            at(20, 15, 0) + timedelta(minutes=40 * number),
            negative=True,
            risk="fees_fraud",
            topic_id=story.id,
            attention=20.0 - number,
            text="清河医院的问诊费说退三周了还没到账，客服只会说在核实",
            platform="xiaohongshu",
            source="小红书导入",
        )
    number = incident(session, story, "M4C", at(20, 15, 0), at(20, 16, 25), "open")
    trail(session, number, (at(20, 16, 25), "open", 1, "open", "engine"))
    message(session, number, at(20, 16, 25), "sent")


def _upkeep(session: Session) -> None:
    for name in ("清河论坛", "清河日报"):
        source(session, name, MONDAY - timedelta(days=60))
    for hour in range(0, 168, 2):
        when = (MONDAY + timedelta(hours=hour)).astimezone(UTC)
        crawl(session, "清河论坛", when, "ok", 3)
        blind = 100 <= hour < 116
        crawl(session, "清河日报", when, "failed" if blind else "ok", 0 if blind else 2)
    reject(session, at(17, 10), "缺少编号 id：没有编号就认不出同一条帖子，请在来源里补上")
    reject(session, at(19, 11), "发布时间 2027-01-01 00:00 在未来，请检查来源的时钟或时区")
