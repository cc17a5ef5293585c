"""Finds the main text of an article page.

Three ways, in this order: a container that large Chinese sites and their content systems are known
to use; trafilatura; the block with the densest prose. Where the last two disagree, the one with
more sentences and fewer menu entries wins.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import etree

from crawlers.body_words import CONTAINERS, FIRST_OF_MANY, JUNK
from crawlers.density import densest
from crawlers.furniture import without_furniture
from crawlers.others import drop, is_box_of_titles, without_others
from crawlers.parsing import CONTROLS, html_to_text
from crawlers.scripted import hidden_bodies

if TYPE_CHECKING:
    from collections.abc import Iterator

ENOUGH = 40  # characters of prose that make a known container the article and not an empty frame
SENTENCE = re.compile("[。！？；…!?]|，.*，|[。”！？]$")
LAYOUT = re.compile(r"^\|.{400,}", re.MULTILINE)  # a table cell that long holds the page, no data
BOXES = ".//div|.//ul|.//ol|.//dl|.//section|.//table|.//aside"
SMALL = 0.3  # of the container's text: a larger «related» block is the article itself


def parse_page(page: str) -> etree._Element | None:
    """Return the page as a tree; None where there is nothing to parse."""
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(CONTROLS.sub("", page).encode(), parser)
    except etree.XMLSyntaxError:
        return None


def body_of(page: str, tree: etree._Element | None, url: str, title: str = "") -> str:
    """Return the article's text, a line a paragraph; empty where there is none."""
    if tree is None:
        return ""
    found = without_furniture(next(_known(tree), "") or _searched(tree, url), title)
    if prose(found) >= ENOUGH:
        return found
    hidden = (html_to_text(one) for one in hidden_bodies(page, tree))
    return without_furniture(_best(found, *hidden), title)


def _searched(tree: etree._Element, url: str) -> str:
    """Search the page without what others wrote on it; all of it where that leaves nothing."""
    for one in (without_others(tree), tree):
        found = _best(_by_density(one), _by_library(one, url))
        if prose(found) >= ENOUGH:
            return found
    return ""


def prose(text: str) -> int:
    """Count the characters of the lines that are sentences."""
    return sum(len(line) for line in text.split("\n") if SENTENCE.search(line))


def _known(tree: etree._Element) -> Iterator[str]:
    """Yield the texts of known containers that hold prose."""
    for path in CONTAINERS:
        nodes = tree.xpath(path)
        if path in FIRST_OF_MANY:
            nodes = nodes[:1]
        texts = [_text_of(node) for node in nodes]
        best = max(texts, key=prose, default="")
        if prose(best) >= ENOUGH:
            yield best


def _text_of(node: etree._Element) -> str:
    """Return a block's text without what is no part of the article in it."""
    own = deepcopy(node)
    own.tail = None
    whole = len("".join(own.itertext()))
    for junk in own.xpath(JUNK):
        said = len("".join(junk.itertext()))
        if said <= SMALL * whole:
            drop(junk)
    for box in own.xpath(BOXES):
        if is_box_of_titles(box):
            drop(box)
    return html_to_text(etree.tostring(own, encoding="unicode", method="html"))


def _by_library(tree: etree._Element, url: str) -> str:
    from trafilatura import extract  # noqa: PLC0415 (0.4 s that a run without news need not pay)

    page = etree.tostring(tree, encoding="unicode", method="html")
    said = extract(page, url=url, include_comments=False, include_tables=True, with_metadata=False)
    return "" if said is None or LAYOUT.search(said) else said


def _by_density(tree: etree._Element) -> str:
    node = densest(tree)
    return "" if node is None else _text_of(node)


def _best(*texts: str) -> str:
    """Return the text with the most prose, less what is no prose; of equals the first."""
    return max(texts, key=_worth)


def _worth(text: str) -> int:
    lines = text.split("\n")
    return 2 * prose(text) - sum(len(line) for line in lines)
