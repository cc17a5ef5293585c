"""Two processes at once on one store, and one that is killed: readings and people's words stay."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from test_rescore import Next, many, settled
from test_writers import at_once, worlds
from world import BRAND, World

from monitor.domain.silence import Scope
from monitor.domain.tier import Tier
from monitor.stations import silencing
from monitor.stations.correct import Word, correct
from monitor.stations.opening import Opening, begin
from monitor.stations.rescore import rescore
from monitor.stations.tend import tend
from monitor.store.schema import BrandMentionRow, PredictionRow

assert worlds  # a fixture: pytest finds it by its name here
HERE = Path(__file__).parent
CHILD = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_rescore import Next
from world import World
from monitor.stations.rescore import rescore

class Slow(Next):
    def predict(self, texts):
        time.sleep(0.05)
        return super().predict(texts)

world = World(Path(sys.argv[2]))
world.classifier = Slow()
while rescore(world.app, world.now, limit=4):
    print("batch", flush=True)
"""


def renewed(world: World) -> int:
    with world.app.database.reading() as session:
        found = select(func.count()).where(BrandMentionRow.model == "words@2")
        return session.scalar(found) or 0


def child(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", CHILD, str(HERE), str(folder)], stdout=subprocess.PIPE, text=True
    )


def test_killed_with_signal_9_it_goes_on_where_it_was(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.post(*many(80))
    settled(world)
    process = child(tmp_path)
    assert process.stdout is not None
    for _ in range(3):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    before = renewed(world)
    assert 12 <= before < 80

    world.classifier = Next()
    settled(world)

    assert renewed(world) == 80
    assert len(world.classifier.read) == 80 - before, "nothing is read twice"
    world.app.database.close()


def test_people_correct_while_another_process_reads_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.post(*many(80))
    settled(world)
    process = child(tmp_path)
    assert process.stdout is not None
    process.stdout.readline()
    for number in range(1, 81, 8):
        correct(world.app, number, None, Word("positive"), "zhang")
        time.sleep(0.02)
    process.communicate(timeout=60)

    with world.app.database.reading() as session:
        parts = session.scalars(select(BrandMentionRow)).all()
        assert session.scalar(select(func.count()).select_from(PredictionRow)) == 160
    assert {part.model for part in parts} == {"words@2"}
    assert {part.mention_id for part in parts if not part.negative} == set(range(1, 81, 8))
    world.app.database.close()


@pytest.mark.postgres
def test_two_that_read_again_at_once_on_postgresql_do_not_fail(
    worlds: tuple[World, World],
) -> None:
    worlds[0].post(*many(100))
    settled(worlds[0])
    for world in worlds:
        world.classifier = Next()

    def all_of_it(world: World) -> None:
        while rescore(world.app, world.now, limit=8):
            pass

    assert at_once(all_of_it, worlds) == []
    settled(worlds[0])
    assert renewed(worlds[0]) == 100


@pytest.mark.postgres
def test_a_persons_word_is_not_lost_to_a_reading_at_the_same_moment_on_postgresql(
    worlds: tuple[World, World],
) -> None:
    worlds[0].post(*many(60))
    settled(worlds[0])
    worlds[0].classifier = Next()

    def work(world: World) -> None:
        if world is worlds[0]:
            settled(world)
            return
        for number in range(1, 61, 3):
            correct(world.app, number, BRAND, Word("positive"), "zhang")

    assert at_once(work, worlds) == []
    with worlds[0].app.database.reading() as session:
        calm = select(BrandMentionRow.mention_id).where(~BrandMentionRow.negative)
        assert set(session.scalars(calm)) == set(range(1, 61, 3))


@pytest.mark.postgres
def test_two_that_release_a_silence_at_once_on_postgresql_call_once(
    worlds: tuple[World, World],
) -> None:
    first = worlds[0]
    until = first.now + timedelta(hours=1)
    silencing.add(first.app, Scope(brand=BRAND), Tier.YELLOW, until, "都知道了", "zhang")
    with first.app.database.transaction() as session:
        told = Opening(brand=BRAND, origin="person", key="1", name="一件", reason="电话里说的")
        begin(first.app, session, replace(told, candidate=False), first.now)
    for world in worlds:
        world.now = until

    assert at_once(lambda world: tend(world.app, world.now), worlds) == []
    first.later()

    assert len(first.bots.to("zhang-bot")) == 1
    assert len(first.bots.to("group")) == 1
