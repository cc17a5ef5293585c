"""A linear layer over runs of characters that answers beside the encoder.

Short and set wordings («房间太小», «已立案») decide many texts, and a linear layer over all of them
learns these better than a small encoder; the encoder knows what the layer cannot, order and sense.
Their logits are added, which pools their probabilities log-linearly (Genest and Zidek 1986).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from models.heads import WIDTH, Array
from models.labels import ModelError

FILE = "grams.safetensors"
# Runs of one to four characters; the ends of a text count as characters.
LONGEST = 4
BEGIN, END = "\x02", "\x03"
# Runs fall into buckets by a multiplicative hash (Knuth, The Art of Computer Programming 6.4); the
# factor is 2^64 divided by the golden ratio, odd. Other runs in a bucket share its weights.
FACTOR = np.uint64(0x9E3779B97F4A7C15)
BITS = 18
TOP = 127.0

Buckets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grams:
    """Weights of the runs of characters, one row a bucket and one column a logit.

    `table` holds bytes, `scale` what a byte is worth by column; `bias` is added to all texts, and
    `own` multiplies the logits of the encoder before both are added.
    """

    table: npt.NDArray[np.int8]
    scale: Array
    bias: Array
    own: Array

    def pooled(self, logits: Array, pieces: Sequence[str]) -> Array:
        """Return the encoder's logits of these pieces with ours added, a row a piece."""
        return cast("Array", logits * self.own + self.logits(pieces))

    def logits(self, pieces: Sequence[str]) -> Array:
        """Return what the runs say alone: the mean direction of each piece's runs, and the bias."""
        buckets, starts = buckets_of(pieces, len(self.table).bit_length() - 1)
        counts = np.diff(starts, append=len(buckets))
        sums = np.add.reduceat(self.table[buckets], starts, axis=0, dtype=np.int32)
        told = sums / np.sqrt(counts)[:, None] * self.scale + self.bias
        return cast("Array", told.astype(np.float32))

    def save(self, folder: Path) -> None:
        """Write the layer beside the weights of the encoder."""
        save_file(
            {"table": self.table, "scale": self.scale, "bias": self.bias, "own": self.own},
            folder / FILE,
        )
        (folder / FILE).chmod(0o644)


def load_grams(folder: Path) -> Grams | None:
    """Return the layer in `folder`, or None where the encoder answers alone.

    Raises `ModelError` with a sentence in Chinese for a file that cannot be used.
    """
    path = folder / FILE
    if not path.exists():
        return None
    try:
        grams = Grams(**load_file(path))
    except (OSError, TypeError, SafetensorError) as error:
        raise ModelError(f"模型文件 {path} 缺失或已损坏，请重新取得完整的模型目录。") from error
    if grams.table.ndim != 2 or grams.table.shape[1] != WIDTH:  # noqa: PLR2004 - rows and columns
        raise ModelError(f"模型文件 {path} 不是这一版的，请重新取得完整的模型目录。")
    return grams


def packed(weights: Array, bias: Array, own: Array) -> Grams:
    """Return a layer of whole weights (buckets, columns) stored in bytes."""
    scale = np.maximum(np.abs(weights).max(axis=0) / TOP, 1e-8).astype(np.float32)
    return Grams((weights / scale).round().astype(np.int8), scale, bias, own)


def buckets_of(pieces: Sequence[str], bits: int = BITS) -> tuple[Buckets, Buckets]:
    """Return the buckets of all pieces, each once a piece, and where each piece begins.

    Every piece has at least the runs of its two ends.
    """
    marked = [f"{BEGIN}{piece.lower()}{END}" for piece in pieces]
    lengths = np.array([len(piece) for piece in marked])
    codes = np.frombuffer("".join(marked).encode("utf-32-le", "replace"), dtype=np.uint32)
    place = np.repeat(np.arange(len(marked)), lengths)
    found = np.unique(np.concatenate(list(_runs(codes.astype(np.uint64), place, bits))))
    return found & ((1 << bits) - 1), np.searchsorted(found >> bits, np.arange(len(marked)))


def _runs(codes: npt.NDArray[np.uint64], place: Buckets, bits: int) -> Any:  # noqa: ANN401 - yields
    """Yield the piece and the bucket of every run as one number, by the length of the run."""
    rolling = np.zeros_like(codes)
    for length in range(1, LONGEST + 1):
        rolling = (rolling[: len(codes) - length + 1] * FACTOR) + codes[length - 1 :]
        inside = place[: len(rolling)] == place[length - 1 :]
        bucket = (rolling * FACTOR) >> np.uint64(64 - bits)
        yield ((place[: len(rolling)] << bits) | bucket.astype(np.int64))[inside]
