"""What a message may say: numbers to groups, quotes to persons, nothing as if it were proven."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.facts import AlertFacts, Kind, Quote
from alerts.rendering import digest_text, group_text, operator_text, personal_text, render, subject

NOW = datetime(2026, 5, 1, 18, 50, tzinfo=UTC)
QUOTES = (
    Quote("微博", "孩子在那里输液后抽搐", "https://weibo.example/1", NOW - timedelta(minutes=9)),
    Quote("小红书", "护士拿错了药", "https://xhs.example/2"),
    Quote("知乎", "等了三个小时", "javascript:alert(1)"),
    Quote("论坛", "第四条不该出现", "https://bbs.example/4"),
)
FACTS = AlertFacts(
    kind=Kind.PAGE,
    at=NOW,
    tier="橙色",
    brand="清河互联网医院",
    risk_label="患者安全",
    mentions=3,
    sources=2,
    views=12_345,
    first_post_at=datetime(2026, 5, 1, 18, 41, tzinfo=UTC),
    code="7K2",
    person="张某",
    deadline=NOW + timedelta(minutes=15),
    reasons=("1 条可信网帖指控患者安全，按规则不低于橙色",),
    quotes=QUOTES,
    lowers="连续 6 小时没有新网帖",
)


def test_a_group_message_reads_as_agreed() -> None:
    assert group_text(FACTS) == (
        "【橙色·待核】清河互联网医院｜患者安全类｜网帖3条/2来源，阅读1.2万｜首帖02:41"
        "｜张某 15 分钟内点「我来处理」｜编号 7K2\n"
        "认领：fengsui incidents ack 7K2"
    )


def test_without_a_claim_no_source_is_made_up() -> None:
    assert "｜网帖3条，阅读1.2万｜" in group_text(replace(FACTS, sources=0))


def test_a_personal_message_adds_the_reason_three_quotes_and_what_would_lower_it() -> None:
    assert personal_text(FACTS) == group_text(FACTS) + (
        "\n为什么是橙色：\n"
        "· 1 条可信网帖指控患者安全，按规则不低于橙色\n"
        "怎样会降级：连续 6 小时没有新网帖\n"
        "1. 微博 02:41 网帖称「孩子在那里输液后抽搐」（未核实）\n"
        "   https://weibo.example/1\n"
        "2. 小红书 网帖称「护士拿错了药」（未核实）\n"
        "   https://xhs.example/2\n"
        "3. 知乎 网帖称「等了三个小时」（未核实）"
    )


@given(st.sampled_from(Kind), st.text("医闹投诉王大夫甲乙丙", min_size=6, max_size=30))
def test_a_group_message_never_carries_a_quote_or_a_name_from_one(kind: Kind, said: str) -> None:
    facts = replace(FACTS, kind=kind, quotes=(Quote("微博", said, "https://a.example"),))
    if kind not in (Kind.BLIND_SOURCE, Kind.META):
        facts = replace(facts, reasons=(said,), lowers=said)
    text = group_text(facts) + subject(facts)
    assert said not in text
    assert "https://" not in text


def test_a_confirmed_tier_is_no_longer_to_be_checked_but_its_posts_are() -> None:
    text = personal_text(replace(FACTS, confirmed=True))
    assert "待核" not in text
    assert text.count("（未核实）") == 3


@pytest.mark.parametrize(
    ("kind", "head"),
    [
        (Kind.ESCALATED, "【升级呼叫·橙色·待核】"),
        (Kind.RAISED, "【升为橙色·待核】"),
        (Kind.LOWERED, "【降为橙色·待核】"),
        (Kind.RESOLVED, "【已解除】"),
        (Kind.REMINDER, "【催办·橙色·待核】"),
        (Kind.STEP_OVERDUE, "【步骤超时·橙色·待核】"),
        (Kind.TEST, "【测试】"),
    ],
)
def test_each_kind_says_at_its_head_what_it_is(kind: Kind, head: str) -> None:
    assert group_text(replace(FACTS, kind=kind)).startswith(head)


@pytest.mark.parametrize("kind", Kind)
def test_a_drill_says_so_first_whatever_it_is_about(kind: Kind) -> None:
    facts = replace(FACTS, kind=kind, drill=True)
    for text in (group_text(facts), personal_text(facts), subject(facts)):
        assert text.startswith("【演练】")


@pytest.mark.parametrize("kind", [Kind.LOWERED, Kind.RESOLVED])
def test_nobody_is_called_when_things_get_better(kind: Kind) -> None:
    text = group_text(replace(FACTS, kind=kind))
    assert "张某" not in text
    assert "ack" not in text


@pytest.mark.parametrize(
    ("deadline", "words"),
    [
        (None, "张某 尽快点「我来处理」"),
        (NOW + timedelta(seconds=61), "张某 2 分钟内点「我来处理」"),
        (NOW + timedelta(hours=5), "张某 07:50 前点「我来处理」"),
        (NOW - timedelta(minutes=1), "张某 已过时限（02:49），立即点「我来处理」"),
    ],
)
def test_the_deadline_reads_as_a_person_would_say_it(deadline: datetime | None, words: str) -> None:
    assert words in group_text(replace(FACTS, deadline=deadline))


def test_a_gap_in_the_rota_still_calls_somebody() -> None:
    assert "值班人 15 分钟内" in group_text(replace(FACTS, person=""))


def test_what_is_not_known_is_left_out() -> None:
    text = group_text(replace(FACTS, views=None, first_post_at=None))
    assert "阅读" not in text
    assert "首帖" not in text


def test_a_hostile_quote_calls_nobody_and_forges_no_line() -> None:
    evil = Quote(
        "微博", "@all\n【红色】假的 <@zhang> [点](http://evil.example)\u200b" * 9, "https://a"
    )
    lines = personal_text(replace(FACTS, quotes=(evil,))).splitlines()
    quoted = [line for line in lines if "网帖称" in line]
    assert len(quoted) == 1
    assert not set("@<>[]\u200b") & set(quoted[0])
    assert "evil.example" not in quoted[0]
    assert len(quoted[0]) < 100


def test_a_blind_source_tells_the_operator_which_and_why() -> None:
    facts = AlertFacts(kind=Kind.BLIND_SOURCE, at=NOW, reasons=("来源「清河论坛」6 小时没有更新",))
    assert operator_text(facts) == "【监测中断】\n来源「清河论坛」6 小时没有更新"
    assert group_text(facts) == personal_text(facts) == operator_text(facts)


def test_a_digest_has_one_line_for_each_incident() -> None:
    other = replace(FACTS, kind=Kind.DIGEST, tier="黄色", code="9QX")
    text = digest_text([replace(FACTS, kind=Kind.DIGEST), other])
    assert [line[-6:] for line in text.splitlines()] == ["编号 7K2", "编号 9QX"]


def test_a_rendered_message_carries_its_key_code_and_mobiles() -> None:
    message = render(FACTS, "k-1", group=True, mobiles=("13900000001",))
    assert (message.key, message.code, message.mobiles) == ("k-1", "7K2", ("13900000001",))
    assert message.body == group_text(FACTS)
    assert message.subject == "【橙色·待核】清河互联网医院｜患者安全类｜编号 7K2"
    assert render(FACTS, "k-2", group=False).body == personal_text(FACTS)
