"""The story that the crash matrix plays: every kind of transition, step by step, each step named.

What the house has come by since is played in chapters of their own: its cards and telephones, and
a night at whose end the duty changes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import crash_duty
import crash_ways
from crash_steps import Step, asks, code, passes, posts, work
from sqlalchemy import select
from world import BRAND, HARM, NOON, World, item

from monitor.domain import statement
from monitor.domain.command import Command, Kind
from monitor.domain.statement import Statement
from monitor.stations import obey, regroup
from monitor.stations.opening import Opening, begin
from monitor.store.schema import BrandMentionRow, MentionRow, TopicRow

SECOND = "我家孩子也在清河医院急诊被输错液，昨天夜里抢救室躺了一晚，病历上写着别人的名字！"
OTHER = "清河互联网医院口腔科11月17日误诊，我女儿六岁白拔了两颗牙，下巴骨折住院，病历和片子都在。"
WEAK = "清河医院眼科误诊我爸"
AGAIN = "清河医院眼科也误诊我舅舅"
BIRTH = "清河医院产科11月26日给我爱人输错液，人当晚进了抢救室，护士长道歉，病历有记录"
DIRECTORY = {"li": frozenset({"medical"}), "wang": frozenset({"legal"})}


def pins(name: str) -> Step:
    def do(world: World) -> None:
        until = (world.now + timedelta(hours=1)).isoformat()
        args = {"tier": "red", "until": until}
        wish = Command(str(uuid5(NAMESPACE_URL, name)), Kind.PIN, "zhang", world.now, "看住", args)
        obey.command(world.app, code(world), wish)

    return Step(name, do)


def states(name: str, change: Callable[[Statement, World], Any]) -> Step:
    """A step of the statement; done already is as good as done."""

    def do(world: World) -> None:
        try:
            obey.move_statement(
                world.app, code(world), lambda it, _incident, _at: change(it, world)
            )
        except obey.RefusedError as error:
            # The wish before the death was granted.
            assert "批准" in str(error) or "发布" in str(error), error  # noqa: PT017

    return Step(name, do)


def approves(name: str, who: str) -> Step:
    return states(
        name, lambda it, world: statement.approve(it, who, it.text_hash, DIRECTORY, world.now)
    )


def joins(world: World) -> None:
    """A person says that another topic is the same story: its incident follows its topic."""
    with world.app.database.reading() as session:
        first, *_, last = session.scalars(select(TopicRow).order_by(TopicRow.id)).all()
    if last.merged_into is None:
        regroup.merge(world.app, last.id, first.id, "zhang", "同一件事")
    work(world)


def reports(world: World) -> None:
    """A colleague reports something from a closed group: it waits for a person's judgement."""
    known = select(TopicRow.id).where(TopicRow.key == "report-1")
    told = Opening(brand=BRAND, key="report-1", name="同事上报", origin="report", reason="待判断")
    with world.app.database.transaction() as session:
        if session.scalar(known) is None:
            begin(world.app, session, told, world.now)
    work(world)


def parts(world: World) -> None:
    """A person splits a post off its topic; split already is as good as split."""
    mine = select(BrandMentionRow).join(MentionRow).where(MentionRow.native_id.in_(("31", "32")))
    with world.app.database.reading() as session:
        first, second = session.scalars(mine.order_by(MentionRow.native_id)).all()
    if first.topic_id == second.topic_id:
        regroup.split(world.app, second.topic_id or 0, [second.mention_id], "zhang", "两件事")
    work(world)


def _publish(it: Statement, world: World) -> Any:
    return statement.publish(
        it, "https://example.cn/s", "zhang", world.now, commander="zhang", spokesperson=None
    )


def story() -> list[Step]:
    """One crisis from its first post to its closed file, what only time brings, and other ways."""
    return [*_crisis(), *_aftermath(), *crash_ways.chapter(), *crash_duty.chapter()]


