"""Fits the linear layer over runs of characters, and how loud it speaks beside the encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from rich.progress import track
from torch.nn import functional as nnf

from models.heads import STANCES, WIDTH, Array
from models.lexicon import lift
from models.network import Tensor
from models.ngrams import BITS, Grams, buckets_of, packed
from models.prediction import POLARITIES, RISK_CODES
from models.training.batches import labels_of
from models.training.data import Example

# After one round over 112,000 texts dev macro-F1 stood where three rounds left it (crisis 0.674 and
# 0.671, general Weibo 0.784 and 0.785); two are for teams with few texts. Rate by the same runs.
ROUNDS, BATCH, RATE = 2, 256, 0.2
# Texts cut into runs at once.
CHUNK = 1000
RISK_FROM, STANCE_FROM = len(POLARITIES), len(POLARITIES) + len(RISK_CODES)
HEADS = (slice(0, RISK_FROM), slice(RISK_FROM, STANCE_FROM), slice(STANCE_FROM, WIDTH))
# How loud the encoder and the layer may speak: what is tried for each head.
VOLUMES = tuple(np.arange(0.4, 1.21, 0.1).round(2))
LAYER_VOLUMES = (0.0, *VOLUMES, *(value / 4 for value in VOLUMES[:2]), 0.2, 0.3)


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of many texts: all buckets in one row, and how many each text has."""

    buckets: Tensor
    starts: Tensor
    counts: Tensor

    @classmethod
    def of(cls, texts: Sequence[str]) -> Runs:
        """Cut the texts into runs, a chunk at a time."""
        found = [buckets_of(texts[at : at + CHUNK]) for at in range(0, len(texts), CHUNK)]
        counts = [np.diff(starts, append=len(buckets)) for buckets, starts in found]
        whole = torch.from_numpy(np.concatenate(counts))
        buckets = torch.from_numpy(np.concatenate([one for one, _ in found]).astype(np.int32))
        return cls(buckets, torch.cumsum(whole, 0) - whole, whole)

    def part(self, places: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return buckets, where each text begins among them, and the weight of each run."""
        counts = self.counts[places]
        starts = torch.cumsum(counts, 0) - counts
        within = torch.arange(int(counts.sum())) - torch.repeat_interleave(starts, counts)
        rows = torch.repeat_interleave(self.starts[places], counts) + within
        weight = torch.repeat_interleave(counts.float().rsqrt(), counts)
        return self.buckets[rows].long(), starts, weight


def fit_grams(train: Sequence[Example], seed: int) -> tuple[Array, Array]:
    """Return the weights (buckets, `WIDTH`) and the bias of the layer, learnt on `train`."""
    runs, labels = Runs.of([example.text for example in train]), labels_of(train)
    order = torch.Generator().manual_seed(seed)
    weights = torch.zeros(1 << BITS, WIDTH, requires_grad=True)
    bias = torch.zeros(WIDTH, requires_grad=True)
    optimiser = torch.optim.Adagrad([weights, bias], lr=RATE)
    rounds = [torch.randperm(len(train), generator=order) for _ in range(ROUNDS)]
    steps = [places for one in rounds for places in one.split(BATCH)]
    for places in track(steps, "character runs"):
        buckets, starts, weight = runs.part(places)
        told = nnf.embedding_bag(
            buckets, weights, starts, mode="sum", per_sample_weights=weight, sparse=True
        )
        _loss(told + bias, [one[places] for one in labels]).backward()
        optimiser.step()
        optimiser.zero_grad()
    return weights.detach().numpy(), bias.detach().numpy()


def _loss(logits: Tensor, labels: Sequence[Tensor]) -> Tensor:
    polarity, risk, risk_weight, stance = labels
    each = nnf.binary_cross_entropy_with_logits(
        logits[:, RISK_FROM:STANCE_FROM], risk, reduction="none"
    )
    told = nnf.cross_entropy(logits[:, STANCE_FROM:], stance, reduction="sum")
    mood = nnf.cross_entropy(logits[:, :RISK_FROM], polarity)
    return mood + ((each.sum(1) * risk_weight).sum() + told) / len(logits)


def pool(weights: Array, bias: Array, dev: Sequence[Example], logits: Array) -> Grams:
    """Return the layer as loud beside the encoder's `logits` as explains `dev` best, head by head.

    `dev` is what neither has learnt from. Every set counts the same for polarity.
    """
    layer = packed(weights, bias, np.ones(WIDTH, np.float32))
    beside = layer.logits([example.text for example in dev])
    own, louder = np.ones(WIDTH, np.float32), np.ones(WIDTH, np.float32)
    for head, loss in zip(HEADS, (_mood_loss, _risk_loss, _stance_loss), strict=True):
        pairs = [(one, other) for one in VOLUMES for other in LAYER_VOLUMES]
        mixed = (one * logits[:, head] + other * beside[:, head] for one, other in pairs)
        losses = [loss(dev, each) for each in mixed]
        own[head], louder[head] = pairs[int(np.argmin(losses))]
    return Grams(layer.table, layer.scale * louder, bias * louder, own)


def _mood_loss(dev: Sequence[Example], logits: Array) -> float:
    truth = np.array([POLARITIES.index(example.polarity) for example in dev])
    losses = _surprise(logits, truth)
    sources = np.array([example.source for example in dev])
    return float(np.mean([losses[sources == one].mean() for one in dict.fromkeys(sources)]))


def _risk_loss(dev: Sequence[Example], logits: Array) -> float:
    places = [place for place, example in enumerate(dev) if example.stance is not None]
    if not places:
        return 0.0
    odds = np.clip(1 / (1 + np.exp(-logits[places])), 1e-6, 1 - 1e-6).astype(np.float32)
    scores = np.array([lift(row, dev[at].text) for row, at in zip(odds, places, strict=True)])
    truth = np.array([[code in dev[at].risk for code in RISK_CODES] for at in places])
    right = np.where(truth, scores, 1 - scores)
    return float(-np.log(np.maximum(right, 1e-6)).sum(axis=1).mean())


def _stance_loss(dev: Sequence[Example], logits: Array) -> float:
    places = [place for place, example in enumerate(dev) if example.stance in STANCES]
    if not places:
        return 0.0
    truth = np.array([STANCES.index(str(dev[at].stance)) for at in places])
    return float(_surprise(logits[places, : len(STANCES)], truth).mean())


def _surprise(logits: Array, truth: Array) -> Array:
    raised = logits - logits.max(axis=1, keepdims=True)
    return np.log(np.exp(raised).sum(axis=1)) - raised[np.arange(len(truth)), truth]
