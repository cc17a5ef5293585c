"""What a connector declares, is asked and answers; standard library only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

NO_SECRETS: Mapping[str, str] = {}
OVERLAP = timedelta(hours=1)  # platforms index late by minutes; an hour costs one page of marks


class Grade(StrEnum):
    """How a source is reached, the most official first."""

    OFFICIAL = "T0"
    OWN = "T1"
    OPEN = "T2"
    EXPORT = "T3"
    SESSION = "T4"

    @property
    def label(self) -> str:
        """The grade as people read it."""
        return _GRADES[self]


_GRADES = {
    Grade.OFFICIAL: "官方接口",
    Grade.OWN: "自有数据",
    Grade.OPEN: "公开网页（遵守 robots）",
    Grade.EXPORT: "人工导出或自建桥接",
    Grade.SESSION: "登录会话（须书面授权）",
}


@dataclass(frozen=True, slots=True)
class Quota:
    """At most so many requests in a span of time, as the platform allows."""

    calls: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back a source can be read, for a backfill."""

    said: str
    """In Chinese: how far, and what is missing even so."""
    span: timedelta | None = None
    """The longest stretch between two dates that one query asks for; None where there is no end
    date to be had, and one reading pages back from now."""
    rows: int = 0
    """An answer of so many rows has been cut off, and a shorter stretch may bring the rest."""
    longest: timedelta | None = None
    """The platform keeps nothing older."""


@dataclass(frozen=True, slots=True)
class Option:
    """One key of `options:` in the configuration; `hint` says in Chinese what to write."""

    hint: str
    required: bool = False
    many: bool = False
    """Whether a list may be written."""
    path: bool = False
    """Whether it names a file or folder, read from where the configuration lies."""


@dataclass(frozen=True, slots=True)
class About:
    """What people and the configuration must know of a kind of source."""

    kind: str
    title: str
    """In Chinese, such as 知乎搜索."""
    grade: Grade
    platform: str
    gives: str
    """In Chinese: what comes in."""
    risk: str
    """In Chinese: what can go wrong."""
    address: str = ""
    """Where it is asked; empty when the configuration must say it (`url`)."""
    waits: bool = False
    """Whether it is told instead of asked: then there is no address, and no request."""
    needs: Mapping[str, str] = field(default_factory=dict)
    """Names of credentials, each with a Chinese word on where to get it."""
    optional: Mapping[str, str] = field(default_factory=dict)
    """Credentials that may be left out, in the same form."""
    options: Mapping[str, Option] = field(default_factory=dict)
    searches: bool = False
    """Whether it takes queries; without any in the configuration, the brands' names serve."""
    every: timedelta = timedelta(minutes=5)
    """How often to ask unless the configuration says."""
    silent_after: timedelta = timedelta(hours=6)
    """The freshness objective: longer without good data counts as silence."""
    quiet: bool = False
    """Whether nothing new is ordinary (a search for one brand): then only rows count, not news."""
    quota: Quota | None = None
    canary: str = ""
    """A query that always finds something; asked when all others found nothing."""
    never_empty: bool = False
    """Whether an answer without rows can only mean that we are kept out (a hot list)."""
    authority: str = "social"
    articles: bool = True
    """Whether the pages behind a feed's entries are read, unless the configuration says."""
    overlap: timedelta = OVERLAP
    delay_seconds: float = 0.5
    max_pages: int = 5
    """Pages of one query in one run."""
    reach: Reach | None = None
    """None where only the present can be read; `no_reach` then says why."""
    no_reach: str = "只给当前的内容，过去的取不到"


@dataclass(frozen=True, slots=True)
class Task:
    """One query of one source at one instant."""

    query: str
    base: str
    """The address, without a slash at the end: paths are added to it."""
    url: str
    """The address as it is written, for a page that is asked by it."""
    now: datetime
    since: datetime | None = None
    """Read back to here; None the first time."""
    until: datetime | None = None
    """Read no later than this, in a backfill; None for now."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)

    def words(self, option: str) -> list[str]:
        """Return an option that may be a list as a list."""
        value = self.options.get(option, ())
        return [value] if isinstance(value, str) else [str(one) for one in value]


@dataclass(frozen=True, slots=True)
class Ask:
    """One HTTP request; secrets belong into headers or body where the platform lets them."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    public: bool = False
    """A page of the open web that is looked at again: no key goes along, robots.txt is obeyed."""
    step: str = ""
    """The connector's own word for what is asked, handed back with the answer."""
    page: int = 1
    key: str = ""
    """Names a page that need not be read again while `stamp` stays the same."""
    stamp: str = ""
    state: Mapping[str, Any] = field(default_factory=dict)
    """Whatever `read` wants to know when the answer comes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back with a good status code, decoded whatever charset it claimed."""

    ask: Ask
    url: str
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    text: str

    def json(self) -> Any:  # noqa: ANN401 - whatever the site sent
        """Return the document; raise WrongShapeError when it is none."""
        try:
            return json.loads(self.text, strict=False)
        except (ValueError, RecursionError):
            raise WrongShapeError("返回的不是完整的 JSON") from None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one answer said."""

    records: list[dict[str, Any]]
    total: int
    """Rows of the answer, those that could not be used included."""
    more: tuple[Ask, ...] = ()


class WrongShapeError(ValueError):
    """The answer is not what the documentation says; the message is half a Chinese sentence."""


class RefusedError(Exception):
    """The answer says no in its own words.

    `kind` is rate_limited, quota, forbidden, login_page, captcha or server_error; the message is
    half a Chinese sentence that follows the source's name.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class GoneError(Exception):
    """The answer says that the post that was looked at again has been deleted."""


@runtime_checkable
class Rereads(Protocol):
    """A connector that can also look at one post again: its counters, and whether it is there."""

    def again(self, task: Task, post: str, url: str) -> Ask:
        """Return the request for one post, with `step` set so that `read` knows the answer.

        `read` then gives its one record, under the same id, or raises GoneError.
        """


class Connector(Protocol):
    """One source: pure, and ignorant of how its requests are sent."""

    about: About

    def first(self, task: Task) -> Ask:
        """Return the first request of a query; raise RefusedError when a key is none."""

    def read(self, answer: Answer, task: Task) -> Reading:
        """Return what an answer holds; raise WrongShapeError or RefusedError."""
