"""Reads the labelled texts, drops copies and replay overlaps, and splits them once and for all."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from models.normalise import content_key, normalise, says_nothing

TRAINING_FILES = ("crisis", "weibo", "moods", "reviews")
MEASURE_ONLY = "medical_weibo_dev"
CORRECTIONS, OWN = "corrections", "own"
# Sources that are never held out: they are ours, and small.
TRAIN_ONLY = (CORRECTIONS, OWN)
OWN_FILE = Path(__file__).with_name("examples.jsonl")
# Risk and stance of texts of the public sets, read one by one under the rules of the crisis texts:
# a line holds a hash of a text and its labels, so that no text of theirs lies here.
READ_FILE = Path(__file__).with_name("read.jsonl")
# A text shares too much with a replay when more than half of its 8-grams occur there.
GRAM, MAX_SHARE = 8, 0.5
# Crisis texts are cut by date so that no event stands on both sides; about 70/12/18 percent.
DEV_FROM, TEST_FROM = "2024-09-01", "2025-03-01"
# Share of hashed keys that go to test and dev for everything without a date.
TEST_SHARE, DEV_SHARE = 0.15, 0.10

Cleaner = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text; `stance` is None where risk and stance were not labelled."""

    text: str
    polarity: str
    source: str
    split: str
    risk: tuple[str, ...] = ()
    stance: str | None = None


@dataclass(slots=True)
class Corpus:
    """All examples and what was left out, by reason."""

    examples: list[Example] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)

    def part(self, split: str) -> list[Example]:
        """Return the examples of one split: train, dev, test or measure."""
        return [example for example in self.examples if example.split == split]


def load_corpus(
    data: Path | None, clean: Cleaner = normalise, corrections: Sequence[Mapping[str, Any]] = ()
) -> Corpus:
    """Read every set under `data`, a team's corrections and ours, deduplicated before the split.

    `corrections` are rows of text, polarity and, where given, risk and stance. They come first: of
    two copies of a text a person's label stays. Without `data` only they and ours are read.
    """
    seen: set[str] = set()
    read = _read_labels()
    grams = _replay_grams(data.parent / "replays") if data else set()
    corpus = Corpus()
    files = (MEASURE_ONLY, CORRECTIONS, *TRAINING_FILES, OWN) if data else (CORRECTIONS, OWN)
    for source_file in files:
        for row in corrections if source_file == CORRECTIONS else _rows(data, source_file):
            text = clean(row["text"])
            reason = _why_dropped(text, seen, grams, source_file)
            if reason:
                corpus.dropped[reason] = corpus.dropped.get(reason, 0) + 1
                continue
            seen.add(content_key(text))
            example = _example(row, text, source_file)
            known = read.get(read_key(text)) if example.split == "train" else None
            if known and example.stance is None:
                example = replace(example, risk=tuple(known["risk"]), stance=known["stance"])
            corpus.examples.append(example)
    return corpus


def read_key(text: str) -> str:
    """Return what `READ_FILE` knows a text by."""
    return hashlib.sha256(content_key(text).encode()).hexdigest()[:16]


def _read_labels() -> dict[str, Any]:
    rows = map(json.loads, READ_FILE.read_text("utf-8").splitlines())
    return {row["key"]: row for row in rows}


def _why_dropped(text: str, seen: set[str], grams: set[str], source_file: str) -> str | None:
    if source_file == MEASURE_ONLY:
        return None
    key = content_key(text)
    if says_nothing(text):
        return "empty"
    if key and key in seen:
        return "copy"
    if source_file not in TRAIN_ONLY and _share(key, grams) > MAX_SHARE:
        return "replay"
    return None


def _example(row: Mapping[str, Any], text: str, source_file: str) -> Example:
    labelled = source_file in ("crisis", *TRAIN_ONLY) and row.get("stance") is not None
    return Example(
        text=text,
        polarity=row["polarity"],
        source=source_file if source_file in ("crisis", *TRAIN_ONLY) else row["source"],
        split=_split(row, text, source_file),
        risk=tuple(row.get("risk") or ()),
        stance=row["stance"] if labelled else None,
    )


def _split(row: Mapping[str, Any], text: str, source_file: str) -> str:
    if source_file == MEASURE_ONLY:
        return "measure"
    if source_file in TRAIN_ONLY:
        return "train"
    if row.get("date"):
        return _by_date(row["date"])
    return _by_hash(f"event {row['event']}" if row.get("event") else content_key(text))


def _by_date(date: str) -> str:
    if date >= TEST_FROM:
        return "test"
    return "dev" if date >= DEV_FROM else "train"


def _by_hash(key: str) -> str:
    place = int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
    if place < TEST_SHARE:
        return "test"
    return "dev" if place < TEST_SHARE + DEV_SHARE else "train"


def _rows(data: Path | None, name: str) -> Iterator[dict[str, Any]]:
    path = data / f"{name}.jsonl.gz" if data and name != OWN else OWN_FILE
    whole = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for line in whole.decode("utf-8").strip().split("\n"):
        yield json.loads(line)


def _replay_grams(folder: Path) -> set[str]:
    grams: set[str] = set()
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                grams.update(_grams(content_key(f"{row.get('title') or ''}{row['text']}")))
    return grams


def _grams(key: str) -> Iterable[str]:
    return {key[place : place + GRAM] for place in range(len(key) - GRAM + 1)}


def _share(key: str, grams: set[str]) -> float:
    own = list(_grams(key))
    return sum(gram in grams for gram in own) / len(own) if own else 0.0
