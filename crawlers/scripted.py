"""Finds article texts that a page hides in scripts and text areas for its own JavaScript; pure."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

LEAST = 60  # Chinese characters in a string that may be an article
MOST = 5  # strings looked at: the longest; an article's page holds few that long
# A quoted string of script or JSON that is long enough, with its escapes.
LONG_STRING = re.compile(r'"((?:[^"\\]|\\.){120,})"|\'((?:[^\'\\]|\\.){120,})\'', re.DOTALL)
HANZI = re.compile("[\u4e00-\u9fff]")
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
PLAIN = {"n": "\n", "t": " ", "r": "", "b": "", "f": ""}
MAX_UNESCAPED = 2


def hidden_bodies(page: str, tree: etree._Element) -> list[str]:
    """Return the HTML of what may be the article, longest first."""
    found = [*_areas(tree), *_strings(page)]
    return sorted(found, key=_hanzi, reverse=True)[:MOST]


def _areas(tree: etree._Element) -> Iterator[str]:
    for area in tree.iter("textarea"):
        said = "".join(area.itertext())
        if _hanzi(said) >= LEAST:
            yield said


def _strings(page: str) -> Iterator[str]:
    for script in re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL | re.IGNORECASE):
        for match in LONG_STRING.finditer(script):
            said = _unescaped(match[1] or match[2])
            if _hanzi(said) >= LEAST:
                yield said


def _unescaped(said: str) -> str:
    """Undo the script's escapes and then the page's."""
    plain = _from_json(said)
    for _ in range(MAX_UNESCAPED):
        if "&lt;" not in plain:
            break
        plain = html.unescape(plain)
    return plain


def _from_json(said: str) -> str:
    try:
        return str(json.loads(f'"{said}"', strict=False))
    except ValueError:
        return ESCAPE.sub(_escape, said)


def _escape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else PLAIN.get(match[3], match[3])


def _hanzi(text: str) -> int:
    return len(HANZI.findall(text))
