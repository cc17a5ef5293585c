"""The policy file: what may stand in it, what is refused in words, and what an override changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.domain.policy import Policy
from monitor.domain.tier import Tier
from monitor.policy_file import DEFAULT, PolicyError, load_policy, policy_of

NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
THREE = datetime(2026, 11, 18, 19, 0, tzinfo=UTC)  # 03:00
SHIPPED = DEFAULT.read_text("utf-8")
BRAND = "清河互联网医院"
OVERRIDE = """
overrides:
  - brand: 清河互联网医院
    hours: [0, 6]
    why: 凌晨推送通知
    set: {surprise: 6, matrix: {ordinary: [none, none, none, none, yellow]}, quiet_hours: {red: 3}}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "my-policy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(PolicyError) as caught:
        load_policy(written(folder, text))
    return str(caught.value)


def line_of(text: str, start: str) -> int:
    return next(n for n, one in enumerate(text.split("\n"), 1) if one.startswith(start))


BAD = {
    "a misspelt tier": (
        "[none, none, yellow, yellow, orange]",
        "[none, none, yelow, yellow, orange]",
    ),
    "a misspelt key": ("burst_claims: 3", "burst_claim: 3"),
    "a word for a number": ("growth: 3.0", "growth: 三倍"),
    "a share above one": ("claim_score: 0.3", "claim_score: 30"),
    "bands out of order": ("heat_bands: [30, 50, 65, 80]", "heat_bands: [50, 30, 65, 80]"),
    "a row that is too short": (
        "critical: [none, yellow, orange, orange, red]",
        "critical: [none, red]",
    ),
    "a row that falls with heat": (
        "critical: [none, yellow, orange, orange, red]",
        "critical: [none, red, orange, orange, red]",
    ),
    "an hour that no clock has": ("night: [22, 8]", "night: [22, 25]"),
    "a quiet time of a month": ("yellow: 12", "yellow: 720"),
}
SAYS = {
    "a misspelt tier": ("matrix.ordinary[2]", "是不是 yellow"),
    "a misspelt key": ("burst_claim", "是不是 burst_claims"),
    "a word for a number": ("growth", "要写数字"),
    "a share above one": ("claim_score", "最大写 1"),
    "bands out of order": ("heat_bands", "从小到大"),
    "a row that is too short": ("matrix.critical", "要有 5 档"),
    "a row that falls with heat": ("matrix.critical", "热度越高，级别不能越低"),
    "an hour that no clock has": ("night[1]", "最大写 23"),
    "a quiet time of a month": ("quiet_hours.yellow", "最大写 336"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_is_refused_with_its_line_and_what_to_write(tmp_path: Path, name: str) -> None:
    old, new = BAD[name]
    text = SHIPPED.replace(old, new)

    said = refusal(tmp_path, text)

    line = next(n for n, one in enumerate(text.split("\n"), 1) if new in one)
    assert text != SHIPPED
    assert f"第 {line} 行" in said
    assert all(word in said for word in SAYS[name])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "空的"),
        ("- 1\n", "键: 值"),
        ("version: [\n", "第 2 行"),
        ("version: a\nversion: b\n", "已经写过"),
    ],
    ids=["an empty file", "a list", "an open bracket", "a key twice"],
)
def test_a_file_that_is_no_policy_is_refused_in_words(
    tmp_path: Path, text: str, words: str
) -> None:
    assert words in refusal(tmp_path, text)


def test_a_file_that_is_not_there_or_not_text_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"version: \xff\xfe")

    with pytest.raises(PolicyError, match="没有这个策略文件"):
        load_policy(tmp_path / "nowhere.yaml")
    with pytest.raises(PolicyError, match=r"第 1 行.*UTF-8"):
        load_policy(tmp_path / "binary.yaml")


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("  - {why: 试试, set: {surprise: 6}}", "要写 brand"),
        ("  - {brand: 甲医院, set: {surprise: 6}}", "overrides[0].why：没有写"),
        ("  - {brand: 甲医院, why: 试试, set: {}}", "没有要改的数"),
        ("  - {hours: [3, 3], why: 试试, set: {surprise: 6}}", "同一个钟点"),
        ("  - {brand: 甲医院, why: 试试, set: {night: [0, 1]}}", "没有这个键"),
        ("  - {brand: 甲医院, why: 试试, set: {heat_bands: [1, 2]}}", "4 个分档"),
        ("  - {brand: 甲医院, why: 试试, set: {matrix: {ordinary: [red]}}}", "要有 5 档"),
    ],
    ids=["for all", "no reason", "no change", "no hours", "the night", "other bands", "short row"],
)
def test_an_override_that_says_too_little_or_too_much_is_refused(
    tmp_path: Path, override: str, words: str
) -> None:
    text = f"{SHIPPED}\noverrides:\n{override}\n"

    said = refusal(tmp_path, text)

    assert words in said
    assert f"第 {line_of(text, '  - {')} 行" in said


def test_an_override_holds_for_its_brand_in_its_hours_alone(tmp_path: Path) -> None:
    policy = load_policy(written(tmp_path, SHIPPED + OVERRIDE))

    at_three = policy.at(BRAND, THREE)

    assert (at_three.surprise, policy.surprise) == (6, 4)
    assert at_three.matrix["ordinary"][3] is Tier.NONE
    assert at_three.matrix["critical"] == policy.matrix["critical"]
    assert at_three.quiet[Tier.RED] == timedelta(hours=3)
    assert at_three.quiet[Tier.YELLOW] == policy.quiet[Tier.YELLOW]
    assert policy.at(BRAND, NOON) == policy
    assert policy.at("东山医院", THREE) == policy


def test_an_incident_gets_back_the_very_policy_it_kept(tmp_path: Path) -> None:
    policy = load_policy(written(tmp_path, SHIPPED + OVERRIDE))

    kept: Policy = policy_of(dict(policy.source))

    assert kept == policy
