"""The network that reads Chinese: a BERT encoder that merges neighbours on the way up, and heads.

A few blocks up two neighbouring pieces say nearly the same, so the encoder takes the
mean of every two places after some of its blocks, as the Funnel Transformer does (Dai et al. 2020),
and lets attention count a merged place for as many pieces as it holds, as Token Merging does
(Bolya et al. 2022). Eight blocks then cost as much as five and a half.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import nn
from torch.nn import functional as nnf

from models.heads import WIDTH

# torch has no types here; the name says what a value is.
Tensor: TypeAlias = Any

# Below any state: what the maximum over the places of a text never picks.
NOTHING = -1e4
# The largest attention logit and the least sum of weights: exponentials stay finite, and a text
# without a place divides by no zero. The weights that ship stay below 20.
MOST, LEAST = 50.0, 1e-20


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a network; `merge_after` lists the blocks (counted from 1) after which places merge.

    The defaults are those of multilingual-e5-small with the vocabulary cut to Chinese.
    """

    vocabulary: int = 23388
    width: int = 384
    inner: int = 1536
    heads: int = 12
    blocks: int = 8
    positions: int = 512
    merge_after: tuple[int, ...] = (3,)
    pad: int = 1
    dropout: float = 0.1
    epsilon: float = 1e-12


class Block(nn.Module):
    """Self-attention and a feed-forward layer, each followed by a norm, as BERT has them."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads, self.dropout = shape.heads, shape.dropout
        self.attend = nn.Linear(shape.width, 3 * shape.width)
        self.attended = nn.Linear(shape.width, shape.width)
        self.norm = nn.LayerNorm(shape.width, shape.epsilon)
        self.widen, self.activate = nn.Linear(shape.width, shape.inner), nn.GELU()
        self.narrow = nn.Linear(shape.inner, shape.width)
        self.last_norm = nn.LayerNorm(shape.width, shape.epsilon)

    def forward(self, states: Tensor, sizes: Tensor) -> Tensor:
        """Return states of the same shape (texts, places, width)."""
        mixed = self.mix(self.attend(states), sizes)
        states = self.norm(states + self._drop(self.attended(mixed)))
        fed = self.narrow(self.activate(self.widen(states)))
        return self.last_norm(states + self._drop(fed))

    def mix(self, made: Tensor, sizes: Tensor) -> Tensor:
        """Return the mean of the values, each weighted by the fit of its key times its size.

        `made` holds queries, keys and values side by side (texts, places, 3 `width`). Two plain
        products and no softmax: rows of some 30 places are too short for torch's kernel, and its
        fused attention takes twice as long still where the processor has no matrix unit.
        """
        texts, places, _ = made.shape
        split = made.view(texts, places, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        query, key, value = split.reshape(3, texts * self.heads, places, -1)
        fit = torch.bmm(query * query.shape[-1] ** -0.5, key.transpose(1, 2))
        weight = fit.clamp(max=MOST).exp().view(texts, self.heads, places, places)
        weight = (weight * sizes[:, None, None, :]).flatten(0, 1).to(value.dtype)
        mixed = torch.bmm(weight, value) / weight.sum(-1, keepdim=True).clamp(min=LEAST)
        return mixed.view(texts, self.heads, places, -1).transpose(1, 2).flatten(2)

    def _drop(self, states: Tensor) -> Tensor:
        return drop(states, self.dropout) if self.training else states


class Network(nn.Module):
    """All heads from one pass: one row of `WIDTH` logits a row of token ids."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.words = nn.Embedding(shape.vocabulary, shape.width)
        self.positions = nn.Embedding(shape.positions, shape.width)
        self.norm = nn.LayerNorm(shape.width, shape.epsilon)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.blocks))
        self.head = nn.Linear(2 * shape.width, WIDTH)

    def forward(self, ids: Tensor) -> Tensor:
        """Return logits (texts, `WIDTH`) for ids (texts, places) filled up with `shape.pad`."""
        return self.head(self.read(ids))

    def read(self, ids: Tensor) -> Tensor:
        """Return mean and maximum of the last states (texts, 2 `width`): what the head reads."""
        states = self.words(ids) + self.positions.weight[: ids.shape[1]]
        states = self.norm(states)
        sizes = (ids != self.shape.pad).to(states.dtype)
        for number, block in enumerate(self.blocks, 1):
            states = block(states, sizes)
            if number in self.shape.merge_after and states.shape[1] > 1:
                states, sizes = merge(states, sizes)
        return summary(states, sizes)


def drop(states: Tensor, share: float) -> Tensor:
    """Return states with some features of each text set to zero at all its places.

    One mask a text (Gal and Ghahramani 2016): a mask a place, made by the processor, takes longer
    than the block itself.
    """
    held = torch.rand(len(states), 1, states.shape[-1], device=states.device) >= share
    return states * held.to(states.dtype) / (1.0 - share)


def merge(states: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean of every two neighbours, weighted by what they hold, and the new sizes."""
    if states.shape[1] % 2:
        states, sizes = nnf.pad(states, (0, 0, 0, 1)), nnf.pad(sizes, (0, 1))
    weight = sizes.unsqueeze(-1)
    pairs = (states * weight).unflatten(1, (-1, 2)).sum(2)
    held = sizes.unflatten(1, (-1, 2)).sum(2)
    return pairs / held.clamp(min=1).unsqueeze(-1), held


def summary(states: Tensor, sizes: Tensor) -> Tensor:
    """Return mean and maximum over the places of each text, side by side."""
    weight = sizes.unsqueeze(-1)
    mean = (states * weight).sum(1) / weight.sum(1).clamp(min=1)
    peak = states.masked_fill(weight == 0, NOTHING).amax(1)
    return torch.cat((mean, peak), dim=-1)


def from_bert(state: dict[str, Tensor], shape: Shape, layers: tuple[int, ...]) -> Network:
    """Return a network on the named layers of a BERT state dict; its head starts fresh."""
    network = Network(shape)
    own = {
        "words.weight": state["embeddings.word_embeddings.weight"],
        # Every text has type 0, so that vector is a part of every position.
        "positions.weight": state["embeddings.position_embeddings.weight"]
        + state["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": state["embeddings.LayerNorm.weight"],
        "norm.bias": state["embeddings.LayerNorm.bias"],
    }
    for place, layer in enumerate(layers):
        own |= _block_state(state, f"encoder.layer.{layer}.", f"blocks.{place}.")
    missing, unknown = network.load_state_dict({k: v.float() for k, v in own.items()}, strict=False)
    if unknown or set(missing) != {"head.weight", "head.bias"}:
        raise ValueError(f"not the BERT we know: missing {missing}, unknown {unknown}")
    return network


def _block_state(state: dict[str, Tensor], theirs: str, ours: str) -> dict[str, Tensor]:
    found = {}
    for kind in ("weight", "bias"):
        parts = [state[f"{theirs}attention.self.{p}.{kind}"] for p in ("query", "key", "value")]
        found[f"{ours}attend.{kind}"] = torch.cat(parts)
        for their_name, our_name in (
            ("attention.output.dense", "attended"),
            ("attention.output.LayerNorm", "norm"),
            ("intermediate.dense", "widen"),
            ("output.dense", "narrow"),
            ("output.LayerNorm", "last_norm"),
        ):
            found[f"{ours}{our_name}.{kind}"] = state[f"{theirs}{their_name}.{kind}"]
    return found
