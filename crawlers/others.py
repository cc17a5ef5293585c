"""Takes from a page what other people wrote on it and what it says of other articles; pure.

Comments, questions and cards of related articles come as rows of like blocks, each with a link of
its own (a title, «reply») or with a date at its end. Paragraphs of an article are alike too, but
their links stand in prose.
"""

from __future__ import annotations

import re
from copy import deepcopy
from itertools import groupby
from typing import TYPE_CHECKING

from crawlers.parsing import BLOCKS, UNSEEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

ROW = 3  # like blocks that make a row: two may be the halves of an article
MOST = 0.7  # of a row's blocks: a comment of the site's own staff may lack the link
ALONE = 0.7  # of a block's text: with more of it in the link, the block is a title or a button
LONGEST = 600  # characters: a longer block is somebody's article, as in a list of answers
SENTENCES = 3  # in front of a heading: the shortest article among our samples has four
FULL_STOPS = frozenset("。！？!?")
HEADING = re.compile(
    r"(?:网友|最新|全部|精彩|热门|用户)*(?:评论|跟[帖贴]|留言)(?:列表|区)?[(（\[]?\d*[)）\]]?条?"
)
SIGNATURE = 30  # characters: «12楼 2018-03-09 11:00 来自河北»
SIGNED = re.compile(r"\d+\s*楼|20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}")
LINKED = 0.75  # of a box's text: a list of related titles, with its heading
TITLES = 2  # links that make such a box; one alone may be the source of a quotation


def without_others(tree: etree._Element) -> etree._Element:
    """Return a copy of the page without rows of comments and cards."""
    own = deepcopy(tree)
    for node in list(own.iter()):
        for row in list(_rows(node)):
            for block in row:
                drop(block)
    for node in _below_headings(own):
        drop(node)
    return own


def _below_headings(tree: etree._Element) -> list[etree._Element]:
    """Return what follows a heading «评论» that stands below some prose; a menu stands above it."""
    marks = 0
    for node in tree.iter():
        if not isinstance(node.tag, str) or node.tag in UNSEEN:
            continue
        said = "".join((node.text or "").split())
        if marks >= SENTENCES and node.tag in BLOCKS and HEADING.fullmatch(said):
            return list(node.itersiblings()) or list(node.getparent().itersiblings())
        marks += sum(mark in FULL_STOPS for mark in said)
    return []


def _rows(parent: etree._Element) -> Iterator[list[etree._Element]]:
    """Yield the rows of like blocks below a node whose blocks have links of their own."""
    children = [child for child in parent if isinstance(child.tag, str)]
    if len(children) < ROW:
        return
    for _, group in groupby(sorted(children, key=_likeness), key=_likeness):
        row = list(group)
        if len(row) >= ROW and sum(map(_is_entry, row)) >= MOST * len(row):
            yield row


def _likeness(node: etree._Element) -> tuple[str, str]:
    return node.tag, (node.get("class") or "").partition(" ")[0]


def _is_entry(block: etree._Element) -> bool:
    """Tell whether a block is a comment or a card: parts of its own, one of them a link."""
    if len(block) < 2 or _length(block) > LONGEST:  # noqa: PLR2004 (a link and what it leads to)
        return False
    return any(_stands_alone(link, block) for link in block.iter("a")) or _is_signed(block)


def _is_signed(block: etree._Element) -> bool:
    """Tell whether a block ends in a date or a floor, as comments do; a live report begins so."""
    said = ("".join("".join(part.itertext()).split()) for part in block[1:])
    return any(len(one) <= SIGNATURE and SIGNED.search(one) for one in said)


def _stands_alone(link: etree._Element, block: etree._Element) -> bool:
    said = _length(link)
    if not said:
        return False
    if link.getparent() is block:
        beside = any(child.tag in BLOCKS and child.tag != "br" for child in block)
        return beside and not (link.tail or "").strip()
    around = next(node for node in link.iterancestors() if node.tag in BLOCKS or node is block)
    return around is not block and said >= ALONE * _length(around)


def is_box_of_titles(node: etree._Element) -> bool:
    """Tell whether a block inside an article only leads to other articles."""
    links = [_length(link) for link in node.iter("a")]
    return sum(map(bool, links)) >= TITLES and sum(links) >= LINKED * _length(node)


def drop(node: etree._Element) -> None:
    """Take a node out and leave the text behind it."""
    parent, before = node.getparent(), node.getprevious()
    if parent is None:
        return
    if node.tail:
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def _length(node: etree._Element) -> int:
    return sum(len("".join(said.split())) for said in node.itertext())
