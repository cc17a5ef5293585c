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
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from crash_steps import Step, work
from crash_story import story
from sqlalchemy import event, func, select
from world import World

from alerts.app_cards import APPS
from alerts.channels import Channel
from alerts.message import Delivery, Message, Status
from monitor.app import App
from monitor.store import incidents
from monitor.store.duty_schema import HandoverRow
from monitor.store.first_week_schema import ReachRow
from monitor.store.response_schema import (
    AttemptRow,
    IncidentRow,
    OutboxRow,
    StatementRow,
    StepRow,
    TransitionRow,
)
from monitor.store.schema import BrandMentionRow, DecisionRow, MentionRow, SnapshotRow
from monitor.store.silence_schema import HeldRow, SilenceRow

ENDED = {"sent", "dead", "cancelled", "superseded"}
KINDS = ("提交前", "提交后", "发出前", "发出后")
NEVER = -1
TEST_CALL = "test-call"  # stands for the number of a test call, which no row of the outbox has


class Said(NamedTuple):
    """What a channel was told, as it outlives the process that told it."""

    channel: str
    key: str
    marked: bool
    """Whether it said of itself that it may be a copy."""
    receipt: str = ""
    """The card that it is, or that it changed."""
    line: str = ""


class Victim(World):
    """A world of one process, counting its boundaries, that dies at one of them."""

    def __init__(
        self, folder: Path, url: str | None, step: Step, dies_at: int = NEVER, *, cut: bool = False
    ) -> None:
        self.home, self.dies_at, self.cut = folder, dies_at, cut
        self.counting = threading.Lock()
        self.passed: list[str] = []
        super().__init__(folder, url, **step.settings)
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
        """A bot that outlives us; a card's number is made of the message's, as the platforms do."""
        self.boundary("发出前")
        key = TEST_CALL if message.body.startswith("【测试】") else message.key
        receipt = (message.target or message.key) if channel.kind in APPS else ""
        line = message.body.partition("\n")[0]
        said = Said(channel.name, key, message.maybe_duplicate, receipt, line)
        told = os.open(self.home / "told.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(told, (json.dumps(said) + "\n").encode())
        os.close(told)
        self.boundary("发出后")
        return Delivery(Status.SENT, "已送达", receipt=receipt)

    def told(self) -> list[Said]:
        path = self.home / "told.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [Said(*json.loads(line)) for line in lines]


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
    told = story()[:steps]
    victim = Victim(folder, shelf.url(folder), told[0])
    for number, step in enumerate(told):
        victim.app.database.close()
        shelf.keep(folder, number)
        for name in ("state.json", "told.jsonl"):
            if (folder / name).exists():
                shutil.copy(folder / name, root / f"{number}-{name}")
        victim.reload(**step.settings)
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
    step = story()[number]
    victim = Victim(folder, url, step, dies_at, cut=cut)
    victim.play(step, number)
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
    tables = (
        *(MentionRow, SnapshotRow, BrandMentionRow, StepRow, IncidentRow, StatementRow),
        *(SilenceRow, HeldRow),
    )
    signed = (HandoverRow.signed_by, HandoverRow.accepted_by, HandoverRow.note, HandoverRow.sheet)
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
                # A card's changes follow its sending, which a death puts off; `wrong` reads them.
                .where(OutboxRow.origin.is_(None))
                .where(OutboxRow.kind.not_in(("bundle", "digest", "card")))
                .order_by(OutboxRow.key)
            ),
            "reached": session.execute(
                select(ReachRow.person).where(ReachRow.confirmed_at.is_not(None))
            ),
            "handovers": session.execute(select(*signed).order_by(HandoverRow.turned_at)),
        }
        return {
            name: [list(one) for one in rows] if name != "rows" else rows
            for name, rows in found.items()
        }


def wrong(victim: Victim) -> list[str]:
    """Sentences about messages that are lost, doubled without a mark, or have no end."""
    told = victim.told()
    copies = Counter((one.channel, one.key) for one in told)
    marked = Counter((one.channel, one.key) for one in told if one.marked)
    found: list[str] = []
    with victim.app.database.reading() as session:
        rows = session.scalars(select(OutboxRow)).all()
        if session.scalars(select(AttemptRow.id).where(AttemptRow.ended_at.is_(None))).all():
            found.append("an attempt without an end")
    extra: Counter[tuple[str, str]] = Counter()
    for row in rows:
        number = copies[row.channel, row.key]
        extra[row.recipient, row.channel] += max(0, number - 1)
        if row.status not in ENDED and not (
            row.held and not row.attempts
        ):  # held: for the recipient's hourly budget
            found.append(f"{row.kind} to {row.recipient} is still {row.status}")
        if row.status == "sent" and not number:
            found.append(f"{row.kind} to {row.recipient} was never told")
        if number - marked[row.channel, row.key] > 1:
            found.append(f"{row.kind} to {row.recipient}: a copy without its mark")
    found += [f"{who}: {number} extra copies" for (who, _), number in extra.items() if number > 1]
    unknown = set(copies) - {(row.channel, row.key) for row in rows}
    found += [f"{name} was told what nobody wrote" for name, key in unknown if key != TEST_CALL]
    return [*found, *_test_calls(victim, copies), *_stale_cards(victim, rows, told)]


def _test_calls(victim: Victim, copies: Counter[tuple[str, str]]) -> Iterator[str]:
    """A test call is rung again by whoever saw no answer: once more, and each has its number."""
    with victim.app.database.reading() as session:
        noted = session.scalar(select(func.count()).select_from(ReachRow)) or 0
    rung = sum(number for (_, key), number in copies.items() if key == TEST_CALL)
    if not noted <= rung <= noted + 1 or rung > 2:
        yield f"{rung} test calls were rung and {noted} noted"


def _stale_cards(victim: Victim, rows: Sequence[OutboxRow], told: Sequence[Said]) -> Iterator[str]:
    """Whoever holds a card of an incident that has been answered reads there that it has."""
    shown = {(one.channel, one.receipt): one.line for one in told}
    with victim.app.database.reading() as session:
        for row in rows:
            if not row.receipt or row.status != "sent" or row.kind not in ("page", "group"):
                continue
            incident = incidents.load(session, row.incident_id or 0)
            said = shown[row.channel, row.receipt]
            if (
                not incident.restricted
                and incident.lifecycle.label not in said
                and incident.acked_by
            ):
                yield f"the card of {row.recipient} says {said[:40]}"


def in_a_process(target: Callable[..., None], *arguments: Any) -> int | None:
    """Play in a child; returns its exit code, −9 when it was killed."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["crash_kit", "crash_warm"])
    child = context.Process(target=target, args=arguments)
    child.start()
    child.join(600)
    if child.is_alive():
        child.kill()
        child.join()
        raise AssertionError("the child hangs")
    return child.exitcode
