"""The crash matrix: killed before and after every commit and every send, then finished.

One story is played once undisturbed to count its boundaries, then once for each of them: the
process dies there (nothing after the boundary runs), a fresh one opens the same store, and whoever
was in the middle of something begins it anew, as the daemon and its users do.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session
from world import HARM, World, item

from alerts.channels import Channel
from alerts.message import Delivery, Message
from monitor.domain import statement
from monitor.domain.command import Command, Kind
from monitor.domain.statement import Statement
from monitor.stations import obey
from monitor.stations.deliver import AT_ONCE
from monitor.store.database import Database
from monitor.store.response_schema import (
    AttemptRow,
    IncidentRow,
    OutboxRow,
    StatementRow,
    StepRow,
    TransitionRow,
)
from monitor.store.schema import BrandMentionRow, DecisionRow, MentionRow, SnapshotRow

# Every n-th boundary in the short form; FENGSUI_CRASH_STRIDE=1 plays them all (some minutes).
STRIDE = int(os.environ.get("FENGSUI_CRASH_STRIDE", "5"))
SECOND = "我家孩子也在清河医院急诊被输错液，昨天夜里抢救室躺了一晚，病历上写着别人的名字！"
DIRECTORY = {"li": frozenset({"medical"}), "wang": frozenset({"legal"})}
ENDED = {"sent", "dead", "cancelled", "superseded"}
Action = Callable[["Victim"], object]


class Killed(BaseException):
    """Stands for kill −9: whoever catches errors does not catch this."""


class Victim(World):
    """A world that dies at one boundary, counted over commits and sends."""

    def __init__(self, folder: Path, dies_at: int = -1) -> None:
        self.passed, self.dies_at = 0, dies_at
        self.counting = threading.Lock()
        self.elapsed: set[Action] = set()
        super().__init__(folder)

    def opened(self) -> Any:
        app = super().opened()
        app.send = self.deadly_send
        app.database.transaction = self.deadly(app.database)  # type: ignore[method-assign]
        return app

    def boundary(self) -> None:
        """Die here if this is the place."""
        with self.counting:
            self.passed += 1
            dead = self.passed == self.dies_at
        if dead:
            raise Killed

    def deadly(self, database: Database) -> Callable[[], Any]:
        """Transactions with a boundary before their commit and one after it."""
        whole = database.transaction

        @contextmanager
        def transaction() -> Iterator[Session]:
            with whole() as session:
                event.listen(session, "before_commit", lambda _: self.boundary())
                yield session
            self.boundary()

        return transaction

    def deadly_send(self, channel: Channel, message: Message) -> Delivery:
        """A send with a boundary before the message is out and one before its answer is read."""
        self.boundary()
        answer = self.bots.send(channel, message)
        self.boundary()
        return answer

    def play(self, actions: list[Action]) -> int:
        """Do one thing after the other; whatever is cut short is begun anew by a new process."""
        deaths = 0
        for action in actions:
            try:
                action(self)
            except Killed:
                deaths += 1
                self.restart()
                action(self)
        return deaths

    def work(self) -> None:
        """Judge, decide and deliver until nothing is left to send."""
        self.decide()
        for _ in range(3):
            self.deliver()


def posts(*made: Any) -> Action:
    return lambda world: world.post(*made)


def passes(**time: float) -> Action:
    """Time passes at once, however often the work after it is begun anew."""

    def action(world: Victim) -> None:
        if action not in world.elapsed:
            world.elapsed.add(action)
            world.now += timedelta(**time)
        world.work()

    return action


def asks(kind: Kind, who: str, reason: str = "", **args: str) -> Action:
    """One wish with one id: the shell's retry of a command that died."""
    number = obey.new_id()

    def action(world: Victim) -> None:
        wish = Command(number, kind, who, world.now, reason, args)
        obey.command(world.app, code(world), wish)

    return action


def states(change: Callable[[Statement, Victim], Any]) -> Action:
    """A step of the statement; done already is as good as done."""

    def action(world: Victim) -> None:
        try:
            obey.move_statement(
                world.app, code(world), lambda it, _incident, _at: change(it, world)
            )
        except obey.RefusedError as error:
            assert "批准" in str(error)  # noqa: PT017 - the wish before the kill was granted

    return action


