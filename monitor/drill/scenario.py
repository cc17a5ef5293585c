"""Scenarios: the posts of a crisis that never happened, and what a hospital could say of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from monitor.demo.story import Story, load_story

SHIPPED = Path(__file__).parent / "scenarios"
_TEXTS = ("title", "why", "brand", "begins", "ends", "statement")
_LISTS = ("posts", "facts")


class ScenarioError(ValueError):
    """A scenario that cannot be played, in a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One crisis to practise."""

    name: str
    title: str
    why: str
    """What it trains."""
    brand: str
    aliases: tuple[str, ...]
    story: Story
    facts: tuple[str, ...]
    statement: str


def names() -> list[str]:
    """The shipped scenarios."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def load_scenario(wanted: str, day: date) -> Scenario:
    """A shipped scenario by its name, or a team's own by its file, set on this day."""
    shipped = wanted in names()
    path = SHIPPED / f"{wanted}.yaml" if shipped else Path(wanted)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise ScenarioError(
            f"没有剧本「{wanted}」：自带的有 {'、'.join(names())}，或写一个自己的 .yaml 文件"
        ) from None
    return _scenario(path, text, day)


def _scenario(path: Path, text: str, day: date) -> Scenario:
    try:
        document = yaml.safe_load(text)
        _complete(document)
        story = load_story(day, text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行附近" if mark else ""
        raise ScenarioError(f"剧本 {path} {where}不是正确的 YAML：请检查缩进和冒号") from None
    except (KeyError, TypeError, AttributeError) as error:
        raise ScenarioError(
            f"剧本 {path}：有一条帖子缺 {error}；每条要有 id、via、at、author、text"
        ) from None
    except ValueError as error:
        raise ScenarioError(f"剧本 {path}：{error}") from None
    if any(post.via != "weibo" for post in story.posts):
        raise ScenarioError(f"剧本 {path}：演练的帖子都写 via: weibo")
    return Scenario(
        name=path.stem,
        title=document["title"].strip(),
        why=document["why"].strip(),
        brand=document["brand"],
        aliases=tuple(document.get("aliases", ())),
        story=story,
        facts=tuple(document["facts"]),
        statement=document["statement"].strip(),
    )


def _complete(document: Any) -> None:  # noqa: ANN401 - any YAML value
    if not isinstance(document, dict):
        raise ValueError("要写成 title、brand、posts 等几项，可以照着自带的改")  # noqa: TRY004 - said to the user
    for key in _TEXTS:
        if not isinstance(document.get(key), str) or not document[key].strip():
            raise ValueError(f'缺少 {key}，或它不是文字（时刻要加引号，如 begins: "19:00"）')
    for key in _LISTS:
        if not isinstance(document.get(key), list) or not document[key]:
            raise ValueError(f"缺少 {key}：至少写一条")
