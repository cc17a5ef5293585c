"""Matching: brands and rules are found with the words and places that prove it."""

from __future__ import annotations

import time

import pytest

from monitor.matching import Brand, Hit, Matcher, Span, WatchRule
from monitor.rules import RuleError

_QINGHE = Brand("清河互联网医院", ("清河医院", "清河", "QH"), ("清河医院路", "清河街道"))


def _brands(text: str, *brands: Brand) -> list[str]:
    return [hit.brand for hit in Matcher(brands or (_QINGHE,)).match(text)]


def _rules(text: str, expression: str, brand: str | None = None) -> list[tuple[str, ...]]:
    hits = Matcher([_QINGHE], [WatchRule("规则", expression, brand)]).match(text)
    return [tuple(span.term for span in hit.terms) for hit in hits if hit.rule]


def test_a_hit_points_at_the_words_that_prove_it() -> None:
    matcher = Matcher([_QINGHE], [WatchRule("误诊", "误诊 OR 漏诊", "清河互联网医院")])
    assert matcher.match("昨天在清河医院误诊了") == [
        Hit("清河互联网医院", None, (Span("清河医院", 3, 7),)),
        Hit("清河互联网医院", "误诊", (Span("误诊", 7, 9),)),
    ]


def test_a_name_inside_an_exclude_word_does_not_count() -> None:
    assert _brands("清河医院路堵车") == []


def test_the_same_name_elsewhere_in_the_text_still_counts() -> None:
    (hit,) = Matcher([_QINGHE]).match("清河医院路上的清河医院")
    assert hit.terms == (Span("清河医院", 7, 11),)


def test_the_longest_name_wins_across_brands() -> None:
    group = Brand("清河医院集团")
    assert _brands("清河医院集团上市", _QINGHE, group) == ["清河医院集团"]
    assert _brands("清河医院和清河医院集团", _QINGHE, group) == ["清河互联网医院", "清河医院集团"]


def test_a_latin_name_needs_word_borders() -> None:
    assert _brands("qh真差") == ["清河互联网医院"]
    assert _brands("qhd真差") == []
    assert _brands("the aqh") == []


def test_case_width_and_traditional_writing_of_names_do_not_matter() -> None:
    assert _brands("清河医院", Brand("清河醫院")) == ["清河醫院"]
    assert _brands("ÇİQH", Brand("ｑｈ")) == []
    (hit,) = Matcher([Brand("Qh")]).match("İİ QH")
    assert hit.terms == (Span("qh", 3, 5),)


def test_a_rule_holds_only_where_its_brand_is_named() -> None:
    assert _rules("误诊了", "误诊") == []
    assert _rules("清河误诊了", "误诊") == [("误诊",)]


def test_a_rule_for_one_brand_does_not_hold_for_another() -> None:
    other = Brand("东山医院")
    matcher = Matcher([_QINGHE, other], [WatchRule("误诊", "误诊", "清河互联网医院")])
    assert [hit.rule for hit in matcher.match("东山医院误诊")] == [None]


def test_a_rule_without_brand_holds_for_every_brand_named() -> None:
    matcher = Matcher([_QINGHE, Brand("东山医院")], [WatchRule("误诊", "误诊")])
    hits = matcher.match("清河医院和东山医院误诊")
    assert [(hit.brand, hit.rule) for hit in hits if hit.rule] == [
        ("东山医院", "误诊"),
        ("清河互联网医院", "误诊"),
    ]


@pytest.mark.parametrize(
    ("expression", "text", "holds"),
    [
        ("误诊 漏诊", "清河误诊又漏诊", True),
        ("误诊 漏诊", "清河误诊", False),
        ("误诊 NOT 辟谣", "清河误诊", True),
        ("误诊 NOT 辟谣", "辟谣:清河误诊", False),
        ("手术 NEAR/3 失误", "清河手术中失误", True),
        ("手术 NEAR/3 失误", "清河失误的手术", True),
        ("手术 NEAR/3 失误", "清河手术很久之后才失误", False),
        ("(信息 OR 隐私) NEAR/2 泄露", "清河隐私被泄露", True),
        ("a OR b AND 误诊", "清河 a", True),
        ("(a OR b) AND 误诊", "清河 a", False),
        ('"医生 说"', "清河医生 说", True),
        ('"AND"', "清河 and", True),
        ("误诊 OR 误诊断", "清河误诊断书", True),
    ],
)
def test_rules_mean_what_they_say(expression: str, text: str, holds: bool) -> None:
    assert bool(_rules(text, expression)) is holds


@pytest.mark.parametrize(
    ("expression", "position", "advice"),
    [
        ("", 0, "规则是空的"),
        ("(误诊", 0, "补上右括号"),
        ("误诊)", 2, "多了一个右括号"),
        ("误诊 OR", 5, "补上要找的词"),
        ("误诊 NEAR 漏诊", 3, "NEAR/10"),
        ("误诊 NEAR/3 (漏诊 AND 死亡)", 3, "不能有 AND"),
        ('误诊 "漏诊', 3, "引号没有配对"),
        ("NOT 误诊", 0, "必须出现的词"),
        ("误诊 OR NOT 漏诊", 0, "必须出现的词"),
        ("()", 1, "空括号"),
        ("(" * 60 + "误诊" + ")" * 60, 40, "拆成几条"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_with_place_and_advice(
    expression: str, position: int, advice: str
) -> None:
    with pytest.raises(RuleError, match=advice) as caught:
        Matcher([_QINGHE], [WatchRule("坏", expression)])
    assert caught.value.position == position
    assert f"第 {position + 1} 个字" in str(caught.value)


def test_a_rule_for_an_unknown_brand_is_refused() -> None:
    with pytest.raises(ValueError, match="没有配置的品牌「东山医院」"):
        Matcher([_QINGHE], [WatchRule("误诊", "误诊", "东山医院")])


def test_an_empty_alias_is_refused() -> None:
    with pytest.raises(ValueError, match="清河互联网医院"):
        Matcher([Brand("清河互联网医院", ("\u200b",))])


def test_many_patterns_do_not_slow_matching_down() -> None:
    brands = [Brand(f"第{n}号医院", tuple(f"{n}号院{k}" for k in range(9))) for n in range(500)]
    matcher = Matcher([*brands, _QINGHE])
    texts = ["今天天气真好,大家都去爬山了吧"] * 2_000 + ["清河医院误诊"] * 200

    def seconds() -> float:
        begin = time.process_time()
        assert sum(bool(matcher.match(text)) for text in texts) == 200
        return time.process_time() - begin

    # The best of three: a neighbour on a shared machine slows one run, seldom all.
    assert len(texts) / min(seconds() for _ in range(3)) > 10_000


def test_a_text_full_of_names_is_matched_in_linear_time() -> None:
    matcher = Matcher([_QINGHE], [WatchRule("近", "清河 NEAR/5 医院")])

    def seconds(times: int) -> float:
        begin = time.process_time()
        assert len(matcher.match("清河医院" * times)) == 2
        return time.process_time() - begin

    # Sixteen times the text: 16 if linear, 256 if quadratic. On a shared machine the same work has
    # taken two and a half times as long in one run as in the next, so the bound lies far from both.
    assert seconds(80_000) < 80 * min(seconds(5_000) for _ in range(3))