def approves(who: str) -> Action:
    return states(lambda it, world: statement.approve(it, who, it.text_hash, DIRECTORY, world.now))


def code(world: World) -> str:
    with world.app.database.reading() as session:
        return session.scalars(select(IncidentRow.code)).one()


def story() -> list[Action]:
    """Orange, next person, answer, red, playbook, statement, lowered, calm."""
    growth = [item(f"r{n}", "太气人了", parent_id="2") for n in range(12)]
    return [
        posts(item(1, HARM, likes=3), item(5, "清河医院排队好久")),
        passes(seconds=1),
        passes(minutes=15),
        asks(Kind.ACK, "li"),
        passes(minutes=1),
        posts(item(2, SECOND), *growth),
        passes(minutes=1),
        asks(Kind.ACK, "zhang"),
        asks(Kind.ASSIGN, "zhang", commander="zhang", spokesperson="zhang"),
        lambda world: obey.finish_step(world.app, code(world), "hold-lines", "li", "好了"),
        lambda world: obey.draft_statement(
            world.app, code(world), ("已封存病历",), "正在核实，明早通报。", "zhang"
        ),
        states(lambda it, _world: statement.submit(it, "zhang")),
        approves("li"),
        approves("wang"),
        states(
            lambda it, world: statement.publish(
                it, "https://example.cn/s", "zhang", world.now, commander="zhang", spokesperson=None
            )
        ),
        asks(Kind.LOWER, "zhang", "已说明", tier="orange"),
        *[passes(minutes=20) for _ in range(3)],
    ]


def kept(world: World) -> dict[str, Any]:
    """What must be the same however often the process died."""
    with world.app.database.reading() as session:
        tables = (MentionRow, SnapshotRow, BrandMentionRow, StepRow, IncidentRow, StatementRow)
        return {
            "rows": [session.scalar(select(func.count()).select_from(one)) for one in tables],
            "trail": session.execute(
                select(TransitionRow.kind, TransitionRow.to_tier, TransitionRow.actor).order_by(
                    TransitionRow.version
                )
            ).all(),
            "decisions": session.execute(
                select(DecisionRow.from_tier, DecisionRow.to_tier).order_by(DecisionRow.id)
            ).all(),
            # A death may make a copy on the recipient's next channel: whoever died sent nothing.
            "messages": sorted(
                session.scalars(select(OutboxRow.key).where(OutboxRow.origin.is_(None)))
            ),
            "done": session.execute(
                select(StepRow.step_id, StepRow.status).order_by(StepRow.position)
            ).all(),
        }


def check_messages(world: World) -> None:
    """Every message ended; who got one got it once, or once more and marked; none is lost."""
    told = Counter((channel, message.key) for channel, message in world.bots.told)
    marked = Counter((c, m.key) for c, m in world.bots.told if m.maybe_duplicate)
    with world.app.database.reading() as session:
        rows = session.scalars(select(OutboxRow)).all()
        open_attempts = session.scalars(select(AttemptRow.id).where(AttemptRow.ended_at.is_(None)))
        assert open_attempts.all() == []
    assert {row.status for row in rows} <= ENDED
    for row in rows:
        copies = told[row.channel, row.key]
        assert copies >= (row.status == "sent"), (row.kind, row.recipient)
        assert copies - marked[row.channel, row.key] <= 1, "an extra copy without its mark"
        assert copies <= 2, "more than one extra copy"
    extra = sum(told.values()) - len(told)
    assert extra <= AT_ONCE, "more extra copies than messages that were on their way"


@pytest.mark.timeout(900)
def test_killed_at_every_commit_and_send_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    actions = story()
    calm = Victim(tmp_path / "calm")
    shutil.copy(tmp_path / "calm" / "fengsui.db", tmp_path / "empty.db")
    assert calm.play(actions) == 0
    check_messages(calm)
    expected = kept(calm)
    calm.app.database.close()

    for place in range(1, calm.passed + 1, STRIDE):
        folder = tmp_path / str(place)
        folder.mkdir()
        shutil.copy(tmp_path / "empty.db", folder / "fengsui.db")
        victim = Victim(folder, place)
        assert victim.play(actions) == 1, place
        check_messages(victim)
        assert kept(victim) == expected, place
        victim.app.database.close()
