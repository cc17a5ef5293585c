"""Runs the network over a split, scores it for early stopping, and fits what comes after it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from models.heads import STANCES, WIDTH, Array, risk_of, sentiment_of, stance_of
from models.metrics import confusion, macro_f1, multi_label
from models.network import Network, Tensor
from models.prediction import POLARITIES, RISK_CODES
from models.training.batches import in_order
from models.training.data import Example

# The sets whose mean dev score chooses the epoch; they are the ones the product promises.
CHOOSING = ("crisis", "weibo_usual", "weibo_covid", "weibo_nlpcc2013")


def all_logits(
    network: Network, tokenizer: Tensor, examples: Sequence[Example], device: Tensor
) -> Array:
    """Return the logits of every example, in order."""
    rows = np.zeros((len(examples), WIDTH), dtype=np.float32)
    network.eval()
    texts = [example.text for example in examples]
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16):
        for places, ids in in_order(examples, texts, tokenizer, 64):
            rows[places] = network(ids.to(device)).float().cpu().numpy()
    return rows


def dev_score(examples: Sequence[Example], logits: Array) -> dict[str, float]:
    """Return macro-F1 a chosen set, risk micro-F1 at 0.5, stance macro-F1, and their mean."""
    scores = {source: polarity_f1(examples, logits, source) for source in CHOOSING}
    scores["risk"] = _risk_f1(examples, logits)
    scores["stance"] = _stance_f1(examples, logits)
    return {**scores, "mean": float(np.mean(list(scores.values())))}


def polarity_f1(examples: Sequence[Example], logits: Array, source: str) -> float:
    """Return sentiment macro-F1 on one source."""
    places = [i for i, example in enumerate(examples) if example.source == source]
    truth = np.array([POLARITIES.index(examples[i].polarity) for i in places], dtype=np.int64)
    guess = sentiment_of(logits[places], 1.0).argmax(axis=1)
    return macro_f1(confusion(truth, guess, len(POLARITIES)))


def _risk_f1(examples: Sequence[Example], logits: Array) -> float:
    places = [i for i, example in enumerate(examples) if example.stance is not None]
    held = risk_of(logits[places]) >= 0.5  # noqa: PLR2004 - thresholds are fitted later
    said = [{code for code, yes in zip(RISK_CODES, row, strict=True) if yes} for row in held]
    return multi_label([set(examples[i].risk) for i in places], said, RISK_CODES)[0]


def _stance_f1(examples: Sequence[Example], logits: Array) -> float:
    places = [i for i, example in enumerate(examples) if example.stance in STANCES]
    truth = np.array([STANCES.index(examples[i].stance) for i in places], dtype=np.int64)
    guess = stance_of(logits[places]).argmax(axis=1)
    return macro_f1(confusion(truth, guess, len(STANCES)))
