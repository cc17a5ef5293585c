"""A changed model reads again what the former one read, and texts that no model can read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select, update
from test_corrections import decided
from world import BRAND, HARM, NOON, WordClassifier, World, item

from models.prediction import Prediction
from monitor.pipeline import DECIDING, tick
from monitor.stations.correct import Word, correct
from monitor.stations.judge import judge
from monitor.stations.rescore import BATCH, WINDOW, rescore
from monitor.status import health
from monitor.store.schema import BrandMentionRow, MentionRow, PredictionRow, TopicRow


class Next(WordClassifier):
    """The next model: finds 收费 bad and risky, and breaks on 死机."""

    name = "words@2"

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        if any("死机" in text for text in texts):
            raise RuntimeError(texts)
        return super().predict(texts)

    def _one(self, text: str) -> Prediction:
        return super()._one(text.replace("收费", "乱收费"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.app.database.close()


def many(count: int, **age: float) -> list[Any]:
    """Posts of their own words, the higher the number the older."""
    return [
        item(n, f"清河医院收费第{n}次", NOON - timedelta(minutes=n) - timedelta(**age))
        for n in range(count)
    ]


def read_by(world: World, model: str) -> list[str]:
    """The posts whose reading is this model's, newest first."""
    with world.app.database.reading() as session:
        found = (
            select(MentionRow.native_id)
            .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
            .where(BrandMentionRow.model == model)
            .order_by(MentionRow.published_at.desc())
        )
        return list(session.scalars(found))


def seen(world: World) -> Any:
    with world.app.database.reading() as session:
        return health(world.app, session, world.now)


def settled(world: World) -> None:
    """Judge everything, then let all readings be renewed."""
    while judge(world.app, world.now) or rescore(world.app, world.now):
        pass


def test_while_the_model_is_the_same_nothing_is_read_twice(world: World) -> None:
    world.post(*many(5))
    settled(world)

    assert rescore(world.app, world.now) == 0
    assert len(world.classifier.read) == 5


def test_a_new_model_reads_again_newest_first_in_small_batches(world: World) -> None:
    world.post(*many(BATCH + 5))
    settled(world)
    world.classifier = Next()

    assert rescore(world.app, world.now) == BATCH
    assert read_by(world, "words@2") == [str(n) for n in range(BATCH)]
    assert seen(world).rescoring == 5
    assert (rescore(world.app, world.now), rescore(world.app, world.now)) == (5, 0)
    assert (seen(world).rescoring, seen(world).model) == (0, "words@2")
    with world.app.database.reading() as session:
        counted = select(func.count()).where(BrandMentionRow.negative, BrandMentionRow.risk != "")
        assert session.scalar(counted) == BATCH + 5


def test_the_answers_of_both_models_are_kept_and_going_back_reads_nothing(world: World) -> None:
    world.post(*many(3))
    settled(world)
    former, world.classifier = world.classifier, Next()
    settled(world)

    former.read.clear()
    world.classifier = former
    settled(world)

    assert (read_by(world, "words@1"), former.read) == (["0", "1", "2"], [])
    with world.app.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PredictionRow)) == 6
        assert not session.scalars(select(BrandMentionRow.negative)).all()[0]


def test_a_new_mention_goes_before_any_old_one(world: World) -> None:
    world.post(*many(3))
    settled(world)
    world.classifier = Next()
    world.post(item("new", "清河医院环境不错"))

    assert rescore(world.app, world.now) == 0
    tick(world.app, DECIDING, world.now)

    assert world.classifier.read[0] == "清河医院环境不错"
    assert len(read_by(world, "words@2")) == 4


def test_only_the_weeks_that_a_report_compares_are_read_again(world: World) -> None:
    world.post(item("old", "清河医院收费", NOON - WINDOW), *many(2))
    settled(world)
    world.classifier = Next()
    settled(world)

    assert read_by(world, "words@2") == ["0", "1"]
    assert seen(world).rescoring == 0


