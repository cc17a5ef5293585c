"""The story: the posts of one fictional day, each with the moment at which it appears."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from typing import Any, Literal

import yaml

from monitor.config_types import parse_clock_time
from monitor.domain.mention import SHANGHAI

Via = Literal["news", "forum", "complaints", "weibo"]
COUNTERS = ("views", "likes", "comments", "reposts")


@dataclass(frozen=True, slots=True)
class Post:
    """One post; `grows` are its counters as read from later moments on."""

    id: str
    via: Via
    at: datetime
    author: str
    title: str
    text: str
    parent: str | None = None
    stats: Mapping[str, int] = field(default_factory=dict)
    grows: Mapping[datetime, Mapping[str, int]] = field(default_factory=dict)
    page: str = "ok"

    def counters(self, now: datetime) -> Mapping[str, int]:
        """The counters that a reader sees at this instant."""
        read = [moment for moment in self.grows if moment <= now]
        return self.grows[max(read)] if read else self.stats

    @property
    def moments(self) -> tuple[datetime, ...]:
        """When the post appears, and when its counters change."""
        return (self.at, *sorted(self.grows))


@dataclass(frozen=True, slots=True)
class Story:
    """All posts of the day, earliest first."""

    brand: str
    begins: datetime
    ends: datetime
    posts: tuple[Post, ...]

    def visible(self, via: Via, now: datetime) -> list[Post]:
        """The posts of one place that have appeared by now, newest first."""
        return [post for post in reversed(self.posts) if post.via == via and post.at <= now]

    def moments(self, via: Via) -> Iterator[tuple[datetime, Post]]:
        """Every moment at which something changes in one place."""
        for post in self.posts:
            if post.via == via:
                yield from ((moment, post) for moment in post.moments)


def load_story(day: date, text: str | None = None) -> Story:
    """The shipped story, or another's YAML, set on this day; ValueError if it is inconsistent."""
    document = yaml.safe_load(text or files(__package__).joinpath("story.yaml").read_text("utf-8"))
    posts = sorted((_post(record, day) for record in document["posts"]), key=lambda one: one.at)
    story = Story(
        brand=document["brand"],
        begins=_moment(document["begins"], day),
        ends=_moment(document["ends"], day),
        posts=tuple(posts),
    )
    _check(story)
    return story


def _post(record: Mapping[str, Any], day: date) -> Post:
    later = record.get("grows", {})
    return Post(
        id=record["id"],
        via=record["via"],
        at=_moment(record["at"], day),
        author=record["author"],
        title=record.get("title", ""),
        text=record["text"].strip(),
        parent=record.get("parent"),
        stats=record.get("stats", {}),
        grows={_moment(moment, day): counters for moment, counters in later.items()},
        page=record.get("page", "ok"),
    )


def _moment(text: str, day: date) -> datetime:
    clock: time = parse_clock_time(text)
    return datetime.combine(day, clock, SHANGHAI)


def _check(story: Story) -> None:
    known = {post.id: post for post in story.posts}
    if len(known) < len(story.posts):
        raise ValueError("two posts share an id")
    for post in story.posts:
        parent = known.get(post.parent) if post.parent else None
        if post.parent and (parent is None or parent.at > post.at):
            raise ValueError(f"{post.id} reposts {post.parent}, which is not there yet")
        if not story.begins <= post.at <= story.ends or min(post.moments) < post.at:
            raise ValueError(f"{post.id} does not lie within its day")


def batches(story: Story, via: Via, every: timedelta) -> dict[datetime, list[Post]]:
    """Changes of one place by the instant at which a gateway that looks this often passes on."""
    found: dict[datetime, list[Post]] = {}
    for moment, post in story.moments(via):
        late = (story.begins - moment) % every
        found.setdefault(moment + late, []).append(post)
    return dict(sorted(found.items()))
