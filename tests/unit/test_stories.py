"""Stories: the shipped ones hold, rows read as written, mistakes are refused with their line."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.tier import Tier
from monitor.policy_file import load_policy
from monitor.stories.file import StoryError, load_stories
from monitor.stories.play import judge, play
from monitor.stories.series import parse_series
from monitor.stories.story import Story

POLICY = load_policy()
HEAD = """故事:
  - 名称: 一条指控
    开始: 2026-11-18 14:00
    间隔: 10分钟
"""
CLAIM = "    指控: [{第几分钟: 0, 类别: 患者安全, 佐证: [日期地点, 后果]}]\n"


def told(folder: Path, text: str) -> tuple[Story, ...]:
    path = folder / "stories.yaml"
    path.write_text(text, encoding="utf-8")
    return load_stories(path)


@pytest.mark.parametrize("story", load_stories(), ids=lambda story: story.name)
def test_the_shipped_policy_keeps_each_shipped_story(story: Story) -> None:
    assert [one for one in judge(POLICY, story) if not one.holds] == []


@pytest.mark.parametrize(
    ("written", "row"),
    [
        ("5", (5,)),
        ("3x3", (3, 3, 3)),
        ("3×2", (3, 3)),
        ("1+1x2", (1, 2, 3)),
        ("9-3x3", (9, 6, 3, 0)),
        ("0.5+0.5x1", (0.5, 1.0)),
        ("_", (None,)),
        ("1 _x2 4", (1, None, None, 4)),
        ("1，2", (1, 2)),
        (["1", "2x2"], (1, 2, 2)),
        ("", ()),
    ],
)
def test_a_row_reads_as_it_is_written(written: object, row: tuple[float | None, ...]) -> None:
    assert parse_series(written) == row


@pytest.mark.parametrize("written", ["三条", "1+1", "_+1x2", "1x", "x3", "-1", "3x99999", "1e3"])
def test_a_row_that_cannot_be_read_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"看不懂|最多"):
        parse_series(written)


def test_a_row_that_falls_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="负数"):
        parse_series("1-1x2")


@given(st.text(max_size=12))
def test_no_row_breaks_the_reader(text: str) -> None:
    row: tuple[float | None, ...] = ()
    with contextlib.suppress(ValueError):
        row = parse_series(text)

    assert all(number is None or number >= 0 for number in row)


def test_a_failed_expectation_carries_its_minute_its_reason_and_the_way_down(
    tmp_path: Path,
) -> None:
    (story,) = told(tmp_path, f"{HEAD}    提及: 1\n{CLAIM}    期望: {{0: 无, 1小时: 橙色}}\n")

    first, later = judge(POLICY, story)

    assert (first.holds, later.holds) == (False, True)
    assert (first.expected.line, first.look.decision.tier) == (7, Tier.ORANGE)
    assert "患者安全" in first.look.decision.reason
    assert "6 小时" in first.look.way_down


def test_an_override_of_its_brand_holds_in_a_story(tmp_path: Path) -> None:
    rows = f"    品牌: 东山医院\n    提及: 1\n{CLAIM}    期望: {{0: 黄色}}\n"
    (story,) = told(tmp_path, HEAD + rows)
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        Path("monitor/policy.yaml").read_text("utf-8")
        + "\noverrides:\n  - {brand: 东山医院, why: 试试, set: {credible_signs: 3}}\n",
        encoding="utf-8",
    )

    assert not judge(POLICY, story)[0].holds
    assert judge(load_policy(policy), story)[0].holds


def test_playing_it_twice_gives_the_same(tmp_path: Path) -> None:
    (story,) = told(tmp_path, f"{HEAD}    提及: 3x30\n{CLAIM}    期望: {{4小时: 橙色}}\n")

    assert list(play(POLICY, story)) == list(play(POLICY, story))


BAD = {
    "a tier nobody knows": ("    提及: 1\n    期望: {0: 橙}\n", 6, "只能写"),
    "a row nobody can read": ("    提及: 很多\n    期望: {0: 无}\n", 5, "看不懂"),
    "a minute nobody can read": ("    提及: 1\n    期望: {早上: 无}\n", 6, "时间看不懂"),
    "no expectation": ("    提及: 1\n", 2, "没有写"),
    "a key nobody knows": ("    提及: 1\n    负向: 1\n    期望: {0: 无}\n", 6, "没有这个键"),
    "more claims than mentions": (f"    提及: 0\n{CLAIM}    期望: {{0: 无}}\n", 6, "提及只有 0 条"),
    "a kind nobody knows": (
        "    提及: 1\n    指控: [{第几分钟: 0, 类别: 医疗事故}]\n    期望: {0: 无}\n",
        6,
        "患者安全",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_story_is_refused_with_its_line(tmp_path: Path, name: str) -> None:
    rest, line, words = BAD[name]

    with pytest.raises(StoryError) as caught:
        told(tmp_path, HEAD + rest)

    assert f"stories.yaml 第 {line} 行" in str(caught.value)
    assert words in str(caught.value)
