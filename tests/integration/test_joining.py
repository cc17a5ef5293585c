"""Merging and splitting incidents by a person's word: clocks, messages, calls, taking it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import cli_world
import pytest
from cli_world import World, post

from monitor.domain.incident import Incident, Lifecycle
from monitor.store import incidents
from monitor.store.response_schema import IncidentRow, OutboxRow

OTHER = "清河医院骨科11月18日把我舅舅的骨折误诊成扭伤，拖成坏死截了肢，片子和诊断书都留着。"


@pytest.fixture
def house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    return cli_world.build(tmp_path, monkeypatch, capsys)


def codes(house: World) -> list[str]:
    with house.stored() as session:
        return [row.code for row in session.query(IncidentRow).order_by(IncidentRow.id)]


def incident(house: World, code: str) -> Incident:
    with house.stored() as session:
        found = incidents.by_code(session, code)
    assert found is not None
    return found


def two(house: World) -> tuple[str, str]:
    """Two stories of the same brand, the second older in public."""
    house.tell(post("p1", cli_world.CLAIM, house.now - timedelta(minutes=20), author="甲"))
    house.tell(post("p2", OTHER, house.now - timedelta(minutes=50), author="乙"))
    first, second = codes(house)
    return first, second


def messages(house: World, code: str) -> list[tuple[str, datetime]]:
    with house.stored() as session:
        rows = session.query(OutboxRow).filter_by(code=code).order_by(OutboxRow.id)
        return [(row.status, row.created_at) for row in rows]


def test_a_merge_keeps_the_earlier_first_post_and_withdraws_what_waits(house: World) -> None:
    root, child = two(house)
    before = incident(house, child)

    merged = house.run("incidents", "merge", child, root, "--reason", "同一件事", who="zhang")

    assert merged.code == 0, merged.err
    after = incident(house, root)
    assert after.first_public_at == before.first_public_at
    assert incident(house, child).lifecycle is Lifecycle.MERGED
    assert {status for status, _ in messages(house, child)} == {"cancelled"}


def test_a_merge_does_not_ask_whoever_has_answered_again(house: World) -> None:
    root, child = two(house)
    house.run("incidents", "ack", root, who="zhang")

    house.run("incidents", "merge", child, root, "--reason", "同一件事", who="zhang")

    assert incident(house, root).acked_by == "zhang"


def test_a_louder_child_asks_for_a_new_answer(house: World) -> None:
    root, child = two(house)
    for code in (root, child):
        house.run("incidents", "ack", code, who="zhang")
    house.run("incidents", "confirm", child, "--tier", "red", who="zhang")

    house.run("incidents", "merge", child, root, "--reason", "同一件事", who="zhang")

    assert incident(house, root).lifecycle is Lifecycle.OPEN
    assert incident(house, root).tier.key == "red"


def test_what_cannot_be_merged_is_refused_in_words(house: World) -> None:
    root, child = two(house)

    itself = house.run("incidents", "merge", root, root, "--reason", "错了", who="zhang")
    unknown = house.run("incidents", "merge", "999", root, "--reason", "错了", who="zhang")
    mute = house.run("incidents", "merge", child, root, "--reason", " ", who="zhang")

    assert (itself.code, "并入它自己" in itself.err) == (2, True)
    assert (unknown.code, "没有编号为 999" in unknown.err) == (2, True)
    assert mute.code == 2
    assert len(incident(house, child).code) == len(child)
    assert incident(house, child).lifecycle is Lifecycle.OPEN


def test_a_split_begins_its_own_clock_and_sends_nothing_again(house: World) -> None:
    house.tell(post("p1", cli_world.CLAIM, house.now - timedelta(minutes=90), author="甲"))
    (whole,) = codes(house)
    house.tell(post("p2", f"{cli_world.CLAIM}另一位也是。", house.now, author="乙", parent_id="p1"))
    house.tell(post("p3", OTHER, house.now - timedelta(minutes=5), author="丙"))
    house.run("incidents", "merge", codes(house)[1], whole, "--reason", "像一件事", who="zhang")
    house.run("incidents", "ack", whole, who="zhang")
    sent = messages(house, whole)

    parted = house.run("incidents", "split", whole, "3", "--reason", "是另一家分院", who="zhang")

    assert parted.code == 0, parted.err
    part = incident(house, codes(house)[-1])
    assert part.code != whole
    assert part.first_public_at == house.now - timedelta(minutes=5)
    assert incident(house, whole).first_public_at == house.now - timedelta(minutes=90)
    assert part.acked_by == "zhang"  # who has the whole has the part
    assert messages(house, whole) == sent
    assert {status for status, _ in messages(house, part.code)} <= {"pending", "cancelled"}


def test_a_split_is_taken_back_by_its_number(house: World) -> None:
    root, child = two(house)
    house.run("incidents", "merge", child, root, "--reason", "像一件事", who="zhang")

    undone = house.run("topics", "undo", "1", "--reason", "看错了", who="zhang")

    assert undone.code == 0, undone.err


def test_a_mention_that_is_not_in_the_incident_can_not_be_split_off(house: World) -> None:
    root, _ = two(house)

    refused = house.run("incidents", "split", root, "77", "--reason", "不是", who="zhang")

    assert refused.code == 2
    assert len(codes(house)) == 2


def test_a_red_is_dismissed_by_two_different_people_at_the_terminal(house: World) -> None:
    root, _ = two(house)
    house.run("incidents", "ack", root, who="zhang")
    house.run("incidents", "confirm", root, "--tier", "red", who="zhang")

    for person in ("zhang", "zhang"):
        asked = house.run("incidents", "dismiss", root, "--reason", "外地的", who=person)
        assert "另一位同事" in asked.out or "本来就是这样" in asked.out
        assert incident(house, root).lifecycle is not Lifecycle.DISMISSED
    house.run("incidents", "dismiss", root, "--reason", "外地的", who="li")

    assert incident(house, root).lifecycle is Lifecycle.DISMISSED
