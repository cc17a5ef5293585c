"""Texts a second of the shipped network and of BERT-base, interleaved on the same texts.

Both read the same pieces (at most one window each) with the same threads and the same batch rule
(`models.windows.batches`), tokenising included, nothing cached. Ours runs with the number type and
the token budget that the product chooses on this CPU; BERT-base (random weights, which cost the
same time) gets the best of float32 and bfloat16 and of several budgets, found before the rounds.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch  # noqa: TID253 - this module measures it
from transformers import BertConfig, BertForSequenceClassification  # noqa: TID253 - same

from models.encoder import open_shipped
from models.windows import batches

VOCABULARY, CLS, SEP = 21128, 101, 102  # bert-base-chinese
LENGTH_LIMIT = 256
BUDGETS = (512, 1024, 2048, 4096, 8192)
TYPES = (torch.float32, torch.bfloat16)
# Texts for finding the best type and budget: enough for full batches at the largest budget.
TRIAL = 64
# A Chinese character is a token for BERT; letters and digits run together.
_CHARACTER_TOKENS = re.compile(r"[a-z0-9]+|\S", re.IGNORECASE)

Rows = list[list[int]]


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, lowest and highest of several rounds."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the spread of at least one value."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class SpeedFigures:
    """Texts a second of ours and of BERT-base, and ours divided by it, by way of tokenising."""

    texts: int
    characters: float
    rounds: int
    threads: int
    ours: Spread
    bert: dict[str, Spread]
    bert_setting: dict[str, str]
    ratio: dict[str, Spread]


@dataclass(frozen=True, slots=True)
class Bert:
    """BERT-base of one number type on rows of token ids."""

    model: Any

    @classmethod
    def open(cls, kind: torch.dtype) -> Bert:
        """Return a network of twelve layers, 768 wide, with random weights."""
        torch.manual_seed(0)
        config = BertConfig(vocab_size=VOCABULARY, num_labels=3)
        return cls(BertForSequenceClassification(config).to(kind).eval())

    def read(self, rows: Rows, budget: int) -> None:
        """Answer all rows in batches by length."""
        for places in batches([len(row) for row in rows], budget):
            self._batch([rows[place] for place in places])

    def _batch(self, rows: Rows) -> None:
        width = max(map(len, rows))
        ids = torch.tensor([[*row, *[0] * (width - len(row))] for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
        with torch.inference_mode():
            self.model(input_ids=ids, attention_mask=mask).logits.float().numpy()


def compare(model: Path, pieces: Sequence[str], rounds: int) -> SpeedFigures:
    """Measure both networks in `rounds` interleaved rounds on the same pieces."""
    reader = open_shipped(model, "cpu", None)
    ways = {"same tokens": _same_tokens(reader), "one a character": _by_character}
    runs: dict[str, Callable[[], object]] = {"ours": lambda: reader.read(pieces)}
    settings: dict[str, str] = {}
    for way, rows in ways.items():
        kind, budget = _best(rows(pieces[:TRIAL]))
        settings[way] = f"{str(kind).removeprefix('torch.')}, {budget}"
        runs[way] = _run(Bert.open(kind), rows, pieces, budget)
    runs["ours"]()
    speeds = list(_rounds(runs, rounds, len(pieces)))
    return SpeedFigures(
        texts=len(pieces),
        characters=statistics.mean(map(len, pieces)),
        rounds=rounds,
        threads=torch.get_num_threads(),
        ours=Spread.of([one["ours"] for one in speeds]),
        bert={way: Spread.of([one[way] for one in speeds]) for way in ways},
        bert_setting=settings,
        ratio={way: Spread.of([one["ours"] / one[way] for one in speeds]) for way in ways},
    )


def _rounds(
    runs: dict[str, Callable[[], object]], rounds: int, texts: int
) -> Iterator[dict[str, float]]:
    """Yield the texts a second of each run, every round in another order."""
    names = list(runs)
    for turn in range(rounds):
        order = names[turn % len(names) :] + names[: turn % len(names)]
        yield {name: texts / _seconds(runs[name]) for name in order}


def _best(rows: Rows) -> tuple[torch.dtype, int]:
    """Return the number type and the token budget at which BERT-base is fastest here."""
    found = {}
    for kind in TYPES:
        bert = Bert.open(kind)
        bert.read(rows[:8], BUDGETS[0])
        for budget in BUDGETS:
            found[kind, budget] = _seconds(lambda b=bert, n=budget: b.read(rows, n))  # type: ignore[misc] # bound now
    return min(found, key=lambda one: found[one])


def _run(
    bert: Bert, rows: Callable[[Sequence[str]], Rows], pieces: Sequence[str], budget: int
) -> Callable[[], None]:
    return lambda: bert.read(rows(pieces), budget)


def _same_tokens(reader: Any) -> Callable[[Sequence[str]], Rows]:  # noqa: ANN401 - untyped
    """Our own token ids, folded into the smaller vocabulary: which ids they are costs no time."""
    encode = reader.tokenizer.encode_batch

    def rows(pieces: Sequence[str]) -> Rows:
        found = encode(list(pieces))
        return [[token % VOCABULARY for token in one.ids[:LENGTH_LIMIT]] or [CLS] for one in found]

    return rows


def _by_character(pieces: Sequence[str]) -> Rows:
    return [[CLS, *_characters(piece)[: LENGTH_LIMIT - 2], SEP] for piece in pieces]


def _characters(piece: str) -> list[int]:
    return [ord(token[0]) % VOCABULARY for token in _CHARACTER_TOKENS.findall(piece)]


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
