"""The mean of several sets of weights: steadier than the best single epoch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from models.encoder import Tensor

Weights: TypeAlias = dict[str, dict[str, Tensor]]


@dataclass(slots=True)
class Mean:
    """The running mean of whole sets of weights."""

    total: Weights = field(default_factory=dict)
    count: int = 0

    def add(self, weights: Weights) -> None:
        """Count one more set of weights in."""
        self.count += 1
        self.total = {
            part: {
                name: value.clone() if self.count == 1 else self.total[part][name] + value
                for name, value in state.items()
            }
            for part, state in weights.items()
        }

    def weights(self) -> Weights:
        """Return the mean."""
        return {
            part: {name: value / self.count for name, value in state.items()}
            for part, state in self.total.items()
        }
