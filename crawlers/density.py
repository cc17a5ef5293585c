"""Finds the block of a page with the densest prose; pure.

After 洪鸿辉 et al., 基于文本及符号密度的网页正文提取方法 (2019): much text for few tags, many full
stops for much text, few links.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from crawlers.body_words import NOT_THE_ARTICLE
from crawlers.parsing import UNSEEN

if TYPE_CHECKING:
    from collections.abc import Iterator

MARKS = frozenset("，。！？；：、“”…,.!?;")
BLOCKS = {"div", "td", "article", "section", "main", "body", "center", "form", "ul", "ol", "li"}
LEAST = 20  # characters; a shorter block is a label
WHOLE = 0.7  # of the best block's text: a parent that adds less than this is its frame


@dataclass(slots=True)
class _Block:
    """What is counted of an element and everything in it."""

    chars: int = 0
    linked: int = 0
    marks: int = 0
    tags: int = 0
    links: int = 0

    def add(self, other: _Block) -> None:
        self.chars += other.chars
        self.linked += other.linked
        self.marks += other.marks
        self.tags += other.tags
        self.links += other.links

    def score(self) -> float:
        """Return density of text times density of marks times how much there is of both."""
        own = self.chars - self.linked
        if own < LEAST or not self.marks:
            return 0.0
        per_tag = own / max(1, self.tags - self.links)
        share = (own / self.chars) ** 2
        return share * math.log2(1 + per_tag) * self.marks**0.5 * math.log2(1 + own)


def densest(tree: etree._Element) -> etree._Element | None:
    """Return the element with the densest prose; None when the page has none."""
    best, top = None, 0.0
    for node, block in _counted(tree):
        score = block.score()
        if score > top:
            best, top = node, score
    return best


def _counted(tree: etree._Element) -> Iterator[tuple[etree._Element, _Block]]:
    """Yield blocks with their counts, children first, without recursion."""
    counts: dict[etree._Element, _Block] = {}
    skipped = 0
    for event, node in etree.iterwalk(tree, events=("start", "end")):
        outside = node.tag in UNSEEN or NOT_THE_ARTICLE.search(_names(node)) is not None
        if event == "start":
            skipped += outside
            continue
        skipped -= outside
        if outside or skipped:
            continue
        block = _own(node)
        for child in node:
            block.add(counts.pop(child, _Block()))
        if node.tag == "a":
            block.linked, block.links = block.chars, 1
        counts[node] = block
        if node.tag in BLOCKS:
            yield node, block


def _own(node: etree._Element) -> _Block:
    """Count the text directly in an element: before its children and between them."""
    said = "".join((node.text or "", *(child.tail or "" for child in node)))
    chars = sum(not c.isspace() for c in said)
    return _Block(chars, 0, sum(c in MARKS for c in said), 1)


def _names(node: etree._Element) -> str:
    return f"{node.get('id') or ''} {node.get('class') or ''}" if node.tag != "body" else ""
