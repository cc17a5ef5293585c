"""What all search engines share: a query, perhaps within some sites, gives pages (T0, by key).

`SearchProvider` is what one engine adds. Through `sites` the same engines watch sites that have no
interface for others and that forbid crawlers: 好大夫在线, 小红书, 公众号 articles. What comes is
what the engine has indexed: title, address, summary, mostly a date; hours to days late, and never
all. A page belongs to the platform of its address. Answers overlap by a week, as pages are indexed
long after they were published.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from crawlers.connectors.base import About, Answer, Ask, Option, Reading, RefusedError, Task
from crawlers.connectors.shape import Record, Row, read_rows
from crawlers.connectors.tokens import follow
from crawlers.cursor import digest
from crawlers.importers.platforms import platform_of
from crawlers.parsing import canonical_url, html_to_text, is_web_address

OVERLAP = timedelta(days=7)
FIRST_LOOK = timedelta(days=30)  # how far back the first reading goes
LONGEST_ID = 400  # as for feed entries
LONGEST_CODE = 60
SITES = Option(
    "写网站的域名，如 [haodf.com, xiaohongshu.com]，只搜这些网站；不写就搜全网", many=True
)


@dataclass(frozen=True, slots=True)
class Found:
    """One page as an engine tells of it."""

    title: str
    url: str
    summary: str
    written: datetime | None
    site: str = ""
    """The site's name in the engine's words."""


class SearchProvider(Protocol):
    """One engine; pure."""

    about: About
    sites_at_once: int
    """How many sites one request may name; 0 when it takes none."""

    def ask(self, task: Task, sites: tuple[str, ...], start: datetime) -> Ask:
        """Return the request for pages published from `start` on, within the sites if any."""

    def rows(self, document: Any) -> list[Any]:  # noqa: ANN401 - whatever the engine sent
        """Return the rows of an answer; raise RefusedError or WrongShapeError."""

    def found(self, row: Row, now: datetime) -> Found:
        """Return what a row says; raise KeyError or ValueError for a bad one."""


class WebSearch:
    """A connector of one engine: one request a query, and one more for each further site."""

    def __init__(self, provider: SearchProvider) -> None:
        self.provider, self.about = provider, provider.about

    def first(self, task: Task) -> Ask:
        """Search the first sites, or everywhere."""
        return self.provider.ask(task, self._groups(task)[0], _start(task))

    def read(self, answer: Answer, task: Task) -> Reading:
        """Read the pages, and search the other sites after the first answer."""
        reading = read_rows(
            self.provider.rows(answer.json()),
            lambda row: _record(self.provider.found(row, task.now)),
        )
        others = () if answer.ask.key else self._groups(task)[1:]
        more = (
            follow(self.provider.ask(task, sites, _start(task)), task, ",".join(sites))
            for sites in others
        )
        return Reading(reading.records, reading.total, tuple(more))

    def _groups(self, task: Task) -> list[tuple[str, ...]]:
        sites, size = task.words("sites"), self.provider.sites_at_once
        if not sites or not size:
            return [()]
        return [tuple(sites[start : start + size]) for start in range(0, len(sites), size)]


def bare_code(value: object) -> str:
    """Return an engine's error code fit to be shown: letters, digits and dots."""
    return re.sub(r"[^\w.-]", "", str(value))[:LONGEST_CODE]


def refused(reasons: Iterable[tuple[str, str, str]], code: str) -> RefusedError:
    """Return the refusal of the first (part of the code, kind, sentence) that fits."""
    fitting = ((kind, said) for part, kind, said in reasons if part in code)
    kind, said = next(fitting, ("forbidden", "拒绝了请求，请核对密钥和权限"))
    return RefusedError(kind, f"{said}（{code}）")


def _start(task: Task) -> datetime:
    return task.since or task.now - FIRST_LOOK


def _record(found: Found) -> Record:
    if not is_web_address(found.url):
        raise ValueError("url")
    name = canonical_url(found.url)
    return {
        "platform": platform_of(found.url),
        "id": name if len(name) <= LONGEST_ID else "long:" + digest(name),
        "title": html_to_text(found.title),
        "text": html_to_text(found.summary),
        "url": found.url,
        "published_at": found.written.isoformat() if found.written else None,
        "raw": _raw(found),
    }


def _raw(found: Found) -> Mapping[str, str]:
    site = {"site": found.site} if found.site else {}
    return {"kind": "search_result", "text_from": "summary", **site}
