"""Split text into what a reader sees as one character, so that no cut lands inside one."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
# Vowels and final consonants that belong to the Korean syllable before them.
_JAMO = range(0x1160, 0x1200)


def graphemes(text: str) -> Iterator[str]:
    """Yield the visible characters of `text`: a base and all that is drawn with it.

    The rules of Unicode's annex 29 that matter here; in doubt two characters stay together.
    """
    cluster = ""
    for character in text:
        if cluster and not _joins(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _joins(cluster: str, character: str) -> bool:
    point = ord(character)
    if character == _JOINER or cluster[-1] == _JOINER or cluster[-1] + character == "\r\n":
        return True
    if unicodedata.category(character).startswith("M") or point in _SKIN_TONES:
        return True
    if point in _FLAG_LETTERS:
        return len(cluster) == 1 and ord(cluster) in _FLAG_LETTERS
    return point in _TAGS or point in _JAMO
