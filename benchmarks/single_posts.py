"""What one labelled post alone would light: how often a harm is heard, how often we cry wolf.

    .venv/bin/python benchmarks/single_posts.py ../shared/data/sentiment/crisis.jsonl.gz

Takes the texts that name a hospital or a drug maker, makes that name the brand, and decides on
this one mention, cool (a post nobody has seen) and hot (an entry of a national list). Most of the
texts were in the model's training, so its part of the figures is flattered; the rules' is not.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.prediction import Prediction
from monitor import bootstrap
from monitor.domain.decision import TierState, decide
from monitor.domain.mention import CRITICAL, Claim
from monitor.domain.metrics import Metrics
from monitor.domain.tier import Tier
from monitor.matching import Brand, Hit, Matcher
from monitor.policy_file import load_policy
from monitor.stations.claims import note_claim
from monitor.stations.parts import own_words
from monitor.store.schema import BrandMentionRow
from monitor.text.clean import clean

NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)
COOL, HOT = 15.0, 72.0  # heat of a lone post, and of an entry in the middle of a hot list
_NAME = re.compile(r"[\u4e00-\u9fff]{2,8}?(?:医院|卫生院|诊所|药业|制药)")
_BEFORE = re.compile(r"(?:一|某|家|去|到|在|的|这|那|给|被|是|各|个|该|送|让|和|从|进|称|为|对)+")
SHORTEST = 4  # characters: shorter ones are «大医院» and the like


def named(file: Path) -> Iterator[tuple[dict[str, Any], str, str, list[Hit]]]:
    """Labelled records with their clean text, the institution they name and where."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            text = clean(record["text"])
            for name in _NAME.findall(text):
                short = _BEFORE.sub("", name, count=1) if _BEFORE.match(name) else name
                if len(short) >= SHORTEST:
                    yield record, text, short, Matcher([Brand(short)]).match(text)
                    break


def tier(prediction: Prediction, text: str, brand: str, hits: list[Hit], heat: float) -> Tier:
    """What this one mention would light."""
    spans = [[span.term, span.start, span.end] for hit in hits for span in hit.terms]
    part = BrandMentionRow(
        mention_id=1,
        brand=brand,
        hits=[{"rule": None, "terms": spans}],
        own_words=own_words(text, hits),
        words_hash="",
        published_at=NOON,
    )
    note_claim(part, prediction, "social")
    signs, floors = frozenset(part.signs), frozenset(part.floors)
    claim = Claim(
        1, part.risk or "", part.risk_score, NOON, signs, floors, part.attributed, part.blamed
    )
    share = float(part.negative)
    claims = (claim,) if part.risk else ()
    metrics = Metrics(NOON, 1, 1, negative_share=share, heat=heat, sources=1, claims=claims)
    return decide(load_policy(), TierState(), metrics, NOON).tier


def kind(record: dict[str, Any]) -> str:
    """Whether the labels allege a critical harm, something else, or nothing."""
    if record["stance"] != "alleged" or not record["risk"]:
        return "nothing alleged"
    return "critical harm" if CRITICAL & set(record["risk"]) else "other allegation"


def main(file: Path) -> None:
    """Print one line a kind of text and heat."""
    found = list(named(file))
    answers = bootstrap.shipped_classifier().predict([text for _, text, _, _ in found])
    seen: dict[tuple[str, str], Counter[str]] = {}
    for (record, text, brand, hits), answer in zip(found, answers, strict=True):
        if not hits:
            continue
        for word, heat in (("cool", COOL), ("hot", HOT)):
            lit = tier(answer, text, brand, hits, heat)
            seen.setdefault((kind(record), word), Counter())[lit.key] += 1
    for (what, word), counts in sorted(seen.items()):
        row = "  ".join(f"{one.key} {counts[one.key]}" for one in Tier)
        print(f"{what:17} {word:4}  {row}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
