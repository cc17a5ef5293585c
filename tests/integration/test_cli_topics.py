"""`fengsui topics`: a topic's story on one page, and people's word on what is one story."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from cli_world import CLAIM, START, World, build, post

from monitor.cli import topics
from monitor.domain.tier import Tier
from monitor.store.schema import DecisionRow, TopicRow

COPY = CLAIM + "求扩散"
OTHER = "听说清河医院又误诊了,真的假的?求官方回应"
CALM = "清河医院新院区下周一启用,床位八百张"


@pytest.fixture
def told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    """A claim, six copies of it by small accounts, a doubt, and other news."""
    world = build(tmp_path, monkeypatch, capsys)
    at = START - timedelta(hours=2)
    world.tell(
        post("a", CLAIM, at, author="first", author_followers=120),
        *(
            post(f"c{n}", COPY, at + timedelta(minutes=30 + n), author=f"x{n}", author_followers=3)
            for n in range(6)
        ),
        post("d", OTHER, at + timedelta(minutes=50), author="aunt", author_followers=90_000),
        post("e", CALM, at + timedelta(minutes=55), author="news"),
    )
    return world


def test_a_topic_shows_its_beginning_spread_spreaders_and_signs(told: World) -> None:
    loud = told.run("topics", "list", "--json").json()[0]
    page = told.run("topics", "show", str(loud["topic"]))
    assert page.code == 0
    for words in (
        "首帖：",
        "来源：forum",
        "传播：",
        "用户 ",
        "6 个账号发了同样的话",
        "粉丝不到 50",
        "不影响级别",
        "最有代表性的网帖",
        "最负面的网帖",
        "误诊",
    ):
        assert words in page.out, words
    assert "aunt" not in page.out, "authors are shown by a short code alone"


def test_a_topic_as_json_holds_everything_that_the_page_tells(told: World) -> None:
    loud = told.run("topics", "list", "--json").json()[0]
    one = told.run("topics", "show", str(loud["topic"]), "--json").json()
    assert one["first_post"] == min(one["newest"])
    assert one["by_platform"] == {"forum": loud["mentions"]}
    assert sum(number for _, number in one["curve"]["points"]) == loud["mentions"]
    assert one["curve"]["step_minutes"] == 15
    assert {hint["kind"] for hint in one["hints"]} >= {"coordinated"}
    assert all(len(spreader["author"]) == 6 for spreader in one["spreaders"])
    assert one["regroupings"] == []
    assert one["denied"] is False


def test_the_incident_and_the_personal_message_carry_the_signs(told: World) -> None:
    code = told.run("incidents", "list", "--json").json()[0]["code"]
    page, plain = told.run("incidents", "show", code), told.run("incidents", "show", code, "--json")
    assert "迹象（供参考，不影响级别）" in page.out
    assert {hint["kind"] for hint in plain.json()["hints"]} >= {"coordinated"}


def test_people_merge_split_and_take_it_back(told: World) -> None:
    first, second = (one["topic"] for one in told.run("topics", "list", "--json").json()[:2])
    merged = told.run(
        "topics", "merge", str(second), str(first), "--reason", "同一件事", who="zhang"
    )
    assert merged.code == 0
    assert "1 号" in merged.out
    page = told.run("topics", "show", str(first)).out
    assert "人工合并与拆分" in page
    assert "张某" in page
    assert "同一件事" in page
    assert told.run("topics", "show", str(second), "--json").json()["merged_into"] == first

    undone = told.run("topics", "undo", "1", "--reason", "弄错了", who="li")
    assert undone.code == 0
    assert told.run("topics", "show", str(second), "--json").json()["merged_into"] is None
    decision = told.run("topics", "show", str(first), "--json").json()["regroupings"][0]
    assert (decision["actor"], decision["undone_by"]) == ("zhang", "li")

    copies = told.run("topics", "show", str(first), "--json").json()["newest"]
    split = told.run("topics", "split", str(first), str(copies[0]), "-r", "另一位", who="zhang")
    assert split.code == 0
    assert "拆出话题" in split.out


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("merge", "1", "1", "-r", "x"), "并入它自己"),
        (("merge", "1", "99", "-r", "x"), "没有编号为 99"),
        (("merge", "一", "1", "-r", "x"), "不是编号"),
        (("split", "1", "99", "-r", "x"), "没有提及 99"),
        (("undo", "9", "-r", "x"), "没有编号为 9"),
        (("merge", "1", "2", "-r", " "), "--reason 是空的"),
    ],
)
def test_a_wish_that_cannot_be_granted_is_refused_in_words(
    told: World, argv: tuple[str, ...], words: str
) -> None:
    answer = told.run("topics", *argv, who="zhang")
    assert answer.code == 2
    assert words in answer.err


@pytest.mark.parametrize(
    ("tier", "fired", "said"),
    [
        (Tier.ORANGE, True, "有人指控"),
        (Tier.ORANGE, False, "现在已没有条件撑着它，还在冷却。升级时：有人指控"),
        (Tier.YELLOW, True, None),
        (Tier.NONE, False, None),
    ],
    ids=["as it rose", "cooling down", "another tier", "fallen"],
)
def test_the_reason_is_that_of_the_tier_in_force(
    tier: Tier, *, fired: bool, said: str | None
) -> None:
    rose = DecisionRow(
        topic_id=1,
        at=START,
        from_tier=int(Tier.NONE),
        to_tier=int(Tier.ORANGE),
        reason="有人指控",
        evidence=[],
        metrics={},
        policy="",
        would_lower="",
    )
    signals = [{"rule": "floor"}] if fired else []
    topic = TopicRow(
        brand="清河医院",
        key="k",
        name="名",
        first_published_at=START,
        last_published_at=START,
        tier=int(tier),
        metrics={"signals": signals},
    )

    assert topics._reason(topic, rose) == said
