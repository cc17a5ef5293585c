"""Trains the network in epochs that can be resumed; the best mean of weights is the answer."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch.nn import functional as nnf

from models.heads import STANCE_CLASSES
from models.network import Network, Tensor
from models.prediction import POLARITIES, RISK_CODES
from models.training.batches import MIX, Batch, epoch_batches, mix
from models.training.data import Example
from models.training.mean import EVERY, Mean, Weights, blend
from models.training.measure import all_logits, dev_score

RISK_FROM, STANCE_FROM = len(POLARITIES), len(POLARITIES) + len(RISK_CODES)
# The piece that stands for unknown writing; words are dropped by putting it in their place.
UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train; the defaults ended the run of the shipped weights, their card tells the rest.

    `scale` shrinks every epoch, for a quick try of the whole way. `mix` is how many texts an epoch
    takes of each source. `frozen` parts learn nothing, counted from below: the embeddings, then
    block after block. The answer is `share` new weights, the rest those that the run began with.
    """

    epochs: int = 7
    batch: int = 32
    rate: float = 1.2e-4
    head_rate: float = 1e-3
    warmup: float = 0.04
    smoothing: float = 0.05
    word_drop: float = 0.12
    risk_loss: float = 9.0
    stance_loss: float = 0.3
    patience: int = 9
    seed: int = 20261122
    device: str = "cpu"
    scale: float = 1.0
    mix: Mapping[str, int] = field(default_factory=MIX.copy)
    frozen: int = 0
    share: float = 1.0


class Trainer:
    """One training run; `run` may be called again after a crash and goes on where it stood."""

    def __init__(self, network: Network, tokenizer: Tensor, plan: Plan, work: Path) -> None:
        self.network, self.tokenizer, self.plan, self.work = network, tokenizer, plan, work
        self.device = torch.device(plan.device)
        network.to(self.device)
        freeze(network, plan.frozen)
        self.body = [
            weights
            for name, weights in network.named_parameters()
            if weights.requires_grad and not name.startswith("head.")
        ]
        self.optimiser = torch.optim.AdamW(
            [
                {"params": self.body, "peak": plan.rate},
                {"params": list(network.head.parameters()), "peak": plan.head_rate},
            ],
            lr=0.0,
            weight_decay=0.01,
            fused=True,
        )
        self.epoch, self.best, self.since_best = 0, -1.0, 0
        self.mean, self.best_weights = Mean(), self._weights()
        self.first = {name: value.clone() for name, value in self._weights().items()}

    def run(self, train: Sequence[Example], dev: Sequence[Example]) -> float:
        """Train to the end or until nothing improves; return the best mean dev score."""
        self._resume()
        while self.epoch < self.plan.epochs and self.since_best < self.plan.patience:
            self._one_epoch(train)
            self.epoch += 1
            self._judge(dev)
            self._checkpoint()
        self.network.load_state_dict(blend(self.first, self.best_weights, self.plan.share))
        return self.best

    def _one_epoch(self, train: Sequence[Example]) -> None:
        rng = random.Random(self.plan.seed + self.epoch)  # noqa: S311 - reproducible, no secret
        torch.manual_seed(self.plan.seed + self.epoch)
        drawn = mix(train, self.plan.mix, self.plan.scale, rng)
        batches = epoch_batches(drawn, self.tokenizer, self.plan.batch, rng)
        self.network.train()
        with _progress() as bar:
            task = bar.add_task(f"epoch {self.epoch + 1}/{self.plan.epochs}", total=len(batches))
            for place, batch in enumerate(batches):
                self._set_rate((self.epoch + place / len(batches)) / self.plan.epochs)
                self._step(batch)
                bar.advance(task)
                if (place + 1) % EVERY == 0 or place + 1 == len(batches):
                    self.mean.add(self._weights())

    def _step(self, batch: Batch) -> None:
        ids = drop_words(batch.ids, self.plan.word_drop).to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16):
            logits = self.network(ids)
        self._loss(logits.float(), batch).backward()
        torch.nn.utils.clip_grad_norm_(self.body, 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()

    def _loss(self, logits: Tensor, batch: Batch) -> Tensor:
        polarity, risk = batch.polarity.to(self.device), batch.risk.to(self.device)
        loss = nnf.cross_entropy(
            logits[:, :RISK_FROM], polarity, label_smoothing=self.plan.smoothing
        )
        each = nnf.binary_cross_entropy_with_logits(
            logits[:, RISK_FROM:STANCE_FROM], risk, reduction="none"
        ).mean(1)
        loss = loss + self.plan.risk_loss * (each * batch.risk_weight.to(self.device)).mean()
        stance = nnf.cross_entropy(
            logits[:, STANCE_FROM:], batch.stance.to(self.device), reduction="sum"
        )
        share = len(STANCE_CLASSES) / max(len(batch.ids), 1)
        return loss + self.plan.stance_loss * stance * share

    def _set_rate(self, done: float) -> None:
        warm = min(done / self.plan.warmup, 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * warm * (1.0 - done)

    def _judge(self, dev: Sequence[Example]) -> None:
        if not dev:  # nothing to judge by: the latest mean is the answer
            self.best_weights = {n: value.clone() for n, value in self.mean.weights.items()}
            return
        own = {name: value.clone() for name, value in self._weights().items()}
        self.network.load_state_dict(self.mean.weights)
        scores = dev_score(dev, all_logits(self.network, self.tokenizer, dev, self.device))
        self.network.load_state_dict(own)
        shown = " ".join(f"{name} {score:.3f}" for name, score in scores.items())
        print(f"epoch {self.epoch}: {shown}", flush=True)
        self.since_best += 1
        if scores["mean"] > self.best:
            self.best, self.since_best = scores["mean"], 0
            self.best_weights = {n: value.clone() for n, value in self.mean.weights.items()}

    def _weights(self) -> Weights:
        return dict(self.network.state_dict())

    def _checkpoint(self) -> None:
        state = {
            "network": self._weights(),
            "optimiser": self.optimiser.state_dict(),
            "place": (self.epoch, self.best, self.since_best),
            "mean": (self.mean.weights, self.mean.updates),
            "best": self.best_weights,
        }
        torch.save(state, self.work / "checkpoint.part")
        (self.work / "checkpoint.part").replace(self.work / "checkpoint.pt")

    def _resume(self) -> None:
        path = self.work / "checkpoint.pt"
        if not path.exists():
            return
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.epoch, self.best, self.since_best = state["place"]
        self.mean, self.best_weights = Mean(*state["mean"]), state["best"]


def freeze(network: Network, parts: int) -> None:
    """Keep the lowest parts of the network as they are: the embeddings, then block after block."""
    embeddings = (network.words, network.positions, network.norm)
    for part in [embeddings, *((block,) for block in network.blocks)][:parts]:
        for layer in part:
            layer.requires_grad_(requires_grad=False)


def drop_words(ids: Tensor, share: float) -> Tensor:
    """Return ids with some pieces of writing unknown, so that no single word decides."""
    hit = (torch.rand(ids.shape) < share) & (ids > UNKNOWN)
    return ids.masked_fill(hit, UNKNOWN)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    )
