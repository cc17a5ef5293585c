"""Reads from a text what makes a claim credible or grave, with the words that say so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from monitor.text.attribution import sentences_about
from monitor.text.evidence_words import (
    AFTER_CARE,
    BLAME,
    CONDOLENCE,
    CREDIBILITY,
    DENIED,
    FLOORS,
    NEGATED,
    NEGATION_REACH,
    SUPPOSED,
    SUPPOSED_REACH,
    WISH_REACH,
    WISHED,
)
from monitor.text.harmless_talk import came_true, is_elsewhere, is_harmless
from monitor.text.span import Span

# A denial or a wish turns these around; a date, a document or a name stays what it is.
_NEGATABLE = frozenset({"consequence", "death"})
_WISHABLE = frozenset({"official_notice", "national_media"})


def credibility_signs(text: str) -> frozenset[str]:
    """Return which of date_or_place, consequence, document_or_photo, named_… a text gives."""
    return frozenset(sign for sign, _, _ in _found(CREDIBILITY, text))


def floor_signs(text: str) -> frozenset[str]:
    """Return which of death, minor, official_notice, national_media, on_premises a text tells."""
    return frozenset(sign for sign, _, _ in _found(FLOORS, text))


def explain(text: str) -> list[tuple[str, int, int]]:
    """Return every sign with the place of the words that show it, in reading order."""
    both = [*_found(CREDIBILITY, text), *_found(FLOORS, text)]
    return sorted(both, key=lambda found: (found[1], found[2], found[0]))


def laid_at_door(text: str, about: str) -> bool:
    """Say whether the text lays a harm at the door of the institution that it calls `about`."""
    return blamed_with(text, about) is not None


def blamed_with(text: str, about: str) -> str | None:
    """Return the words that blame the institution, None for a condolence, a denial, mere talk.

    Where the text does not contain the name, all of it is taken to speak of the institution.
    """
    places = (match.span() for match in re.finditer(re.escape(about), text, re.IGNORECASE) if about)
    own = sentences_about(text, [Span(about, start, end) for start, end in places]) or text
    if DENIED.search(text):
        return None
    patterns = (BLAME,) if CONDOLENCE.search(own) else (BLAME, AFTER_CARE)
    found = (match for pattern in patterns for match in pattern.finditer(own))
    return next((m[0] for m in found if not _turned_round(own, m)), None)


def may_alarm(text: str) -> bool:
    """Say whether its plain words alone are reason to read a text before others.

    It only orders the reading and decides nothing, so it is wide: 1 % of the calm mentions of two
    years and 3 to 5 % of two cascades have such words.
    """
    grave = "consequence" in credibility_signs(text) or floor_signs(text) - {"on_premises"}
    return bool(grave) or laid_at_door(text, "")


def only_talk(text: str) -> bool:
    """Say whether a text has words of blame, but each denied, feared, supposed or mere talk.

    A consequence makes it more than talk, unless it is told of another place.
    """
    found = list(BLAME.finditer(text))
    return bool(found) and all(_turned_round(text, one) for one in found) and not _suffered(text)


def _suffered(text: str) -> bool:
    told = _found({"consequence": CREDIBILITY["consequence"]}, text)
    return any(not is_elsewhere(text, start) for _, start, _ in told)


def _found(patterns: Mapping[str, re.Pattern[str]], text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the matches that nothing before them turns around."""
    for sign, pattern in patterns.items():
        for match in pattern.finditer(text):
            if not _spoilt(sign, text, match.start()):
                yield sign, match.start(), match.end()


def _spoilt(sign: str, text: str, start: int) -> bool:
    if sign in _NEGATABLE:
        return bool(NEGATED.search(text[max(0, start - NEGATION_REACH) : start]))
    return sign in _WISHABLE and bool(WISHED.search(text[max(0, start - WISH_REACH) : start]))


def _turned_round(text: str, blame: re.Match[str]) -> bool:
    """Say whether the words around deny, fear, suppose or merely talk of what is blamed."""
    start = blame.start()
    negated = NEGATED.search(text[max(0, start - NEGATION_REACH) : start])
    supposed = SUPPOSED.search(text[max(0, start - SUPPOSED_REACH) : start])
    if came_true(text, *blame.span()):
        return False
    return bool(negated or supposed) or is_harmless(text, *blame.span())
