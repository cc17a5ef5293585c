"""The one runtime module that knows torch: loads networks and turns windows into logits."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from models.heads import WIDTH, Array, Settings
from models.labels import ModelError, label_matrix, read_config
from models.ngrams import Grams, load_grams
from models.prediction import Classifier
from models.scoring import OtherSentiment, Reading, TextClassifier
from models.windows import batches

# torch has no types here; the name says what a value is.
Tensor: TypeAlias = Any

WEIGHTS = Path(__file__).with_name("weights")
# Special tokens included; a window of 240 characters never needs more than this.
MAX_TOKENS = 256
# Padded tokens a batch: the number of many divisors next to the best of a sweep on two cores (texts
# a second: 460 at 768, 453 at 1,024, 487 at 1,536, 469 at 2,048). A GPU wants more.
CPU_BUDGET, GPU_BUDGET = 1920, 65536
# oneDNN makes a kernel for every number of places that a batch holds, which takes longer than a
# layer. So texts are filled up to one of few widths and batches to one of few sizes, multiples of
# most widths: 384 crisis texts took 1.3 s of processor time instead of 2.2, a fifth of it filling.
WIDTHS = (8, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 240, 256)
SIZES = (60, 120, 160, 240, 320, 480, 640, 960, 1280, 1920)
# After so many batches what the allocator holds free goes back to the system: batches of many sizes
# had left 64 of 288 MB free but unreturned after 700 texts.
TRIM_EVERY = 8
# More threads than this only wait for each other on batches of our size.
MAX_THREADS = 8


@dataclass(frozen=True, slots=True)
class Reader:
    """A loaded network behind one question: the logits and the states of these windows.

    `forward` turns ids into logits and, side by side with them, the `width` numbers of a state;
    `grams` is the linear layer that answers beside the network, if there is one.
    """

    tokenizer: Any
    forward: Callable[[Any], Any]
    device: Any
    max_tokens: int
    pad: int
    width: int = 0
    grams: Grams | None = None

    def read(self, pieces: Sequence[str]) -> Reading:
        """Return a row of logits and a state a window, in order, batched by length."""
        if not pieces:
            return Reading(np.zeros((0, WIDTH), np.float32), np.zeros((0, self.width), np.float32))
        rows = [self._fitted(found.ids) for found in self.tokenizer.encode_batch(list(pieces))]
        budget = CPU_BUDGET if self.device.type == "cpu" else GPU_BUDGET
        answers: list[Any] = [None] * len(rows)
        for number, places in enumerate(batches([wide(len(row)) for row in rows], budget), 1):
            if number % TRIM_EVERY == 0:
                _trim()
            found = self._batch([rows[place] for place in places])
            for place, answer in zip(places, found, strict=True):
                answers[place] = answer
        logits, states = np.split(np.stack(answers), [len(answers[0]) - self.width], axis=1)
        return Reading(self.grams.pooled(logits, pieces) if self.grams else logits, states)

    def _fitted(self, ids: list[int]) -> list[int]:
        if not ids:
            return [self.pad]
        return ids if len(ids) <= self.max_tokens else [*ids[: self.max_tokens - 1], ids[-1]]

    def _batch(self, rows: list[list[int]]) -> Array:
        import torch

        width = min(max(wide(len(row)) for row in rows), self.max_tokens)
        filled = [[*row, *[self.pad] * (width - len(row))] for row in rows]
        empty = [[self.pad] * width] * (texts_of(len(rows), width) - len(rows))
        ids = torch.tensor([*filled, *empty])
        with torch.inference_mode():
            found = self.forward(ids.to(self.device))[: len(rows)]
        return found.float().cpu().numpy()


def wide(length: int) -> int:
    """Return the width to which a text of `length` tokens is filled up."""
    return next((width for width in WIDTHS if width >= length), length)


def texts_of(count: int, width: int) -> int:
    """Return how many texts of `width` a batch of `count` is filled up to."""
    need = count * width
    return next((size for size in SIZES if size >= need and size % width == 0), need) // width


def load_classifier(
    path: Path | None = None,
    *,
    sentiment_model: str | None = None,
    labels: Mapping[str, str] | None = None,
    device: str = "auto",
    allow_download: bool = False,
    threads: int | None = None,
) -> Classifier:
    """Return a classifier on the weights in `path`, by default those that ship with the product.

    `sentiment_model` (a folder or hub id, with `labels` from its labels to ours) replaces the
    sentiment; risk and stance stay ours. Raises `ModelError` with a sentence in Chinese.
    """
    folder = path or WEIGHTS
    read_config(folder)
    settings = load_settings(folder)
    other = None
    if sentiment_model is not None:
        config = resolve_config(sentiment_model, allow_download=allow_download)
        other = OtherSentiment(
            name=sentiment_model,
            matrix=label_matrix(config, labels),
            open=lambda: open_classifier(
                sentiment_model, device, threads, allow_download=allow_download
            ),
        )
    return TextClassifier(settings, lambda: open_shipped(folder, device, threads), other)


def load_settings(folder: Path) -> Settings:
    """Return the version, calibration and thresholds in `folder`."""
    path = folder / "settings.json"
    try:
        return Settings.load(path)
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"模型的 {path} 缺失或读不懂，请重新取得完整的模型目录。") from error


def open_shipped(folder: Path, device: str, threads: int | None) -> Reader:
    """Return a reader on our own weights with all heads."""
    import torch
    from tokenizers import Tokenizer

    from models.packed import pack
    from models.storage import load_network

    target, kind = _prepare(device, threads)
    network = load_network(folder, kind).to(target)
    if target.type == "cpu" and kind is torch.bfloat16:
        network = pack(network)
    shape = network.shape

    def forward(ids: Tensor) -> Tensor:
        found = network.read(ids)
        return torch.cat((network.head(found), found[:, : shape.width]), dim=-1)

    return Reader(
        tokenizer=Tokenizer.from_file(str(folder / "tokenizer.json")),
        forward=forward,
        device=target,
        max_tokens=min(MAX_TOKENS, shape.positions),
        pad=shape.pad,
        width=shape.width,
        grams=load_grams(folder),
    )


def open_classifier(
    source: str, device: str, threads: int | None, *, allow_download: bool
) -> Reader:
    """Return a reader on any sequence classifier, by folder or hub id."""
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    target, kind = _prepare(device, threads)
    options = {"local_files_only": not allow_download}
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, use_fast=True, **options)
        model = AutoModelForSequenceClassification.from_pretrained(source, dtype=kind, **options)
    except (OSError, ValueError) as error:
        raise ModelError(_cannot_load(source, allow_download=allow_download)) from error
    model.to(target).eval()

    pad = tokenizer.pad_token_id or 0

    def forward(ids: Tensor) -> Tensor:
        return model(input_ids=ids, attention_mask=(ids != pad).long()).logits

    return Reader(tokenizer.backend_tokenizer, forward, target, _room(model.config), pad)


def resolve_config(source: str, *, allow_download: bool) -> dict[str, Any]:
    """Return the config of a classifier given by folder or hub id, without loading weights."""
    if Path(source).exists() or source.startswith((".", "/", "~")):
        return read_config(Path(source).expanduser())
    from transformers.utils import cached_file

    try:
        found = cached_file(source, "config.json", local_files_only=not allow_download)
    except (OSError, ValueError) as error:
        raise ModelError(_cannot_load(source, allow_download=allow_download)) from error
    return read_config(Path(found).parent)


def _prepare(device: str, threads: int | None) -> tuple[Any, Any]:
    # oneDNN keeps a ready kernel for each of the last 1,024 shapes: after 2,000 texts of all
    # lengths that was 889 MB resident, 744 MB with 64 kernels.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")
    # Threads that wait by spinning take the processor from crawls and sends: beside other work 600
    # texts took 6.5 and 3.0 s of processor time so, and 1.5 and 1.6 s where they sleep.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch

    name = device if device != "auto" else ("cuda" if torch.cuda.is_available() else "cpu")
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise ModelError(
            f"配置要求用显卡（{device}），但本机没有可用的 CUDA 设备；请改为 auto 或 cpu。"
        )
    if name == "cpu":
        torch.set_num_threads(threads or min(len(os.sched_getaffinity(0)), MAX_THREADS))
        has_bf16 = {"avx512_bf16", "amx_bf16"} & {k for k, v in _abilities().items() if v}
        return torch.device(name), torch.bfloat16 if has_bf16 else torch.float32
    # Half precision would not hold the exponentials of attention (`models.network.MOST`).
    kind = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    return torch.device(name), kind


def _trim() -> None:
    """Give memory that is free back to the system, where the C library knows how (glibc does)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _abilities() -> Mapping[str, Any]:
    import torch

    return torch.cpu.get_capabilities()


def _room(config: Tensor) -> int:
    positions = getattr(config, "max_position_embeddings", MAX_TOKENS)
    # RoBERTa counts positions from two, so two of its places are never used.
    return min(MAX_TOKENS, max(positions - 2, 1))


def _cannot_load(source: str, *, allow_download: bool) -> str:
    hint = (
        "请检查名称和网络。"
        if allow_download
        else "当前不允许联网下载：请先把模型下载到本机目录并填写该路径，或在配置里允许下载。"
    )
    return f"无法加载模型「{source}」。{hint}"
