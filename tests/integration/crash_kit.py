"""Kill −9 for real: a process of its own plays one step of the story and dies at one boundary.

A boundary is the instant before or after a commit, before a message is out and before its answer
is read. What the bots were told outlives the process in a file; what it knew does not. The fork
server imports everything once, so that a death costs a fork and not an interpreter's start.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from crash_story import Step, story, work
from sqlalchemy import event, func, select
from world import World

from alerts.channels import Channel
from alerts.message import Delivery, Message, Status
from monitor.app import App
from monitor.store.response_schema import (
    AttemptRow,
    IncidentRow,
    OutboxRow,
    StatementRow,
    StepRow,
    TransitionRow,
)
from monitor.store.schema import BrandMentionRow, DecisionRow, MentionRow, SnapshotRow

ENDED = {"sent", "dead", "cancelled", "superseded"}
KINDS = ("提交前", "提交后", "发出前", "发出后")
NEVER = -1


class Victim(World):
    """A world of one process, counting its boundaries, that dies at one of them."""

    def __init__(
        self, folder: Path, url: str | None, dies_at: int = NEVER, *, cut: bool = False
    ) -> None:
        self.home, self.dies_at, self.cut = folder, dies_at, cut
        self.counting = threading.Lock()
        self.passed: list[str] = []
        super().__init__(folder, url)
        state = json.loads((folder / "state.json").read_text())
        self.now, self.moved = datetime.fromisoformat(state["now"]), state["moved"]

    def opened(self) -> App:
        app = super().opened()
        app.send = self.send
        # The store is opened anew as the daemon opens it, with every commit synchronised.
        event.listen(app.database._sessions, "before_commit", lambda _: self.boundary("提交前"))
        event.listen(app.database._sessions, "after_commit", lambda _: self.boundary("提交后"))
        return app

    def play(self, step: Step, number: int) -> None:
        """Do one step; the time before it passes once."""
        if step.minutes and number not in self.moved:
            self.now += timedelta(minutes=step.minutes)
            self.moved.append(number)
            self.remember()
        step.do(self)

    def remember(self) -> None:
        aside = self.home / "state.new"
        aside.write_text(json.dumps({"now": self.now.isoformat(), "moved": self.moved}))
        aside.replace(self.home / "state.json")

    def boundary(self, kind: str) -> None:
        """Die here if this is the place."""
        with self.counting:
            self.passed.append(kind)
            if len(self.passed) == self.dies_at:
                (self.home / "died.txt").write_text(kind)
                if self.cut:
                    pull_the_plug(self.home)
                os.kill(os.getpid(), signal.SIGKILL)

    def send(self, channel: Channel, message: Message) -> Delivery:
        """A bot that outlives us."""
        self.boundary("发出前")
        line = json.dumps([channel.name, message.key, message.maybe_duplicate]) + "\n"
        told = os.open(self.home / "told.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(told, line.encode())
        os.close(told)
        self.boundary("发出后")
        return Delivery(Status.SENT, "已送达")

    def told(self) -> list[tuple[str, str, bool]]:
        path = self.home / "told.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [tuple(json.loads(line)) for line in lines]


def pull_the_plug(home: Path) -> None:
    """Keep what a power cut leaves: the files as they are, and a torn write at the log's end."""
    left = home / "left"
    left.mkdir()
    for name in ("fengsui.db", "fengsui.db-wal"):
        if (home / name).exists():
            shutil.copy(home / name, left / name)
    with (left / "fengsui.db-wal").open("ab") as log:
        log.write(os.urandom(1500))


def calmly(home: str, shelf_root: str, shelf: Any, steps: int) -> None:
    """In a process of its own: play the whole story, keeping the store as each step finds it."""
    folder, root = Path(home), Path(shelf_root)
    victim = Victim(folder, shelf.url(folder))
    for number, step in enumerate(story()[:steps]):
        victim.app.database.close()
        shelf.keep(folder, number)
        for name in ("state.json", "told.jsonl"):
            if (folder / name).exists():
                shutil.copy(folder / name, root / f"{number}-{name}")
        victim.restart()
        victim.passed.clear()
        victim.play(step, number)
        victim.remember()
        found = {"kept": kept(victim), "boundaries": victim.passed}
        (root / f"kept-{number}.json").write_text(json.dumps(found))
    victim.app.database.close()
    os._exit(0)


