"""Mixes the sources into one epoch and packs texts of like length into batches of tensors."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch

from models.heads import STANCE_CLASSES
from models.network import Tensor
from models.normalise import strip_emoticons
from models.prediction import POLARITIES, RISK_CODES
from models.training.data import CORRECTIONS, Example

# Texts an epoch takes from each source (a source smaller than its quota repeats). Crisis texts and
# our own teach that bad news is bad for its subject, the rest teaches mood and wording.
MIX = {
    "crisis": 4000, "own": 6800, "weibo_usual": 2000, "weibo_covid": 6000, "weibo_nlpcc2013": 7500,
    "weibo_events": 5000, "weibo_2018": 1500, "weibo_moods": 3500, "hotel_reviews": 1500,
    "takeaway_reviews": 1800, "shopping_reviews": 2500,
}  # fmt: skip
# How often an epoch shows each correction of the team, and at most how many in all: enough to be
# learnt, too few to drown the rest.
CORRECTION_ROUNDS, MOST_CORRECTIONS = 3, 4000
# So many texts lose their emoticons, so that the words have to carry the answer.
STRIP_SHARE = 0.4
# Texts without risk labels that may stand as "no risk" at this weight: everyday chatter.
CHATTER, CHATTER_WEIGHT = "weibo_nlpcc2013", 0.2
MAX_TOKENS = 160


@dataclass(frozen=True, slots=True)
class Batch:
    """Token ids with their labels; the weights switch heads off where labels are missing."""

    ids: Tensor
    polarity: Tensor
    risk: Tensor
    risk_weight: Tensor
    stance: Tensor


def mix(
    examples: Sequence[Example], quotas: Mapping[str, int], scale: float, rng: random.Random
) -> list[Example]:
    """Draw one epoch of examples by the `quotas` of their sources, in random order."""
    drawn: list[Example] = []
    corrected = sum(example.source == CORRECTIONS for example in examples)
    wanted = {**quotas, CORRECTIONS: min(CORRECTION_ROUNDS * corrected, MOST_CORRECTIONS)}
    for source, full in wanted.items():
        quota = max(1, round(full * scale))
        pool = [example for example in examples if example.source == source]
        rounds, rest = divmod(quota, len(pool)) if pool else (0, 0)
        drawn += [*pool * rounds, *rng.sample(pool, rest)]
    rng.shuffle(drawn)
    return drawn


def epoch_batches(
    drawn: Sequence[Example], tokenizer: Tensor, size: int, rng: random.Random
) -> list[Batch]:
    """Pack texts of like length together; the order of the batches is random."""
    texts = [_maybe_stripped(example.text, rng) for example in drawn]
    encoded = encode(tokenizer, texts)
    order = sorted(range(len(drawn)), key=lambda place: len(encoded[place]) + rng.random() * 4)
    parts = [order[start : start + size] for start in range(0, len(order), size)]
    rng.shuffle(parts)
    return [_batch([drawn[i] for i in part], [encoded[i] for i in part]) for part in parts]


def encode(tokenizer: Tensor, texts: Sequence[str]) -> list[list[int]]:
    """Return token ids with both special tokens, at most `MAX_TOKENS` each."""
    found = tokenizer.encode_batch(list(texts), add_special_tokens=True)
    return [_fitted(item.ids) for item in found]


def padded(rows: Sequence[Sequence[int]], pad: int = 1) -> Tensor:
    """Return ids as wide as the longest row."""
    width = max(len(row) for row in rows)
    return torch.tensor([[*row, *[pad] * (width - len(row))] for row in rows])


def in_order(
    examples: Sequence[Example], texts: Sequence[str], tokenizer: Tensor, size: int
) -> Iterator[tuple[list[int], Tensor]]:
    """Yield places and ids by length, for measuring."""
    encoded = encode(tokenizer, texts)
    order = sorted(range(len(examples)), key=lambda place: len(encoded[place]))
    for start in range(0, len(order), size):
        part = order[start : start + size]
        yield part, padded([encoded[place] for place in part])


def _fitted(ids: list[int]) -> list[int]:
    return ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], ids[-1]]


def _maybe_stripped(text: str, rng: random.Random) -> str:
    if rng.random() >= STRIP_SHARE:
        return text
    return strip_emoticons(text) or text


def labels_of(examples: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return polarity, risk, the weight of the risk labels, and stance (-100 where unlabelled)."""
    return (
        torch.tensor([POLARITIES.index(example.polarity) for example in examples]),
        torch.tensor([[float(code in e.risk) for code in RISK_CODES] for e in examples]),
        torch.tensor([_risk_weight(example) for example in examples]),
        torch.tensor([_stance_index(example) for example in examples]),
    )


def _batch(examples: Sequence[Example], rows: Sequence[Sequence[int]]) -> Batch:
    return Batch(padded(rows), *labels_of(examples))


def _risk_weight(example: Example) -> float:
    if example.stance is not None:
        return 1.0
    return CHATTER_WEIGHT if example.source == CHATTER else 0.0


def _stance_index(example: Example) -> int:
    return STANCE_CLASSES.index(example.stance) if example.stance else -100
