"""Finds when a page was published: what it tells machines, what stands near its title, htmldate.

A stated instant comes first; a stated day is completed by an hour that the page shows for that day.
"""

from __future__ import annotations

import re
from datetime import UTC
from itertools import pairwise
from typing import TYPE_CHECKING

from lxml import etree

from crawlers.date_words import FULL_DATE
from crawlers.dates import SHANGHAI, When, read_when
from crawlers.parsing import html_to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

# Names under which pages state it, best first; «modified», «update» and «crawl» times are others.
META_NAMES = (
    "article:published_time", "og:published_time", "datepublished", "pubdate", "publishdate",
    "publish_date", "publish-date", "publish_time", "publishtime", "_pubtime", "pubtime", "og:time",
    "article:create_at", "bytedance:published_time", "og:release_date", "dc.date.issued",
    "dcterms.created", "weibo:article:create_at", "apub:time", "firstpublishedtime",
)  # fmt: skip
SCRIPT_KEY = re.compile(
    r"""[{,;\s"'](?:datePublished|pubDate|pub_?[tT]ime|publish_?[tT]ime|publish_?[dD]ate|ptime|postTime"""
    r"""|create_?[tT]ime|ct)["']?\s*[:=]\s*["']?([0-9][0-9T:./ +Z-]{7,30}|\d{10,13})["']?"""
)
SUBINFO = re.compile(
    r"""["']?time["']?\s*:\s*["']((?:19|20)\d\d[-/]\d\d?[-/]\d\d? \d\d:\d\d[:\d]*)["']"""
)
TIME_AREA = "//textarea[contains(@class,'time') or contains(@id,'time')]"  # 环球网
IN_ADDRESS = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-/_]?(0[1-9]|1[0-2])[-/_]?(0[1-9]|[12]\d|3[01])(?!\d)"
)
UPDATED = re.compile(r"更新|修改|推荐文章|updated|modified|成文|截止|有效", re.IGNORECASE)
# Dates that leave something out, where they stand alone or behind a name.
SHORT = re.compile(
    r"(?<![\d-])(?:刚刚|(?:今|昨|前)天|\d{1,2}\s?(?:分钟|个?小时|天)前|(?:\d\d-)?\d{1,2}-\d{1,2}"
    r"|\d{1,2}月\d{1,2}日)(?:\s*\d{1,2}:\d\d(?::\d\d)?)?(?![\d-])"
)
OTHERS = re.compile(r"评论|跟帖|相关|推荐|热门|猜你喜欢|阅读更多|排行")
LABEL = 14  # characters before a date that may say what it is the date of
SHORTEST = 8  # characters of a full date: «2026-1-2»
BEFORE_BODY = 12  # lines between a title and the first paragraph on the longest headers seen
AFTER_BODY = 6  # forums and 知乎 put the date right behind the text
LONGEST_LINE = 120  # characters; a longer line is prose that tells of some date
NEXT = 4  # lines within which the second paragraph follows the first: a picture may lie between
LOOKALIKE = 12  # first characters of a paragraph, by which it is found again on the page


def published(
    page: str, tree: etree._Element, body: str, title: str, url: str, now: datetime
) -> When | None:
    """Return when the page says that it was published; None when it says nothing sensible."""
    found = _found(page, tree, body, title, url, now)
    return found and _in_its_year(found, _in_address(url, now))


def _found(
    page: str, tree: etree._Element, body: str, title: str, url: str, now: datetime
) -> When | None:
    stated = _first(_stated(tree), now)
    if stated and not stated.day_only:
        return stated
    shown = _first(_shown(tree, body, title), now)
    if stated and not (shown and _same_day(shown, stated)):
        return stated
    return shown or _in_address(url, now) or _by_library(page, url, now)


def _in_its_year(found: When, address: When | None) -> When:
    """Take the year from the address where the page shows the same day without one."""
    if address is None:
        return found
    local, day = found.at.astimezone(SHANGHAI), address.at.astimezone(SHANGHAI)
    if (local.month, local.day) != (day.month, day.day) or local.year == day.year:
        return found
    return When(local.replace(year=day.year).astimezone(UTC), found.day_only)


def _first(said: Iterator[str], now: datetime) -> When | None:
    """Return the first that names an hour, else the first that names a day."""
    days = []
    for text in said:
        found = read_when(text, now)
        if found and not found.day_only:
            return found
        days += [found] if found else []
    return days[0] if days else None