def play(home: str, url: str | None, number: int, dies_at: int = NEVER, cut: bool = False) -> None:
    """In a process of its own: play one step; note what is kept and what is wrong."""
    folder = Path(home)
    victim = Victim(folder, url, dies_at, cut=cut)
    victim.play(story()[number], number)
    (folder / "kept.json").write_text(json.dumps({"kept": kept(victim)}))
    drain(victim)
    (folder / "wrong.json").write_text(json.dumps(wrong(victim), ensure_ascii=False))
    victim.app.database.close()
    os._exit(0)


def drain(victim: Victim) -> None:
    """Let the leases of the dead run out and everything be sent."""
    for _ in range(3):
        victim.now += timedelta(seconds=61)
        work(victim)


def kept(world: World) -> dict[str, Any]:
    """What must be the same however often the process died."""
    tables = (MentionRow, SnapshotRow, BrandMentionRow, StepRow, IncidentRow, StatementRow)
    trail = (TransitionRow.incident_id, TransitionRow.kind, TransitionRow.to_tier)
    with world.app.database.reading() as session:
        found = {
            "rows": [session.scalar(select(func.count()).select_from(one)) for one in tables],
            "trail": session.execute(select(*trail).order_by(*trail[:1], TransitionRow.version)),
            "decisions": session.execute(
                select(DecisionRow.from_tier, DecisionRow.to_tier).order_by(DecisionRow.id)
            ),
            "steps": session.execute(
                select(StepRow.incident_id, StepRow.step_id, StepRow.status).order_by(
                    StepRow.incident_id, StepRow.position
                )
            ),
            # A death may make a copy on the next channel: whoever died sent nothing.
            "messages": session.execute(
                select(OutboxRow.key)
                .where(OutboxRow.origin.is_(None), OutboxRow.kind.not_in(("bundle", "digest")))
                .order_by(OutboxRow.key)
            ),
        }
        return {
            name: [list(one) for one in rows] if name != "rows" else rows
            for name, rows in found.items()
        }


def wrong(victim: Victim) -> list[str]:
    """Sentences about messages that are lost, doubled without a mark, or have no end."""
    copies = Counter((channel, key) for channel, key, _ in victim.told())
    marked = Counter((channel, key) for channel, key, mark in victim.told() if mark)
    found: list[str] = []
    with victim.app.database.reading() as session:
        rows = session.scalars(select(OutboxRow)).all()
        if session.scalars(select(AttemptRow.id).where(AttemptRow.ended_at.is_(None))).all():
            found.append("an attempt without an end")
    extra: Counter[tuple[str, str]] = Counter()
    for row in rows:
        told = copies[row.channel, row.key]
        extra[row.recipient, row.channel] += max(0, told - 1)
        if row.status not in ENDED and not (
            row.held and not row.attempts
        ):  # held: for the recipient's hourly budget
            found.append(f"{row.kind} to {row.recipient} is still {row.status}")
        if row.status == "sent" and not told:
            found.append(f"{row.kind} to {row.recipient} was never told")
        if told - marked[row.channel, row.key] > 1:
            found.append(f"{row.kind} to {row.recipient}: a copy without its mark")
    found += [f"{who}: {number} extra copies" for (who, _), number in extra.items() if number > 1]
    unknown = set(copies) - {(row.channel, row.key) for row in rows}
    return found + [f"{channel} was told what nobody wrote" for channel, _ in unknown]


def in_a_process(target: Callable[..., None], *arguments: Any) -> int | None:
    """Play in a child; returns its exit code, −9 when it was killed."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["crash_kit"])
    child = context.Process(target=target, args=arguments)
    child.start()
    child.join(600)
    if child.is_alive():
        child.kill()
        child.join()
        raise AssertionError("the child hangs")
    return child.exitcode