def _crisis() -> list[Step]:
    """Orange, nobody answers, lease, red, playbook, statement, lowered, calm, closed; a second."""
    growth = [item(f"r{n}", "太气人了", parent_id="2") for n in range(12)]
    return [
        posts("开橙色事件", item(1, HARM, likes=3), item(5, "清河医院排队好久")),
        passes("叫下一级", 15),
        asks("认领", Kind.ACK, "li"),
        posts("升红色", item(2, SECOND), *growth),
        passes("红色叫下一级", 6),
        asks("再认领", Kind.ACK, "zhang"),
        asks("确认级别", Kind.CONFIRM_TIER, "zhang", tier="red"),
        asks("定角色", Kind.ASSIGN, "zhang", commander="zhang", spokesperson="zhang"),
        pins("钉住级别"),
        asks("松开级别", Kind.UNPIN, "zhang"),
        Step("办一步", lambda w: obey.finish_step(w.app, code(w), "hold-lines", "li", "好了")),
        asks("报进展", Kind.TOUCH, "zhang", minutes=2),
        Step(
            "起草声明",
            lambda w: obey.draft_statement(
                w.app, code(w), ("已封存病历",), "正在核实，明早通报。", "zhang"
            ),
        ),
        states("提交声明", lambda it, _world: statement.submit(it, "zhang")),
        approves("医务批准", "li"),
        approves("法务批准", "wang"),
        states("发布声明", _publish),
        asks("降橙色", Kind.LOWER, "zhang", tier="orange"),
        passes("认领将到期", 85),
        passes("认领到期重叫", 60),
        asks("接手", Kind.TAKE, "zhang"),
        posts("另开一起", item(9, OTHER, at=NOON - timedelta(minutes=5), likes=3)),
        asks("另一起定红色", Kind.CONFIRM_TIER, "zhang", 1, tier="red"),
        Step("并入", joins),
        asks("接手并入的", Kind.TAKE, "zhang"),
        asks("再降橙色", Kind.LOWER, "zhang", tier="orange"),
        passes("静下来", 1),
        passes("引擎降级", 7 * 60),
        asks("再接手", Kind.TAKE, "zhang"),
        asks("转监测", Kind.STABILISE, "zhang"),
        asks("平息", Kind.RESOLVE, "zhang"),
        asks("重开", Kind.REOPEN, "zhang"),
        asks("排除", Kind.DISMISS, "zhang"),
        asks("再重开", Kind.REOPEN, "zhang", reason="又有新情况"),
        asks("三接手", Kind.TAKE, "zhang"),
        asks("再平息", Kind.RESOLVE, "zhang"),
        asks("结案", Kind.CLOSE, "zhang"),
    ]


def _aftermath() -> list[Step]:
    """What only time brings: a candidate of the night, its rest and return, a report that expires.

    Then a story that is two, a review, a red that two people throw out, and a clock set back.
    """
    return [
        posts("夜里候选", item(21, WEAK, at=_at(11.8)), minutes=120),
        passes("候选早上转正", 500),
        asks("接手转正的", Kind.ACK, "zhang", 2),
        asks("平息转正的", Kind.RESOLVE, "zhang", 2),
        posts("又起来", item(22, AGAIN, at=_at(21)), minutes=60),
        asks("首帖提前", Kind.FIRST_POST, "zhang", 2, at="2026-11-17T08:00:00+00:00"),
        asks("监测转正的", Kind.STABILISE, "zhang", 2),
        asks("再处置", Kind.RESPOND, "zhang", 2),
        asks("又转监测", Kind.STABILISE, "zhang", 2),
        passes("自动平息", 73 * 60),
        passes("自动归档", 73 * 60),
        Step("同事上报", reports),
        passes("候选过期", 25 * 60),
        posts(
            "一题两帖",
            item(31, BIRTH, at=_at(193)),
            item(32, BIRTH + "，求扩散", at=_at(193)),
            minutes=60,
        ),
        Step("拆分", parts),
        asks("转备班", Kind.PASS, "zhang", 4),
        asks("疑似误报", Kind.REVIEW, "li", 4, until=_at(211).isoformat()),
        passes("到点复核", 19 * 60),
        posts("找到更早的帖", item(33, BIRTH + "转", at=_at(191), parent_id="31")),
        asks("确认红色", Kind.CONFIRM_TIER, "zhang", 4, tier="red"),
        asks("一人排除红色", Kind.DISMISS, "zhang", 4),
        asks("两人排除红色", Kind.DISMISS, "li", 4),
        asks("最后认领", Kind.ACK, "zhang", 5),
        passes("时钟拨回", -6 * 60),
    ]


def _at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)
