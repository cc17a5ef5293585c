"""The running mean of the weights: steadier than the weights of any one step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import torch

from models.network import Tensor

Weights: TypeAlias = dict[str, Tensor]

# How much of the mean one update keeps, and how many steps lie between two updates: it looks back
# over some 2,000 steps, a sixth of the run.
KEEP, EVERY = 0.99, 20


@dataclass(slots=True)
class Mean:
    """An exponential mean of weights; the first ones count in full."""

    weights: Weights = field(default_factory=dict)
    updates: int = 0

    def add(self, weights: Weights) -> None:
        """Count one more set of weights in."""
        # A young mean forgets its start quickly, else the untrained weights would stay in it.
        keep = min(KEEP, self.updates / (self.updates + 10))
        self.updates += 1
        with torch.no_grad():
            for name, value in weights.items():
                if name in self.weights:
                    self.weights[name].lerp_(value, 1 - keep)
                else:
                    self.weights[name] = value.detach().clone()


def blend(old: Weights, new: Weights, share: float) -> Weights:
    """Return `share` of the new weights and the rest of the old: what was known is forgotten less.

    After Wortsman et al., Robust fine-tuning of zero-shot models (CVPR 2022).
    """
    return {name: torch.lerp(old[name], value, share) for name, value in new.items()}
