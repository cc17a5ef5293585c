"""TrendRadar's keyword files become watch rules that mean the same."""

from __future__ import annotations

import pytest

from crawlers.importers.trend_regex import TooHardError, to_rule
from crawlers.importers.trendradar import read_keywords
from monitor.matching import Brand, Matcher, WatchRule

FILE = """\
# 我的词
[GLOBAL_FILTER]
广告
/震惊|标题党/
!不算

[WORD_GROUPS]

[医疗安全]
误诊
/开错药|用错.{0,3}药/ => 用药
+清河
!电视剧
@5

退费
乱收费 => 收费

!娱乐
"""


def holds(rule: str, text: str) -> bool:
    matcher = Matcher([Brand("清河医院")], [WatchRule("r", rule)])
    return any(hit.rule for hit in matcher.match(f"清河医院，{text}"))


def test_groups_required_words_filters_and_names_are_kept() -> None:
    drafts = read_keywords(FILE)
    assert [one.name for one in drafts.rules] == ["医疗安全", "退费 / 收费"]
    first, second = (one.rule for one in drafts.rules)
    assert holds(first, "误诊")
    assert holds(first, "护士用错了的药")
    assert not holds(first, "误诊，电视剧里的")
    assert not holds(first, "震惊，误诊")
    assert not holds(second, "退费，娱乐新闻")
    assert holds(second, "乱收费")
    assert drafts.warnings == ["「@5」限制显示条数，监看规则没有这个意思，略去了"]


def test_a_filter_may_be_kept_to_its_group() -> None:
    first, second = (one.rule for one in read_keywords(FILE, everywhere=False).rules)
    assert not holds(first, "误诊，电视剧里的")
    assert holds(second, "退费，电视剧，娱乐")
    assert "只有排除词的一组（娱乐）没有用处" in read_keywords(FILE, everywhere=False).warnings[-1]


def test_a_blank_line_with_blanks_does_not_part_groups() -> None:
    assert len(read_keywords("甲乙\n  \n丙丁\n\n戊己\n").rules) == 2


def test_groups_of_the_same_name_are_told_apart() -> None:
    names = [one.name for one in read_keywords("退费\n\n退费\n\n退费").rules]
    assert names == ["退费", "退费 (2)", "退费 (3)"]


def test_a_broken_regex_is_looked_for_letter_by_letter_as_there() -> None:
    assert read_keywords("/退(费/").rules[0].rule == '"/退(费/"'


def test_what_no_rule_can_say_is_named() -> None:
    drafts = read_keywords("/\\d{3}元/\n退费")
    assert drafts.rules[0].rule == "退费"
    assert drafts.warnings == ["「/\\d{3}元/」写不成监看规则，略去了；请自己改写成几个词"]


@pytest.mark.parametrize(
    ("pattern", "rule"),
    [
        ("京东|刘强东", "(京东 OR 刘强东)"),
        ("(?:清河|青河)医院", "(清河医院 OR 青河医院)"),
        ("误诊?断", "(误诊断 OR 误断)"),
        ("退.*费", "(退 AND 费)"),
        ("手术.{0,10}失误", "(手术 NEAR/10 失误)"),
        ("[甲乙]院", "(甲院 OR 乙院)"),
        (r"\bAI\b", "AI"),
        ("^退费$", "退费"),
        ("退费.", "退费"),
        ("a b", '"a b"'),
        ("NOT", '"NOT"'),
        (r"A\+", "A+"),
    ],
)
def test_plain_regular_expressions_become_rules(pattern: str, rule: str) -> None:
    assert to_rule(pattern) == rule


@pytest.mark.parametrize(
    "pattern",
    [
        r"\d+",
        "[^甲]",
        "[0-9]",
        "(?=甲)乙",
        "甲+",
        "(甲|",
        "甲)",
        "",
        ".*",
        "甲{2}",
        "(a|b)" * 7,
        "[甲",
    ],
)
def test_others_are_too_hard(pattern: str) -> None:
    with pytest.raises(TooHardError):
        to_rule(pattern)
