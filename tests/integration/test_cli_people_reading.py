"""What people read: mentions, topics, who is on call, and what became of messages."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cli_world
import pytest
from cli_world import CLAIM, CONFIG, World, post
from sqlalchemy import select

from alerts.message import Delivery, Status
from crawlers.importers.record import parse_item
from monitor.store.response_schema import OutboxRow
from monitor.store.schema import MentionRow

CALM = "今天去清河医院体检，环境不错，排队也快。"


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    return cli_world.build(tmp_path, monkeypatch, capsys)


@pytest.fixture
def read(world: World) -> World:
    """A world that has read one claim, now, and one calm post, two days ago."""
    calm = post("p0", CALM, world.now - timedelta(days=2), author="某网友")
    world.tell(calm, post("p1", CLAIM, world.now - timedelta(minutes=20), views=12_000))
    return world


def ids(world: World, *more: str) -> list[str]:
    return [one["id"] for one in world.run("mentions", "list", "--json", *more).json()]


def test_mentions_are_listed_newest_first_and_filtered(read: World) -> None:
    assert ids(read) == ["p1", "p0"]
    assert ids(read, "--since", "24h") == ["p1"]
    assert ids(read, "--since", "2026-11-22 09:30") == ["p1"], "no offset means the local zone"
    assert ids(read, "--since", "2026-11-22 09:50") == []
    assert ids(read, "--negative") == ["p1"]
    assert ids(read, "--limit", "1") == ["p1"]
    assert ids(read, "--brand", "清河医院") == ["p1", "p0"], "an alias is the brand"
    page = read.run("mentions", "list").out
    assert "患者安全" in page
    assert "网帖称（未核实）" in page


@pytest.mark.parametrize(
    "argv",
    [
        ("mentions", "list", "--brand", "别家医院"),
        ("mentions", "list", "--since", "昨天"),
        ("mentions", "show", "abc"),
        ("mentions", "show", "99"),
        ("topics", "show", "99"),
        ("topics", "show", "-"),
        ("alerts", "list", "--status", "lost"),
        ("alerts", "retry", "99"),
        ("alerts", "retry", "x"),
        ("alerts", "test", "没有的渠道"),
        ("oncall", "show", "--at", "半夜"),
    ],
)
def test_bad_input_is_refused_in_a_chinese_sentence(read: World, argv: tuple[str, ...]) -> None:
    answer = read.run(*argv)
    assert answer.code == 2
    assert answer.out == ""
    assert any("\u4e00" <= letter <= "\u9fff" for letter in answer.err)


def test_a_mention_shows_hits_prediction_claim_and_counters(read: World) -> None:
    number = str(read.run("mentions", "list", "--json").json()[0]["mention"])
    page = read.run("mentions", "show", number).out
    assert "命中规则「医疗安全」：「误诊」第 17—18 字" in page
    assert "负面 90%" in page
    assert "日期或地点" in page
    plain = read.run("mentions", "show", number, "--json").json()
    (brand,) = plain["brands"]
    term, start, end = brand["hits"][1]["terms"][0]
    assert plain["text"][start:end] == term == "误诊"
    assert brand["prediction"]["stance"] == "alleged"
    assert brand["claim"]["code"] == "patient_safety"
    assert brand["topic"]["id"]


def test_counters_are_shown_as_a_history(read: World) -> None:
    read.later(minutes=30)
    read.tell(post("p1", CLAIM, read.now - timedelta(minutes=50), views=45_000))
    plain = read.run("mentions", "show", "2", "--json").json()
    assert [one["views"] for one in plain["counters"]] == [12_000, 45_000]
    page = read.run("mentions", "show", "2").out
    assert "阅读 1.2万" in page
    assert "阅读 4.5万" in page


def test_what_customer_service_heard_is_not_shown(read: World) -> None:
    with read.stored() as session:
        session.get_one(MentionRow, 2).private = True
    assert ids(read) == ["p0"]
    refused = read.run("mentions", "show", "2")
    assert refused.code == 2
    assert "误诊" not in refused.err
    assert "误诊" not in read.run("mentions", "export").out
    page = read.run("topics", "show", "2").out
    assert "误诊开错药,家人" not in page.split("降级")[1], "its name is all that is left of it"


def test_an_export_is_read_back_and_names_no_author(read: World, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in read.run("mentions", "export").out.splitlines()]
    assert [one["id"] for one in lines] == ["p0", "p1"]
    assert not any("author" in one for one in lines)
    items = [parse_item(one, read.now) for one in lines]
    assert items[1].published_at == datetime(2026, 11, 22, 1, 40, tzinfo=UTC)
    assert items[1].views == 12_000
    out = tmp_path / "out.jsonl"
    assert "导出 1 条" in read.run("mentions", "export", "--since", "1h", "--out", str(out)).out
    assert json.loads(out.read_text(encoding="utf-8"))["id"] == "p1"
    assert out.stat().st_mode & 0o077 == 0, "others must not read it"


def test_an_export_overwrites_nothing(read: World, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("珍贵", encoding="utf-8")
    assert read.run("mentions", "export", "--out", str(out)).code == 2
    assert out.read_text(encoding="utf-8") == "珍贵"
    assert read.run("mentions", "export", "--out", str(tmp_path / "no" / "x")).code == 2


def test_topics_show_tier_counts_claims_and_their_incident(read: World) -> None:
    found = read.run("topics", "list", "--json").json()
    assert [one["tier"] for one in found] == ["orange", "none"], "the loudest first"
    loud = found[0]
    assert (loud["mentions"], loud["negative"]) == (1, 1)
    assert loud["claims"] == {"patient_safety": 1}
    assert loud["incidents"] == [read.run("incidents", "list", "--json").json()[0]["code"]]
    page = read.run("topics", "show", str(loud["topic"])).out
    assert "橙色" in page
    assert "患者安全 1" in page
    assert "患者安全 1" in read.run("topics", "list").out


def duty(world: World, *more: str) -> Any:
    return world.run("oncall", "show", "--json", *more).json()


def test_the_rota_names_who_is_on_duty_and_until_when(world: World) -> None:
    first, second = duty(world)["levels"]
    assert first["people"] == ["zhang"]
    assert first["until"] == "2026-11-23T09:00:00+08:00"
    assert second["people"] == ["wang", "zhao"], "a level that does not rotate is called together"
    assert second["until"] is None
    assert duty(world, "--at", "2026-11-23 09:00")["levels"][0]["people"] == ["li"]
    early = duty(world, "--at", "2026-11-23 08:59")
    assert early["levels"][0]["people"] == ["zhang"]
    assert early["at"] == "2026-11-23T08:59:00+08:00", "a time without offset is local"
    page = world.run("oncall", "show").out
    assert "张某" in page
    assert "11-23 09:00" in page


def test_a_swap_is_shown_with_its_end(world: World) -> None:
    swap = (
        "  overrides: [{level: 值班, person: zhao, from: 2026-11-22 08:00, to: 2026-11-22 12:00}]"
    )
    world.config.write_text(CONFIG + swap, encoding="utf-8")
    first = duty(world)["levels"][0]
    assert first["people"] == ["zhao"]
    assert first["swapped"]
    assert first["until"] == "2026-11-22T12:00:00+08:00"
    assert "（换班）" in world.run("oncall", "show").out


def test_who_cannot_be_reached_is_a_gap(world: World) -> None:
    (gap,) = duty(world)["gaps"]
    assert "赵某" in gap
    assert "空缺" in world.run("oncall", "show").out
    bare = CONFIG.split("oncall:")[0].replace("operator_channels: [李某邮箱]", "")
    world.config.write_text(bare, encoding="utf-8")
    assert len(duty(world)["gaps"]) == 2
    assert duty(world)["levels"] == []


def test_messages_are_listed_with_their_state_and_without_their_words(read: World) -> None:
    found = read.run("alerts", "list", "--json").json()
    assert {one["kind"] for one in found} == {"page", "group"}
    assert all(one["status"] == "pending" and one["tries"] == [] for one in found)
    page = read.run("alerts", "list").out
    assert "等待发送" in page
    assert "误诊" not in page
    assert read.run("alerts", "list", "--status", "dead", "--json").json() == []


def test_a_channel_test_reports_the_real_answer_and_fails_with_it(world: World) -> None:
    world.answers["公关群"] = Delivery(Status.DEAD, "机器人地址不对，平台拒收。", "93000")
    answer = world.run("alerts", "test")
    assert answer.code == 1
    assert "不通" in answer.out
    assert "93000" in answer.out
    assert [name for name, _ in world.sent] == ["公关群", "张某邮箱", "李某邮箱"]
    assert all("【测试】" in message.body for _, message in world.sent)
    assert len({message.key for _, message in world.sent}) == 3
    good = world.run("alerts", "test", "张某邮箱")
    assert good.code == 0
    assert "通了" in good.out


def test_a_channel_that_breaks_does_not_hide_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(_self: World, channel: Any, _message: Any) -> Delivery:
        if channel.name == "公关群":
            raise RuntimeError("https://secret.example.cn/?key=1")
        return Delivery(Status.SENT, "对方已收下。")

    monkeypatch.setattr(World, "send", send)
    answer = world.run("alerts", "test")
    assert answer.code == 1
    assert "secret" not in answer.out + answer.err
    assert answer.out.count("通了") == 2


def test_a_test_without_channels_is_refused(world: World) -> None:
    world.config.write_text("brands: [{name: 清河互联网医院}]\n", encoding="utf-8")
    answer = world.run("alerts", "test")
    assert answer.code == 2
    assert "还没有配置渠道" in answer.err


@pytest.mark.parametrize(("status", "marked"), [("dead", False), ("unknown", True)])
def test_a_failed_message_is_queued_again_once(read: World, status: str, marked: bool) -> None:
    with read.stored() as session:
        session.get_one(OutboxRow, 1).status = status
    assert "新编号" in read.run("alerts", "retry", "1").out
    with read.stored() as session:
        old = session.get_one(OutboxRow, 1)
        new = session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc())).first()
        assert new is not None
        assert (old.status, new.status) == (status, "pending")
        assert (new.body, new.recipient, new.channel) == (old.body, old.recipient, old.channel)
        assert new.resent is marked, "what may have arrived is marked 「可能重复」"
    twice = read.run("alerts", "retry", "1")
    assert twice.code == 2
    assert "已经重发过" in twice.err


def test_a_message_that_is_still_on_its_way_is_not_doubled(read: World) -> None:
    answer = read.run("alerts", "retry", "1")
    assert answer.code == 2
    assert "等待发送" in answer.err
    assert len(read.run("alerts", "list", "--json").json()) == 2
