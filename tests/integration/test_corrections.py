"""A person's word on a mention: counts at once, lasts, trains, and leaves what was decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from world import BRAND, HARM, NOON, WordClassifier, World, item

from monitor.domain.tier import Tier
from monitor.stations.correct import Word, correct
from monitor.stations.measure import measure
from monitor.stations.obey import RefusedError
from monitor.store.labels import Correction, corrections
from monitor.store.response_schema import IncidentRow, OutboxRow, TransitionRow
from monitor.store.retention import Cutoffs, purge
from monitor.store.schema import (
    BrandMentionRow,
    CorrectionRow,
    DecisionRow,
    MentionRow,
    TopicRow,
)

CALM = "清河医院的停车场要收费了"
DRY = "清河医院把我的化验单发给了别人"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.app.database.close()


def say(world: World, number: int, polarity: str | None, **more: object) -> int:
    word = Word(polarity, **more)  # type: ignore[arg-type] # what a test names
    return correct(world.app, number, None, word, "zhang").mentions


def part(world: World, number: int) -> BrandMentionRow:
    with world.app.database.reading() as session:
        return session.get_one(BrandMentionRow, (number, BRAND))


def kept(world: World) -> list[Correction]:
    with world.app.database.reading() as session:
        return corrections(session)


def decided(world: World) -> dict[str, list[object]]:
    """Everything that has been decided and told so far."""
    with world.app.database.reading() as session:
        return {
            table.__tablename__: [
                tuple(getattr(row, column.key) for column in table.__table__.columns)
                for row in session.scalars(select(table).order_by(table.id))
            ]
            for table in (DecisionRow, IncidentRow, TransitionRow, OutboxRow)
        }


def share(world: World) -> float:
    with world.app.database.reading() as session:
        topic = session.scalars(select(TopicRow)).one()
        return measure(session, topic, world.app.policy, world.now).negative_share


def test_a_correction_counts_at_once_in_lists_and_measures(world: World) -> None:
    world.post(item(1, CALM))
    world.decide()
    assert (part(world, 1).negative, share(world)) == (False, 0.0)

    say(world, 1, "negative", risk=("fees_fraud",))

    assert (part(world, 1).negative, part(world, 1).risk) == (True, "fees_fraud")
    assert share(world) == 1.0


def test_it_holds_for_every_mention_of_the_same_words_now_and_later(world: World) -> None:
    world.post(item(1, CALM), item(2, CALM))
    world.decide()

    assert say(world, 1, "negative") == 2
    world.post(item(3, CALM))
    world.decide()

    assert [part(world, number).negative for number in (1, 2, 3)] == [True] * 3


def test_it_may_come_before_the_model_has_read_the_mention(world: World) -> None:
    world.post(item(1, CALM))

    say(world, 1, "negative")
    world.decide()

    assert part(world, 1).negative


def test_it_survives_a_change_of_the_model(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()
    say(world, 1, "neutral")

    world.classifier = WordClassifier()
    world.classifier.name = "words@2"
    world.decide()

    found = part(world, 1)
    assert (found.model, found.negative, found.risk) == ("words@2", False, None)


def test_it_does_not_hold_for_other_words_after_an_edit(world: World) -> None:
    world.post(item(1, CALM, observed_at=NOON))
    world.decide()
    say(world, 1, "negative")

    world.post(item(1, "清河医院停车免费", observed_at=NOON + timedelta(minutes=1)))
    world.decide()

    assert not part(world, 1).negative


def test_who_says_it_is_no_bad_news_withdraws_the_claim(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()
    assert part(world, 1).risk == "patient_safety"

    say(world, 1, "neutral")

    assert (part(world, 1).negative, part(world, 1).risk) == (False, None)


def test_angry_words_alone_make_no_claim_where_a_person_saw_no_risk(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()

    say(world, 1, "negative", risk=())

    assert (part(world, 1).negative, part(world, 1).risk) == (True, None)


def test_what_was_decided_and_told_stays_as_it_was(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()
    world.deliver()
    before = decided(world)
    assert before["decisions"]

    say(world, 1, "neutral")
    assert decided(world) == before
    world.later(minutes=1)

    after = decided(world)
    assert after["decisions"] == before["decisions"]
    with world.app.database.reading() as session:
        assert Tier(session.scalars(select(TopicRow.tier)).one()) is Tier.ORANGE


def test_the_engine_looks_again_when_a_person_sees_harm_that_the_model_missed(
    world: World,
) -> None:
    text = "11月18日清河互联网医院急诊把别人的化验单发给了我，有截图，护士长李某在查。"
    world.post(item(1, text))
    world.decide()
    assert decided(world)["decisions"] == []

    say(world, 1, "negative", risk=("privacy_leak",), stance="alleged")
    world.decide()

    assert len(decided(world)["decisions"]) == 1


def test_taking_it_back_lets_the_model_speak_again(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()
    say(world, 1, "positive")

    say(world, 1, None)

    assert (part(world, 1).negative, part(world, 1).risk) == (True, "patient_safety")
    assert kept(world) == []
    with world.app.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CorrectionRow)) == 2, "the audit"


def test_taking_back_what_nobody_said_is_refused(world: World) -> None:
    world.post(item(1, HARM))

    with pytest.raises(RefusedError, match="没有可撤回的"):
        say(world, 1, None)


def test_training_gets_the_newest_word_on_each_text_masked_and_without_undone_ones(
    world: World,
) -> None:
    world.post(item(1, f"{DRY}，护士电话13812345678"), item(2, CALM), item(3, HARM))
    world.decide()
    say(world, 1, "neutral")
    say(world, 2, "positive")
    world.now += timedelta(hours=1)
    say(world, 1, "negative", risk=("privacy_leak",), stance="alleged")
    say(world, 3, "neutral")
    say(world, 3, None)

    calm, leak = kept(world)

    assert (calm.text, calm.polarity, calm.risk, calm.stance) == (CALM, "positive", None, None)
    assert (leak.polarity, leak.risk, leak.stance) == ("negative", ("privacy_leak",), "alleged")
    assert leak.at == world.now
    assert "13812345678" not in leak.text


def test_brands_that_share_words_are_corrected_apart_and_train_once(tmp_path: Path) -> None:
    world = World(tmp_path, brands=[{"name": BRAND, "aliases": ["清河医院"]}, {"name": "云山医院"}])
    world.post(item(1, "清河医院比云山医院好"))
    world.decide()

    with pytest.raises(RefusedError, match="--brand"):
        say(world, 1, "positive")
    correct(world.app, 1, BRAND, Word("positive"), "zhang")
    correct(world.app, 1, "云山医院", Word("negative"), "zhang")

    with world.app.database.reading() as session:
        other = session.get_one(BrandMentionRow, (1, "云山医院"))
    assert (part(world, 1).negative, other.negative) == (False, True)
    texts = [one.text for one in kept(world)]
    assert len(texts) == len(set(texts))
    world.app.database.close()


def test_what_is_not_public_is_neither_corrected_nor_learnt_from(world: World) -> None:
    world.post(item(1, HARM), item(2, HARM))
    world.decide()
    say(world, 2, "negative")
    with world.app.database.transaction() as session:
        session.get_one(MentionRow, 1).private = True

    with pytest.raises(RefusedError, match="非公开"):
        say(world, 1, "neutral")
    assert kept(world) == [], "the same words stand in a private item"


def test_correcting_a_bare_repost_corrects_its_original(world: World) -> None:
    world.post(item("o", HARM), item("r", "转发微博", parent_id="o"))
    world.decide()
    with world.app.database.reading() as session:
        bare = session.scalars(select(MentionRow.id).where(MentionRow.native_id == "r")).one()

    say(world, bare, "neutral")

    assert len(kept(world)) == 1
    assert (part(world, 1).negative, part(world, bare).negative) == (False, False)


def test_an_unknown_number_is_refused(world: World) -> None:
    with pytest.raises(RefusedError, match="没有编号"):
        say(world, 99, "negative")


def test_corrections_outlive_their_mention_and_end_with_the_audit(world: World) -> None:
    world.post(item(1, CALM))
    world.decide()
    say(world, 1, "negative")

    world.now += timedelta(days=200)
    purge(world.app.database, Cutoffs.at(world.now, 180, 30, 1095))
    with world.app.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(MentionRow)) == 0
    assert [one.text for one in kept(world)] == [CALM]

    world.now += timedelta(days=1000)
    gone = purge(world.app.database, Cutoffs.at(world.now, 180, 30, 1095))
    assert (gone["corrections"], kept(world)) == (1, [])