def _stated(tree: etree._Element) -> Iterator[str]:
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        metas.setdefault(name.lower(), meta.get("content") or "")
    yield from (metas[name] for name in META_NAMES if metas.get(name))
    for script in tree.iter("script"):
        said = script.text or ""
        yield from (match[1].strip() for match in SCRIPT_KEY.finditer(said))
        yield from (match[1] for match in SUBINFO.finditer(said))
    yield from ("".join(area.itertext()).strip() for area in tree.xpath(TIME_AREA))
    yield from _times(tree)


def _times(tree: etree._Element) -> Iterator[str]:
    """Yield what <time> elements say outside of comments and side columns."""
    for node in tree.iter("time"):
        around = " ".join(
            f"{one.tag} {one.get('class')} {one.get('id')}" for one in [node, *node.iterancestors()]
        )
        if not re.search(r"comment|aside|related|updated|modified", around):
            yield node.get("datetime") or "".join(node.itertext())


def _shown(tree: etree._Element, body: str, title: str) -> Iterator[str]:
    """Yield what stands around the article and may be its date, the nearest to the title first."""
    page = etree.tostring(tree, encoding="unicode", method="html")
    lines = html_to_text(page, " ").split("\n")
    start, end = _span(lines, body)
    head = _from_title(_head(lines[:start], title), title)
    near = [piece for line in head if len(line) <= LONGEST_LINE for piece in _pieces(line)]
    tail = [piece for line in _until_others(lines[end:]) for piece in _pieces(line)]
    yield from sorted([*near, *tail], key=lambda piece: bool(UPDATED.search(piece)))
    yield from (f"{one} {two}" for one, two in pairwise(head))


def _pieces(line: str) -> Iterator[str]:
    """Yield each full date of a line with the label before it, then what is shorter than one."""
    starts = [match.start() for match in FULL_DATE.finditer(line)]
    for before, start, after in zip([0, *starts], starts, [*starts[1:], None], strict=False):
        yield line[before + bool(before) * SHORTEST : start][-LABEL:] + line[start:after]
    if not starts:
        yield from (match[0] for match in SHORT.finditer(line))


def _until_others(lines: list[str]) -> Iterator[str]:
    """Yield the lines behind the text until other people's or other articles' begin."""
    for line in lines[:AFTER_BODY]:
        if len(line) > LONGEST_LINE or OTHERS.search(line):
            return
        yield line


def _head(lines: list[str], title: str) -> list[str]:
    """Return what stands before the text, and what follows its title where menus lie between."""
    near = lines[-BEFORE_BODY:]
    far = lines[: len(lines) - len(near)]
    places = [n for n, line in enumerate(far) if _is_title(line, title)]
    return (far[places[-1] : places[-1] + BEFORE_BODY] if places else []) + near


def _is_title(line: str, title: str) -> bool:
    said = line.replace(" ", "")
    return len(said) >= SHORTEST and said in title


def _from_title(head: list[str], title: str) -> list[str]:
    """Return what stands behind the title, then what stands before it."""
    places = [n for n, line in enumerate(head) if title and line.replace(" ", "") in title]
    after = places[-1] + 1 if places else 0
    return head[after:] + head[:after][::-1]


def _span(lines: list[str], body: str) -> tuple[int, int]:
    """Return where the article begins and ends among the page's lines."""
    said = [line.replace(" ", "") for line in body.split("\n") if line.strip()]
    bare = [line.replace(" ", "") for line in lines]
    start = _start(bare, said)
    last = said[-1][-LOOKALIKE:] if said else ""
    ends = [n + 1 for n, line in enumerate(bare) if last and last in line and n >= start]
    return start, ends[0] if ends else start


def _start(lines: list[str], said: list[str]) -> int:
    """Return where the article begins; its first words may stand on a card above it as well."""
    first, second = ([line[:LOOKALIKE] for line in said[:2]] + ["", ""])[:2]
    places = [n for n, line in enumerate(lines) if first and first in line]
    whole = (n for n in places if any(second in line for line in lines[n : n + NEXT]))
    return next(whole, places[0] if places else len(lines))


def _same_day(one: When, other: When) -> bool:
    return one.at.astimezone(SHANGHAI).date() == other.at.astimezone(SHANGHAI).date()


def _in_address(url: str, now: datetime) -> When | None:
    match = IN_ADDRESS.search(url)
    return read_when("-".join(match.groups()), now) if match else None


def _by_library(page: str, url: str, now: datetime) -> When | None:
    from htmldate import find_date  # noqa: PLC0415

    finder: Callable[..., str | None] = find_date
    latest = now.astimezone(SHANGHAI).strftime("%Y-%m-%d")
    day = finder(page, url=url, original_date=True, max_date=latest, outputformat="%Y-%m-%d")
    return read_when(day, now) if day else None
