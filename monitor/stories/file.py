"""Reads stories from YAML with Chinese keys; every mistake is a sentence with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from monitor.config_types import parse_moment
from monitor.config_yaml import Document, Loc, YamlError
from monitor.domain.mention import RISK_LABELS, SHANGHAI, Claim
from monitor.domain.tier import Tier
from monitor.policy_errors import problems, read_document, render
from monitor.stories.series import parse_series
from monitor.stories.story import Expected, Lowered, Pin, Story, Told

SHIPPED = Path(__file__).parent / "shipped.yaml"
EXAMPLE = "可以先运行 fengsui policy test --print > my-stories.yaml，再照着改"
CODES = {label: code for code, label in RISK_LABELS.items()}
SIGNS = {
    "日期地点": "date_or_place",
    "后果": "consequence",
    "凭证": "document_or_photo",
    "科室人名": "named_department_or_person",
}
FLOORS = {
    "死亡": "death",
    "未成年人": "minor",
    "官方通报": "official_notice",
    "全国媒体": "national_media",
    "院内": "on_premises",
}
TIERS = {"无": Tier.NONE, "黄色": Tier.YELLOW, "橙色": Tier.ORANGE, "红色": Tier.RED}
_UNITS = {"分钟": 1, "分": 1, "小时": 60, "时": 60, "天": 1440, "m": 1, "h": 60, "d": 1440}


class StoryError(ValueError):
    """The stories cannot be played; the message says where and what to write instead."""


def _minutes(value: object) -> int:
    found = re.fullmatch(r"([0-9]{1,6})\s*(分钟|小时|分|时|天|m|h|d)?", str(value).strip())
    if found is None:
        raise ValueError("时间看不懂；写成 90、90分钟、6小时 或 1天（不写单位就是分钟）")
    return int(found[1]) * _UNITS[found[2] or "分"]


def _length(value: object) -> int:
    minutes = _minutes(value)
    if not minutes:
        raise ValueError("间隔要大于 0；写成 10分钟 这样")
    return minutes


def _yes(value: object) -> bool:
    words = {"是": True, "否": False}
    if str(value) not in words:
        raise ValueError("只能写 是 或 否")
    return words[str(value)]


def _start(value: object) -> datetime:
    at = parse_moment(value)
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


Minutes = Annotated[int, BeforeValidator(_minutes)]
Yes = Annotated[bool, BeforeValidator(_yes)]
Series = Annotated[tuple[float | None, ...], BeforeValidator(parse_series)]
TierWord = Literal["无", "黄色", "橙色", "红色"]
Expectation = Literal["无", "候选", "黄色", "橙色", "红色"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class _Claim(_Section):
    at: Minutes = Field(alias="第几分钟")
    code: Literal[tuple(CODES)] = Field(alias="类别")  # type: ignore[valid-type] # made of the table
    voice: str = Field(default="", alias="来源")
    platform: str = Field(default="微博", alias="平台")
    signs: list[Literal[tuple(SIGNS)]] = Field(default_factory=list, alias="佐证")  # type: ignore[valid-type] # same
    floors: list[Literal[tuple(FLOORS)]] = Field(default_factory=list, alias="情节")  # type: ignore[valid-type] # same
    blamed: Yes = Field(default=True, alias="归咎")
    score: float = Field(default=0.9, ge=0, le=1, alias="可信度")


class _Pin(_Section):
    tier: TierWord = Field(alias="级别")
    since: Minutes = Field(default=0, alias="从")
    until: Minutes = Field(alias="到")


class _Lowered(_Section):
    at: Minutes = Field(alias="第几分钟")
    tier: TierWord = Field(alias="到")


class _Story(_Section):
    name: Annotated[str, Field(min_length=1)] = Field(alias="名称")
    why: str = Field(default="", alias="说明")
    start: Annotated[datetime, BeforeValidator(_start)] = Field(alias="开始")
    interval: Annotated[int, BeforeValidator(_length)] = Field(alias="间隔")
    brand: str = Field(default="", alias="品牌")
    usual: float = Field(default=1.0, gt=0, le=100_000, alias="平时")
    counts: Series = Field(alias="提及")
    negatives: Series = Field(default=(), alias="负面")
    heat: Series = Field(default=(), alias="热度")
    claims: list[_Claim] = Field(default_factory=list, alias="指控")
    pins: list[_Pin] = Field(default_factory=list, alias="钉住")
    lowered: list[_Lowered] = Field(default_factory=list, alias="下调")
    expected: Annotated[dict[str, Expectation], Field(min_length=1)] = Field(alias="期望")


class _File(_Section):
    stories: Annotated[list[_Story], Field(min_length=1)] = Field(alias="故事")


def load_stories(path: Path | None = None) -> tuple[Story, ...]:
    """Read a file of stories, the shipped one when none is named; raises StoryError."""
    path = path or SHIPPED
    try:
        document = read_document(path, "故事文件", EXAMPLE)
    except YamlError as error:
        line = f" 第 {error.line} 行" if error.line else ""
        raise StoryError(f"故事文件 {path}{line}：{error.text}") from None
    try:
        file = _File.model_validate(document.tree)
    except ValidationError as error:
        wrong = problems(document, _keys, errors=error.errors(include_url=False))
        raise StoryError(f"故事文件 {path} 有错：\n{render(path, wrong)}") from None
    wrong = problems(document, _keys, own=_contradictions(file))
    if wrong:
        raise StoryError(f"故事文件 {path} 有错：\n{render(path, wrong)}")
    return tuple(_story(one, n, document) for n, one in enumerate(file.stories))


def _keys(loc: Loc) -> list[str]:
    names = [part for part in loc if isinstance(part, str)]
    models: dict[str, type[_Section]] = {
        "故事": _Story,
        "指控": _Claim,
        "钉住": _Pin,
        "下调": _Lowered,
    }
    model = models.get(names[-1], _Story) if names else _File
    return [field.alias or name for name, field in model.model_fields.items()]


def _contradictions(file: _File) -> Iterator[tuple[Loc, str]]:
    for number, story in enumerate(file.stories):
        place: Loc = ("故事", number)
        for minute in story.expected:
            try:
                _minutes(minute)
            except ValueError as error:
                yield (*place, "期望", minute), str(error)
        yield from ((((*place, "指控", at)), text) for at, text in _unheard(story))


def _unheard(story: _Story) -> Iterator[tuple[int, str]]:
    """Claims at instants at which the row counts too few mentions to hold them."""
    steps = [one.at // story.interval for one in story.claims]
    for place, step in enumerate(steps):
        count = story.counts[step] if step < len(story.counts) else 0.0
        told = steps[: place + 1].count(step)
        if told > (count or 0):
            text = f"这一格写了 {told} 条指控，提及只有 {count or 0:g} 条；把提及写多，或挪动指控"
            yield place, text


def _story(one: _Story, number: int, document: Document) -> Story:
    place: Loc = ("故事", number)

    def at(minutes: int) -> datetime:
        return one.start + timedelta(minutes=minutes)

    expected = [
        Expected(
            at=at(_minutes(minute)),
            tier=TIERS.get(word, Tier.NONE),
            candidate=word == "候选",
            line=document.line((*place, "期望", minute)),
        )
        for minute, word in one.expected.items()
    ]
    return Story(
        name=one.name,
        line=document.line((*place, "名称")),
        start=one.start,
        interval=timedelta(minutes=one.interval),
        counts=one.counts,
        negatives=one.negatives,
        heat=one.heat,
        claims=tuple(_told(claim, n, one) for n, claim in enumerate(one.claims, 1)),
        expected=tuple(sorted(expected, key=lambda each: each.at)),
        brand=one.brand,
        usual=one.usual,
        pins=tuple(Pin(TIERS[p.tier], at(p.since), at(p.until)) for p in one.pins),
        lowered=tuple(Lowered(TIERS[low.tier], at(low.at)) for low in one.lowered),
    )


def _told(one: _Claim, number: int, story: _Story) -> Told:
    # It stands in the step that counts it, so that both leave the window together.
    step = one.at // story.interval * story.interval
    claim = Claim(
        mention_id=number,
        code=CODES[one.code],
        score=one.score,
        at=story.start + timedelta(minutes=step),
        signs=frozenset(SIGNS[word] for word in one.signs),
        floors=frozenset(FLOORS[word] for word in one.floors),
        blamed=one.blamed,
        platform=one.platform,
    )
    return Told(claim, one.voice or f"第{number}条")


__all__ = ["SHIPPED", "StoryError", "load_stories"]
