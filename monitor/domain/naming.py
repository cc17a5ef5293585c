"""Names a story by its most telling phrase: what most of its posts share, said in few words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

NAME_LENGTH = 40
_SHORTEST, _BEST = 6, 24
_SENTENCE = re.compile(r"[。!！?？;；\n]+")
_CLAUSE = re.compile(r"[,，、:：]")
_MARKS = " \t-—~～.…「」『』\"'[]【】()（）#@"


@dataclass(frozen=True, slots=True)
class Told:
    """One post: its title, its text, and the terms that it tells."""

    title: str
    text: str
    terms: frozenset[str]


def name_of(posts: Sequence[Told], weight: Callable[[str], float]) -> str:
    """The phrase whose terms weigh most among the posts, for its length; "" without posts.

    `weight` is a term's rarity. A title counts as a phrase; of equals the first post's wins.
    """
    known = Counter(term for post in posts for term in post.terms)
    phrases = [phrase for post in posts for phrase in _phrases(post)]
    if not phrases:
        return next((_whole(post) for post in posts if _whole(post)), "")
    scored = {phrase: _score(phrase, known, weight) for phrase in dict.fromkeys(phrases)}
    return max(scored, key=lambda phrase: scored[phrase])[:NAME_LENGTH]


def _score(phrase: str, known: Counter[str], weight: Callable[[str], float]) -> float:
    told = sum(weight(term) * math.sqrt(n) for term, n in known.items() if term in phrase)
    # A phrase longer than two dozen characters must tell more for each of them.
    return told / max(_BEST, len(phrase))


def _phrases(post: Told) -> Iterable[str]:
    """Titles, sentences, and runs of clauses that are short enough for a name."""
    for sentence in (post.title, *_SENTENCE.split(post.text)):
        if _fits(sentence):
            yield sentence.strip(_MARKS)
        clauses = [one.strip(_MARKS) for one in _CLAUSE.split(sentence)]
        for start in range(len(clauses)):
            for end in range(start + 1, min(start + 3, len(clauses)) + 1):
                phrase = ",".join(one for one in clauses[start:end] if one)
                if _fits(phrase):
                    yield phrase


def _fits(phrase: str) -> bool:
    return _SHORTEST <= len(phrase.strip(_MARKS)) <= NAME_LENGTH


def _whole(post: Told) -> str:
    return (post.title or post.text).replace("\n", " ").strip()[:NAME_LENGTH]
