"""Finds what a text alleges of a brand: the model's word, backed by words a lexicon knows.

Denials and general talk are topics, but no claims. Where the model sees no risk in an angry text
that tells of a harm and lays it at the brand's door in plain words, the words count: one missed
death costs more than one look too many. Nor does the model's word make a denial of such a text that
denies nothing. Such a claim needs the same further signs as any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from models.prediction import Prediction, RiskScore
from monitor.domain.mention import CRITICAL
from monitor.store.schema import BrandMentionRow
from monitor.text.evidence import credibility_signs, floor_signs, laid_at_door, only_talk
from monitor.text.yardstick import is_yardstick

# A source that the configuration calls so is what it is, whatever its words.
SPEAKS_AS = {
    "national_media": frozenset({"national_media"}),
    "official": frozenset({"official_notice"}),
}
LEAD = 140  # characters: a whole Weibo post of the classic length, or a title and its first lines
# By benchmarks/single_posts.py: counting the model's word from here on lit ORANGE or RED for 29
# instead of 18 of 79 harms told in one cool post, and for 1 instead of 0 of 159 without a claim.
SURE = 0.95
# Where a text was published, as shared links write it: 「标题 _ 某某新闻」, 「来源:某某网」.
_CREDIT = re.compile(
    r"(?:\s[_|丨]\s?|_)[^\s_|丨。!?,]{2,12}(?=\s|$|[_|丨])|来源\s?:\s?[^\s)。,]{2,16}"
)
PLAIN_HARM = "patient_safety"  # what a harm laid at a hospital's door is until somebody looks
NEGATIVE = 0.5  # the model must at least hear that the text is bad news


def note_claim(
    part: BrandMentionRow, prediction: Prediction, authority: str, *, lexicon: bool = True
) -> None:
    """Record on the row what its text claims, with the signs that speak for it.

    Whoever names nobody passes a claim on and makes none. Without `lexicon` the words alone make
    no claim: where a person has said what it alleges.
    """
    part.about, part.stance = _about(prediction), prediction.stance
    if part.own:  # what a brand says of itself is no claim against it, however grave the matter
        part.negative = part.attributed = part.blamed = False
        _write(part, None)
        return
    if not part.hits:
        part.negative = (
            prediction.polarity == "negative" or _claim(prediction, harmed=False) is not None
        )
        part.attributed = part.blamed = False
        _write(part, None)
        return
    signs = credibility_signs(part.own_words)
    floors = floor_signs(part.own_words) | SPEAKS_AS.get(authority, frozenset())
    # Own words are already about this brand; naming one alias would make its others strangers.
    part.blamed = laid_at_door(part.own_words, "")
    part.attributed = is_about(part)
    harmed = lexicon and part.blamed and ("consequence" in signs or "death" in floors)
    claim = _claim(prediction, harmed=harmed)
    if claim is not None:
        part.stance = "alleged"
    # An allegation is bad news for the brand however dry its wording.
    part.negative = prediction.polarity == "negative" or claim is not None
    # Fear of a misdiagnosis reads like one to any model; only a harm told makes it more.
    sure = _sure(claim, floors) and not only_talk(part.own_words)
    part.blamed = part.blamed or (part.attributed and sure)
    _write(part, claim, signs, floors)


def _write(
    part: BrandMentionRow,
    claim: RiskScore | None,
    signs: frozenset[str] = frozenset(),
    floors: frozenset[str] = frozenset(),
) -> None:
    part.risk = claim.code if claim else None
    part.risk_score = claim.score if claim else 0.0
    part.signs = sorted(signs) if claim else []
    part.floors = sorted(floors) if claim else []


def _about(prediction: Prediction) -> str | None:
    risk = heaviest(prediction.risk)
    return risk.code if risk else None


def _sure(claim: RiskScore | None, floors: frozenset[str]) -> bool:
    """Whether the model's word alone lays the harm at the door: not where somebody has died.

    Mourning and news of a death read like harm to any model; there the words must blame.
    """
    return claim is not None and claim.score >= SURE and "death" not in floors


def is_about(part: BrandMentionRow) -> bool:
    """Whether the text is about the brand, and does not name it in passing.

    It names it in its title or first lines, or lays a harm at the door in the very sentence that
    names it. A hospital where the injured were taken, at the end of a report, is neither; nor is
    a brand that others are measured by.
    """
    names = [term for hit in part.hits if hit["rule"] is None for term in hit["terms"]]
    said = part.own_words.casefold()
    told = _CREDIT.sub(" ", said)
    credited = {word for word, _, _ in names if word in said}
    if credited and not any(word in told for word in credited):
        return False  # nothing but the publisher's credit names it
    if _only_measures(said, names):
        return False
    if any(start < LEAD for _, start, _ in names):
        return True
    words = {word for word, _, _ in names}
    sentences = re.split(r"[。!?\n]", told)
    naming = [sentence for sentence in sentences if any(word in sentence for word in words)]
    return any(laid_at_door(sentence, "") for sentence in naming)


def _only_measures(said: str, names: Sequence[Sequence[Any]]) -> bool:
    """Whether others are measured by it wherever it is named, and no harm is laid at its door."""
    places = [(start, end) for _, start, end in names]
    measures = bool(places) and all(is_yardstick(said, *place) for place in places)
    return measures and not laid_at_door(said, "")


def _claim(prediction: Prediction, *, harmed: bool) -> RiskScore | None:
    if prediction.stance == "alleged":
        return heaviest(prediction.risk)
    if not harmed:
        return None
    # «医院说在查» sounds like a denial to the model; one in words would not be laid at the door.
    if prediction.stance == "denied":
        return heaviest(prediction.risk)
    if prediction.stance == "none" and prediction.negative >= NEGATIVE:
        return RiskScore(PLAIN_HARM, prediction.negative)
    return None


def heaviest(risks: Sequence[RiskScore]) -> RiskScore | None:
    """The most probable risk, but a critical one before any other: it must never be hidden."""
    return max(risks, key=lambda risk: (risk.code in CRITICAL, risk.score), default=None)