def test_a_change_of_model_touches_no_decision_and_wakes_no_topic(world: World) -> None:
    world.post(item("h", HARM), *many(3))
    world.decide()
    world.deliver()
    before = decided(world)
    with world.app.database.reading() as session:
        due = session.execute(select(TopicRow.id, TopicRow.check_at, TopicRow.metrics)).all()

    world.classifier = Next()
    settled(world)

    assert read_by(world, "words@1") == []
    assert decided(world) == before
    with world.app.database.reading() as session:
        found = select(TopicRow.id, TopicRow.check_at, TopicRow.metrics)
        assert session.execute(found).all() == due


def test_the_next_look_at_a_topic_sees_the_new_readings(world: World) -> None:
    world.post(*many(3))
    settled(world)
    world.decide()
    world.classifier = Next()
    settled(world)

    with world.app.database.transaction() as session:
        session.execute(update(TopicRow).values(check_at=world.now))
    world.decide()

    with world.app.database.reading() as session:
        assert max(one["negative_share"] for one in session.scalars(select(TopicRow.metrics))) == 1


def test_killed_before_the_commit_a_batch_is_begun_anew(world: World) -> None:
    world.post(*many(BATCH * 2))
    settled(world)
    world.classifier = Next()
    rescore(world.app, world.now)

    class KilledError(BaseException):
        pass

    def die(_connection: object) -> None:
        raise KilledError

    event.listen(world.app.database.engine, "commit", die)
    with pytest.raises(KilledError):
        rescore(world.app, world.now)
    world.restart()
    assert seen(world).rescoring == BATCH

    settled(world)

    assert seen(world).rescoring == 0
    with world.app.database.reading() as session:
        new = select(func.count()).where(PredictionRow.model == "words@2")
        assert session.scalar(new) == BATCH * 2


def test_a_text_that_no_model_can_read_is_marked_named_in_status_and_still_counted(
    world: World,
) -> None:
    world.classifier = Next()
    world.post(item(1, "清河医院网站死机"), item(2, HARM), item(3, "清河医院网站死机"))

    world.decide()

    assert read_by(world, "words@2") == ["1", "2", "3"]
    health = seen(world)
    assert (health.waiting, health.unread, health.healthy) == (0, 2, False)
    assert any("模型读不了（最近的编号 3，RuntimeError）" in one for one in health.troubles)
    with world.app.database.reading() as session:
        parts = session.scalars(select(BrandMentionRow)).all()
    assert all(part.topic_id for part in parts)
    assert [part.risk for part in parts] == [None, "patient_safety", None]


def test_a_person_reads_what_the_model_cannot(world: World) -> None:
    world.classifier = Next()
    world.post(item(1, "清河医院网站死机"))
    world.decide()

    correct(world.app, 1, None, Word("negative", ("service_complaint",)), "zhang")

    with world.app.database.reading() as session:
        part = session.get_one(BrandMentionRow, (1, BRAND))
    assert (part.negative, part.risk, part.unread) == (True, "service_complaint", None)
    assert seen(world).unread == 0

    correct(world.app, 1, None, Word(None), "zhang")
    world.decide()
    assert seen(world).unread == 1


def test_the_former_reading_stands_where_the_new_model_fails(world: World) -> None:
    world.post(item(1, f"{HARM}挂号机还死机"), item(2, "清河医院收费"))
    settled(world)
    world.classifier = Next()

    settled(world)

    assert seen(world).rescoring == 0, "it is not tried for ever"
    with world.app.database.reading() as session:
        part = session.get_one(BrandMentionRow, (1, BRAND))
    assert (part.risk, part.unread) == ("patient_safety", "RuntimeError")


def test_a_model_that_reads_nothing_marks_nothing_and_leaves_all_waiting(world: World) -> None:
    class Dead(WordClassifier):
        def predict(self, texts: Sequence[str]) -> list[Prediction]:
            raise MemoryError(len(texts))

    world.classifier = Dead()
    world.post(*many(3))

    with pytest.raises(MemoryError):
        judge(world.app, world.now)

    assert (seen(world).waiting, seen(world).unread) == (3, 0)
    world.classifier = WordClassifier()
    world.decide()
    assert seen(world).waiting == 0
