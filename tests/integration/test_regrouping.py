"""Topics by people: what they merge stays together, what they split stays apart, all undoable."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from world import BRAND, NOON, World, item

from monitor.stations import obey, regroup
from monitor.stations.obey import RefusedError
from monitor.stations.opening import Opening, begin
from monitor.stations.portrait import portrait
from monitor.store.response_schema import IncidentRow
from monitor.store.schema import BrandMentionRow, TopicRow

INFUSION = "11月18日清河医院急诊给孩子输错液,孩子进了抢救室,病历在手里"
FALL = "清河医院住院部夜里误诊,11月17日老人脑出血去世,有监控录像"
CROWD = "在清河医院挂号排队两个小时,真差"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def topics(world: World) -> dict[str, int]:
    """The topic of each mention, by its number on the platform."""
    with world.app.database.reading() as session:
        found = session.scalars(select(BrandMentionRow)).all()
        return {str(part.mention_id): part.topic_id or 0 for part in found}


def test_merged_topics_stay_together_and_take_their_later_arrivals(world: World) -> None:
    world.post(item(1, INFUSION), item(2, FALL))
    world.decide()
    first = topics(world)
    done = regroup.merge(world.app, first["2"], first["1"], "zhang", "同一个晚上的事")
    world.post(item(3, FALL + "转", at=NOON), item(4, "太惨了", parent_id="2"))
    world.later(minutes=1)
    assert set(topics(world).values()) == {first["1"]}
    world.restart()
    world.post(item(5, FALL + "求扩散", at=world.now))
    world.later(minutes=1)
    assert set(topics(world).values()) == {first["1"]}

    back = regroup.undo(world.app, done.number, "zhang", "弄错了")
    assert back.topic == first["2"]
    assert topics(world)["2"] == topics(world)["4"] == first["2"]
    assert topics(world)["1"] == first["1"]


def test_incidents_of_merged_topics_become_one_with_the_earlier_clock(world: World) -> None:
    world.post(item(1, INFUSION), item(2, FALL))
    world.later(minutes=1)
    first = topics(world)
    regroup.merge(world.app, first["2"], first["1"], "zhang", "同一件事")
    world.later(minutes=1)
    with world.app.database.reading() as session:
        rows = session.scalars(select(IncidentRow).order_by(IncidentRow.id)).all()
        assert [row.lifecycle for row in rows].count("merged") == 1
        gone = next(row.code for row in rows if row.lifecycle == "merged")
    with pytest.raises(RefusedError, match="已并入"):  # its words would never be found
        obey.draft_statement(world.app, gone, ("甲",), "正文", "zhang")


def test_topics_that_are_parted_again_call_again(world: World) -> None:
    world.post(item(1, INFUSION), item(2, FALL))
    world.later(minutes=1)
    first = topics(world)
    done = regroup.merge(world.app, first["2"], first["1"], "zhang", "同一件事")
    world.later(minutes=1)
    regroup.undo(world.app, done.number, "zhang", "是两个病人")
    world.later(minutes=1)
    with world.app.database.reading() as session:
        found = select(IncidentRow.topic_id).where(IncidentRow.lifecycle == "open")
        assert set(session.scalars(found)) == set(first.values())


def test_posts_never_hang_on_a_topic_that_no_level_is_decided_for(world: World) -> None:
    now = world.now
    opening = Opening(brand=BRAND, key="report-1", name="上报", origin="report", reason="上报")
    with world.app.database.transaction() as session:
        begin(world.app, session, opening, now)
    world.post(item(1, INFUSION))
    world.later(minutes=1)
    public = topics(world)["1"]
    with world.app.database.reading() as session:
        told = session.scalars(select(TopicRow.id).where(TopicRow.origin == "report")).one()
    with pytest.raises(RefusedError, match=f"topics merge {told} {public}"):
        regroup.merge(world.app, public, told, "zhang", "同一件事")

    regroup.merge(world.app, told, public, "zhang", "同一件事")
    world.later(minutes=1)
    with world.app.database.reading() as session:
        found = select(IncidentRow.lifecycle, IncidentRow.topic_id).order_by(IncidentRow.id)
        assert list(session.execute(found)) == [("merged", told), ("open", public)]


def test_what_is_split_off_never_joins_again_by_itself(world: World) -> None:
    world.post(item(1, INFUSION), item(2, INFUSION + ",求扩散", at=NOON))
    world.post(item(3, "转发微博", parent_id="2"))
    world.decide()
    old = topics(world)["1"]
    assert set(topics(world).values()) == {old}
    done = regroup.split(world.app, old, [2], "zhang", "是另一个孩子")
    assert topics(world)["2"] == topics(world)["3"] == done.topic != old
    world.restart()
    world.post(item(4, INFUSION + ",求扩散!", at=NOON), item(5, INFUSION, at=NOON))
    world.later(minutes=1)
    assert topics(world)["4"] == done.topic
    assert topics(world)["5"] == old

    regroup.undo(world.app, done.number, "zhang", "还是同一个")
    assert set(topics(world).values()) == {old}


def test_a_running_daemon_learns_what_was_decided_elsewhere(world: World) -> None:
    world.post(item(1, INFUSION), item(2, CROWD))
    world.decide()
    before = topics(world)
    other = World(Path(world.settings.data_dir))
    other.app.database.close()
    regroup.merge(world.app, before["2"], before["1"], "zhang", "现场排队也是这件事")
    world.post(item(3, CROWD + "!", at=NOON))
    world.later(minutes=1)
    assert topics(world)["3"] == before["1"]


def test_wishes_that_make_no_sense_are_refused_in_words(world: World) -> None:
    world.post(item(1, INFUSION), item(2, CROWD))
    world.decide()
    one, other = topics(world)["1"], topics(world)["2"]
    for wish, words in (
        (lambda: regroup.merge(world.app, one, one, "zhang", "x"), "并入它自己"),
        (lambda: regroup.merge(world.app, one, 99, "zhang", "x"), "没有编号为 99"),
        (lambda: regroup.split(world.app, one, [99], "zhang", "x"), "没有提及 99"),
        (lambda: regroup.split(world.app, other, [2], "zhang", "x"), "就空了"),
        (lambda: regroup.undo(world.app, 7, "zhang", "x"), "没有编号为 7"),
    ):
        with pytest.raises(RefusedError, match=words):
            wish()
    assert topics(world) == {"1": one, "2": other}


def test_a_rumour_and_its_denial_are_one_topic(world: World) -> None:
    world.post(item(1, INFUSION))
    world.post(item(2, "网传清河医院急诊给孩子输错液是谣言,请勿传谣", at=NOON))
    world.decide()
    with world.app.database.reading() as session:
        topic = session.scalars(select(TopicRow).where(TopicRow.merged_into.is_(None))).one()
        page = portrait(session, topic)
    assert topic.brand == BRAND
    assert page.has("denied")
    assert page.first_post is not None
    assert page.first_post.id == 1


def test_copies_by_many_small_accounts_are_shown_and_lower_nothing(world: World) -> None:
    world.post(item(1, INFUSION))
    world.later(minutes=1)
    with world.app.database.reading() as session:
        before = session.scalars(select(TopicRow.tier)).one()
    world.post(*(item(n, INFUSION, at=NOON, author_followers=2) for n in range(2, 12)))
    world.later(minutes=1)
    with world.app.database.reading() as session:
        topic = session.scalars(select(TopicRow)).one()
        page = portrait(session, topic)
    assert page.has("coordinated")
    assert topic.tier >= before > 0
    assert "粉丝不到 50" in " ".join(one.text for one in page.hints)
    assert [one.posts for one in page.spreaders] == [1] * 5
