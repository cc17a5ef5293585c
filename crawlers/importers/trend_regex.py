r"""Rewrites the plain part of regular expressions as a watch rule; pure.

Words, `|`, groups, `x?`, small `[ab]`, `.*`, `.{0,5}`, `\b`, `^`, `$`. A gap becomes AND or
NEAR/n, which do not mind the order. Anything else has no counterpart in a rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Alternative = tuple["str | int", ...]
"""Words and the gaps between them: at most so many characters, UNLIMITED for any."""
UNLIMITED = -1
MOST = 64  # alternatives; beyond that nobody can read the rule
FARTHEST = 9_999  # what NEAR/n takes
GAP = re.compile(r"\.(?:(?P<any>[*+])|\{(?:\d*,)?(?P<most>\d+)\}|(?P<one>\??))\??")
PLAIN_ESCAPE = re.compile(r"\\([^\w\s])")
QUANTIFIERS = "*+{"
OPERATORS = {"AND", "OR", "NOT"}


class TooHardError(ValueError):
    """The expression says what no rule can say."""


def to_rule(pattern: str) -> str:
    """Return the rule; TooHardError where there is none."""
    reader = _Reader(pattern)
    alternatives = reader.either()
    if reader.at < len(pattern):
        raise TooHardError(pattern)
    return any_of([_sentence(one) for one in alternatives])


def any_of(parts: Sequence[str]) -> str:
    """Join rules of which one must hold; each once."""
    unique = list(dict.fromkeys(parts))
    return unique[0] if len(unique) == 1 else f"({' OR '.join(unique)})"


def quoted(word: str) -> str:
    """Return a word as a rule writes it."""
    bare = re.sub('["“”„＂]', "", word).strip()
    if not bare:
        raise TooHardError(word)
    special = re.search(r"[\s()（）]", bare) or bare in OPERATORS or bare.startswith("NEAR")
    return f'"{bare}"' if special else bare


def _sentence(alternative: Alternative) -> str:
    """Turn words and gaps into words, NEAR and AND."""
    rule, gap, several = "", 0, False
    for part in _joined(alternative):
        if isinstance(part, int):
            gap = part
            continue
        link = " AND " if gap == UNLIMITED else f" NEAR/{gap} "
        rule, several = (f"{rule}{link}{quoted(part)}", True) if rule else (quoted(part), False)
    if not rule:
        raise TooHardError(rule)
    return f"({rule})" if several else rule


def _joined(alternative: Alternative) -> list[str | int]:
    """Put letters next to each other together; gaps at the ends say nothing."""
    parts: list[str | int] = []
    for part in alternative:
        last = parts[-1] if parts else None
        if isinstance(part, str) and isinstance(last, str):
            parts[-1] = last + part
        elif isinstance(part, int) and isinstance(last, int):
            parts[-1] = UNLIMITED if UNLIMITED in (part, last) else part + last
        elif isinstance(part, str) or parts:
            parts.append(part)
    return parts


class _Reader:
    """Recursive descent; every step gives all the alternatives of what it read."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at = pattern, 0

    def either(self) -> list[Alternative]:
        """Read what stands between bars."""
        found = self._sequence()
        while self._take("|"):
            found += self._sequence()
        return _few(found)

    def _sequence(self) -> list[Alternative]:
        found: list[Alternative] = [()]
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            piece = self._piece()
            if self._take("?"):
                piece = [*piece, ()]
            if self.pattern[self.at : self.at + 1] in set(QUANTIFIERS):
                raise TooHardError(self.pattern)
            found = _few([left + right for left in found for right in piece])
        return found

    def _piece(self) -> list[Alternative]:
        if self._take("("):
            return self._group()
        if self._take("["):
            return self._class()
        if gap := GAP.match(self.pattern, self.at):
            self.at = gap.end()
            return [(_width(gap),)]
        if self._take("\\b") or self._take("^") or self._take("$"):
            return [()]
        if escape := PLAIN_ESCAPE.match(self.pattern, self.at):
            self.at = escape.end()
            return [(escape[1],)]
        if self.pattern[self.at] in "\\*+?{":
            raise TooHardError(self.pattern)
        self.at += 1
        return [(self.pattern[self.at - 1],)]

    def _group(self) -> list[Alternative]:
        if not self._take("?:") and self.pattern.startswith("?", self.at):
            raise TooHardError(self.pattern)
        found = self.either()
        if not self._take(")"):
            raise TooHardError(self.pattern)
        return found

    def _class(self) -> list[Alternative]:
        end = self.pattern.find("]", self.at)
        letters = self.pattern[self.at : end]
        if end < 0 or not letters or any(letter in "^-\\[" for letter in letters):
            raise TooHardError(self.pattern)
        self.at = end + 1
        return [(letter,) for letter in letters]

    def _take(self, mark: str) -> bool:
        found = self.pattern.startswith(mark, self.at)
        self.at += len(mark) * found
        return found


def _width(gap: re.Match[str]) -> int:
    if gap["any"]:
        return UNLIMITED
    most = int(gap["most"]) if gap["most"] else 1
    return most if most <= FARTHEST else UNLIMITED


def _few(found: list[Alternative]) -> list[Alternative]:
    if len(found) > MOST:
        raise TooHardError(str(len(found)))
    return found
