"""Cuts Chinese text into words, by the word list that the shipped tokenizer carries."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

TOKENIZER = Path(__file__).with_name("weights") / "tokenizer.json"
# What stands as one piece: an emoticon code, a number or Latin word, a run of Chinese, a sign such
# as 😡 or 。; commas, quotes and brackets are none.
_PART = re.compile(
    r"\[[\w ]{1,8}\]|[a-zA-Z0-9.%]+|[\u3400-\u9fff]+"
    r"|[^\s,，、;；:：\"'“”‘’()（）《》「」『』【】\[\]]"
)
# Grammar in one character: it never joins its neighbours to a word.
_GRAMMAR = frozenset(
    "的地得了着过和与及或而但在是系就都也还很太又被把给让对从到为以因所这那哪我你他她它们"
    "吗呢吧啊呀哦嘛有说等个"
)
# The longest word of the list that is looked up; idioms have four characters, a few names five.
LONGEST = 5
# Log-probability of a character that is not in the list: rarer than all that are.
_UNKNOWN = -20.0


def words(text: str) -> list[tuple[int, int]]:
    """Return where each word of `text` begins and ends; blanks and commas belong to none."""
    return [place for found in _PART.finditer(text) for place in _within(found)]


def _within(found: re.Match[str]) -> list[tuple[int, int]]:
    start, part = found.start(), found.group()
    if not "\u3400" <= part[0] <= "\u9fff":
        return [found.span()]
    ends = _joined(part, _best_cut(part, _scores()))
    return [(start + a, start + b) for a, b in zip([0, *ends], ends, strict=False)]


def _best_cut(run: str, scores: Mapping[str, float]) -> list[int]:
    """Return the ends of the most probable pieces: the best way to each place, then back."""
    best, came = [0.0], [0]
    for end in range(1, len(run) + 1):
        ways = {
            start: best[start] + score
            for start in range(max(0, end - LONGEST), end)
            if (score := scores.get(run[start:end], _UNKNOWN if end - start == 1 else None))
            is not None
        }
        came.append(max(ways, key=lambda start: ways[start]))
        best.append(ways[came[-1]])
    ends = [len(run)]
    while came[ends[0]]:
        ends.insert(0, came[ends[0]])
    return ends


def _joined(run: str, ends: list[int]) -> list[int]:
    """Join characters left alone to words of two or three: 误 and 诊 are not in the list as one."""
    kept: list[int] = []
    alone = 0
    for start, end in zip([0, *ends], ends, strict=False):
        single = end - start == 1 and run[start] not in _GRAMMAR
        if alone and not single:
            kept += _pairs(start - alone, start)
        alone = alone + 1 if single else 0
        if not single:
            kept.append(end)
    return [*kept, *_pairs(len(run) - alone, len(run))] if alone else kept


def _pairs(start: int, stop: int) -> list[int]:
    """Return ends every two characters, the last word taking a third that is left."""
    ends = list(range(start + 2, stop + 1, 2)) or [stop]
    return [*ends[:-1], stop]


@cache
def _scores() -> dict[str, float]:
    """Log-probabilities of the words in the list; empty where the tokenizer has none."""
    model = json.loads(TOKENIZER.read_text("utf-8"))["model"]
    if model["type"] != "Unigram":
        return {}
    return {piece.lstrip("▁"): score for piece, score in model["vocab"] if len(piece) <= LONGEST}
