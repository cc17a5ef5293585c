"""The story that the crash matrix plays: every kind of transition, step by step, each step named.

A step may be cut short by a death and is then begun anew by another process, as the daemon begins
its rounds anew and a shell its commands: with the same command id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from world import HARM, NOON, World, item

from monitor.domain import statement
from monitor.domain.command import Command, Kind
from monitor.domain.statement import Statement
from monitor.stations import obey
from monitor.store.response_schema import IncidentRow
from monitor.store.schema import TopicRow

SECOND = "我家孩子也在清河医院急诊被输错液，昨天夜里抢救室躺了一晚，病历上写着别人的名字！"
OTHER = "清河互联网医院口腔科11月17日误诊，我女儿六岁白拔了两颗牙，下巴骨折住院，病历和片子都在。"
DIRECTORY = {"li": frozenset({"medical"}), "wang": frozenset({"legal"})}


@dataclass(frozen=True)
class Step:
    """One thing that happens, and what it is called in the matrix."""

    name: str
    do: Callable[[Any], object]
    minutes: float = 0
    """Time that passes before it, once, however often it is begun anew."""


def work(world: World) -> None:
    """Judge, decide and deliver until nothing is left to send."""
    world.decide()
    world.deliver()


def posts(name: str, *made: Any) -> Step:
    return Step(name, lambda world: (world.post(*made), work(world)))


def passes(name: str, minutes: float) -> Step:
    return Step(name, work, minutes)


def asks(name: str, kind: Kind, who: str, nth: int = 0, **args: str) -> Step:
    """One wish with one id: the shell's retry of a command that died."""
    reason, number = args.pop("reason", "按预案"), str(uuid5(NAMESPACE_URL, name))

    def do(world: World) -> None:
        wish = Command(number, kind, who, world.now, reason, args)
        obey.command(world.app, code(world, nth), wish)

    return Step(name, do)


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
    """Another topic turns out to be the same story: its incident is merged into the first."""
    with world.app.database.transaction() as session:
        first, *_, last = session.scalars(select(TopicRow).order_by(TopicRow.id)).all()
        last.merged_into, last.check_at = first.id, world.now
    work(world)


def code(world: World, nth: int = 0) -> str:
    with world.app.database.reading() as session:
        return session.scalars(select(IncidentRow.code).order_by(IncidentRow.id)).all()[nth]


def _publish(it: Statement, world: World) -> Any:
    return statement.publish(
        it, "https://example.cn/s", "zhang", world.now, commander="zhang", spokesperson=None
    )


def story() -> list[Step]:
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
        asks("报进展", Kind.TOUCH, "zhang"),
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
        posts("另开一起", item(9, OTHER, at=NOON + timedelta(hours=2, minutes=45), likes=3)),
        Step("并入", joins),
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
