"""Learns what one site puts around every article, and takes it out; pure.

A line that stands near the top or the end of many articles of one site is the site's own. What is
learnt travels in the cursor of the source, so that every run begins with what the last ones saw.
Careful by design: in a crisis each report repeats the same sentence, and that must never go. So a
line is dropped only if it is short, stands at the edge of many pages, is no large part of any, and
names nobody we look for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from crawlers.cursor import digest
from crawlers.hosts import host_of
from crawlers.items import Item

Lines = dict[str, dict[str, int]]
"""By host: on how many pages each line stood, by the line's digest; PAGES counts the pages."""
PAGES = "pages"
OFTEN = 8  # pages: reports of one event that end alike are fewer before a person has read them
SHARE = 0.3  # of the site's pages: what stands on fewer belongs to a column or an event
TOP, END = 3, 5  # lines from either edge: byline and source above; editors and statements below
LONGEST = 80  # characters: a site's sentence about itself; a paragraph of a report is longer
MOST = 0.5  # of a text: more of it known means a copy of another article, which is left whole
MAX_HOSTS, MAX_LINES = 20, 200  # about 100 kB a source
DIGITS = re.compile(r"\d+")


def without_recurring(
    items: Iterable[Item], known: Lines, names: Collection[str]
) -> tuple[list[Item], Lines]:
    """Return the items without the lines of their sites, and what is known now.

    `names` are what the source looks for; a line with one of them stays.
    """
    given = list(items)
    learnt = {host: Counter(lines) for host, lines in known.items()}
    for item in filter(_is_article, given):
        host = learnt.setdefault(host_of(item.url or ""), Counter())
        host.update({key for key, _ in _edges(item.text)})
        host[PAGES] += 1
    cleaned = [_cleaned(item, learnt, names) if _is_article(item) else item for item in given]
    return cleaned, _bounded(learnt)


def _is_article(item: Item) -> bool:
    return item.raw.get("text_from") == "article" and bool(item.url)


def _edges(text: str) -> Iterator[tuple[str, str]]:
    """Yield the short lines near the edges of a text, each with its key."""
    lines = text.split("\n")
    places = {*range(TOP), *range(len(lines) - END, len(lines))}
    for place, line in enumerate(lines):
        if place in places and len(line) <= LONGEST:
            yield digest(DIGITS.sub("0", line)), line


def _cleaned(item: Item, learnt: dict[str, Counter[str]], names: Collection[str]) -> Item:
    host = learnt[host_of(item.url or "")]
    least = max(OFTEN, SHARE * host[PAGES])
    gone = [
        line
        for key, line in _edges(item.text)
        if host[key] >= least and not any(name in line for name in names)
    ]
    if not gone or sum(map(len, gone)) > MOST * len(item.text):
        return item
    edge = set(gone)
    kept = [line for line in item.text.split("\n") if line not in edge]
    return replace(item, text="\n".join(kept))


def _bounded(learnt: dict[str, Counter[str]]) -> Lines:
    """Keep the hosts with the most pages and their most frequent lines."""
    hosts = sorted(learnt.items(), key=lambda one: (-one[1][PAGES], one[0]))[:MAX_HOSTS]
    return {host: _frequent(lines) for host, lines in hosts}


def _frequent(lines: Counter[str]) -> dict[str, int]:
    often = sorted(lines.items(), key=lambda one: (one[0] != PAGES, -one[1], one[0]))
    return dict(often[: MAX_LINES + 1])
