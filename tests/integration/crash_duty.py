"""The third chapter of the crash story: a yellow that cannot wait for the morning, then new duty.

The house of the second chapter, with a watched word and a call order that turns at nine each day.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from crash_steps import Step, asks, passes, posts
from crash_ways import settings as before
from sqlalchemy import select
from world import BRAND, NOON, World, item

from monitor.domain.command import Kind
from monitor.stations import hand_over
from monitor.stations.obey import RefusedError
from monitor.store import duty
from monitor.store.duty_schema import HandoverRow
from monitor.store.response_schema import IncidentRow, OutboxRow

BEGINS = 230  # hours after the first chapter's noon: two in the night
FEES = "清河医院乱收费，同一个检查收了两遍，客服说不清，太气人了。"
STOMACH = "11月28日外婆在清河互联网医院做胃镜，被误诊成胃炎，其实穿孔，连夜手术住院，检查报告都在。"
HEART = "表弟胸闷去清河互联网医院心内科，被误诊成焦虑，11月28日心梗进了重症抢救，急诊记录我们留着。"


def settings() -> dict[str, Any]:
    """张某 is on duty until nine in the morning, then 李某."""
    turning = {"rotate": "daily", "start": date(2026, 11, 27), "people": ["zhang", "li"]}
    levels = [{"name": "值班", **turning}, {"name": "总监", "people": ["wang"]}]
    watch = [{"name": "收费", "brand": BRAND, "rule": "乱收费"}]
    return {**before(), "watch": watch, "oncall": {"levels": levels}}


def chapter() -> list[Step]:
    """A yellow of the night grows threefold; it is still open when the duty changes."""
    return [replace(step, settings=settings()) for step in _night()]


def _night() -> list[Step]:
    growth = [item(f"d{n}", "转发微博", at=_at(0.1), parent_id="61") for n in range(5)]
    return [
        asks("排除受限的", Kind.DISMISS, "zhao", -1),
        pages(posts("夜里开黄色", item(61, FEES, at=_at(0)), minutes=13 * 60)),
        pages(posts("夜里翻三倍照叫", *growth, minutes=5), "zhang"),
        passes("换班", 7 * 60),
        Step("交班签字", signs),
        pages(
            posts("没接班两边叫", item(62, STOMACH, at=_at(7.1), likes=3), minutes=5), "li", "zhang"
        ),
        Step("接班", accepts),
        pages(posts("接班后只叫一人", item(63, HEART, at=_at(7.2), likes=3), minutes=5), "li"),
    ]


def pages(step: Step, *people: str) -> Step:
    """A step after which these people have been called for the newest incident, each once."""
    newest = select(IncidentRow.id).order_by(IncidentRow.id.desc()).limit(1)
    found = select(OutboxRow.recipient).where(
        OutboxRow.incident_id == newest.scalar_subquery(),
        OutboxRow.kind == "page",
        # A death may make a copy on the next channel.
        OutboxRow.origin.is_(None),
    )

    def do(world: World) -> None:
        step.do(world)
        with world.app.database.reading() as session:
            called = sorted(session.scalars(found))
        assert called == list(people), called

    return replace(step, do=do)


def signs(world: World) -> None:
    """Whoever goes leaves a word; both are still on duty then, and the sheet is kept."""
    assert hand_over.sign(world.app, "zhang", "答应家属中午回电").sheet["incidents"]
    (row,) = waiting(world)
    assert (row.signed_by, row.outgoing, row.incoming) == ("zhang", ["zhang"], ["li"])


def accepts(world: World) -> None:
    """Whoever comes accepts; accepted already is as good as accepted."""
    try:
        hand_over.accept(world.app, "li")
    except RefusedError as error:
        assert "没有等你接的班" in str(error), error  # noqa: PT017
    assert not waiting(world)


def waiting(world: World) -> list[HandoverRow]:
    """The hand-overs that nobody has accepted."""
    with world.app.database.reading() as session:
        return list(duty.open_handovers(session))


def _at(hours: float) -> datetime:
    return NOON + timedelta(hours=BEGINS + hours)
