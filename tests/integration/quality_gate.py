"""The quality gate: what the shipped model reads right, beside what was pinned.

    .venv/bin/python tests/integration/quality_gate.py [--update [--allow-lower]]

Two measures of one model: our own sentences, kind by kind (tests/data/quality.jsonl), and the
shared test sets where they are there. Floors stand in tests/data/quality_floors.json. `--update`
only ever raises them; lowering one needs `--allow-lower` and a reason in the commit that does it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from models.encoder import load_classifier
from models.evaluation import Figures, evaluate, spread
from models.labelled import Labelled
from models.prediction import Classifier
from models.training.data import load_corpus
from monitor.text.clean import clean
from monitor.text.repost import judged_text

DATA = Path(__file__).parents[1] / "data"
SENTENCES, FLOORS_FILE = DATA / "quality.jsonl", DATA / "quality_floors.json"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "sentiment"
FORMS = ("as it is", "without emoticons")
# bfloat16 and float32 machines differ by a text or two.
EPSILON = 0.01
# Texts a shared set at most, so that the gate stays under a minute on two cores.
LIMIT = 300

Found = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of our own as the model gets it, and the behaviour that it tries."""

    kind: str
    text: str
    polarity: str
    risk: tuple[str, ...]
    stance: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the gate: which texts, how many, what was found and what was pinned."""

    name: str
    form: str
    texts: int
    found: Found
    floors: Found

    @property
    def slack(self) -> float:
        """How far a figure may fall without anybody having changed the model: by one text."""
        return max(EPSILON, 1 / self.texts)

    @property
    def below(self) -> dict[str, tuple[float, float]]:
        """The figures under their floor, each with the floor."""
        return {
            name: (round(self.found[name], 3), floor)
            for name, floor in self.floors.items()
            if self.found[name] < floor - self.slack - 1e-9
        }


@cache
def classifier() -> Classifier:
    """The shipped model."""
    return load_classifier()


def floors() -> dict[str, Any]:
    """What is pinned."""
    found: dict[str, Any] = json.loads(FLOORS_FILE.read_text("utf-8"))
    return found


def fingerprint() -> str:
    """The hash of our own sentences."""
    return hashlib.sha256(SENTENCES.read_bytes()).hexdigest()


@cache
def own_sentences() -> tuple[Sentence, ...]:
    """Our own sentences, cleaned and freed of repost chains as every mention is."""
    rows = map(json.loads, SENTENCES.read_text("utf-8").strip().split("\n"))
    return tuple(
        Sentence(r["kind"], as_read(r["text"]), r["polarity"], tuple(r["risk"]), r["stance"])
        for r in rows
    )


def as_read(text: str) -> str:
    """The part of a post that the model is asked about."""
    return judged_text(clean(text))


@cache
def shared_sets() -> dict[str, Sequence[Labelled]]:
    """The shared test sets, spread over their length."""
    corpus = load_corpus(SHARED)
    held = [*corpus.part("test"), *corpus.part("measure")]
    return {
        source: spread([example for example in held if example.source == source], LIMIT)
        for source in sorted({example.source for example in held})
    }


def kind_row(kind: str) -> Row:
    """One kind of our own sentences: the shares whose polarity and whose stance are right."""
    sentences = [one for one in own_sentences() if one.kind == kind]
    said = classifier().predict([one.text for one in sentences])
    pairs = list(zip(sentences, said, strict=True))
    right = {
        "polarity": sum(one.polarity == p.polarity for one, p in pairs),
        "stance": sum(one.stance == p.stance for one, p in pairs),
    }
    found = {name: count / len(pairs) for name, count in right.items()}
    return Row(kind, FORMS[0], len(pairs), found, floors()["kinds"].get(kind, {}))


def set_row(name: str, form: str) -> Row:
    """All our own sentences (`own`), or one shared set, in one form."""
    texts: Sequence[Labelled] = own_sentences() if name == "own" else shared_sets()[name]
    figures = evaluate(classifier(), texts, strip=form != FORMS[0])
    pinned = floors()["sets"].get(name, {}).get(form, {})
    return Row(name, form, len(texts), figures_of(figures), pinned)


def figures_of(found: Figures) -> dict[str, float]:
    """The figures that can have floors, by the floors' names."""
    plain = {"macro_f1": found.macro_f1, "two_class": found.two_class}
    if not found.risk:
        return plain
    risk = {"risk_micro_f1": found.risk.micro_f1, "stance_macro_f1": found.risk.stance_macro_f1}
    return plain | risk


def every_row() -> Iterator[Row]:
    """Every line of the gate that can be measured here."""
    for kind in dict.fromkeys(one.kind for one in own_sentences()):
        yield kind_row(kind)
    names = ["own", *(shared_sets() if SHARED.is_dir() else ())]
    for name in names:
        for form in FORMS:
            yield set_row(name, form)


def shown(rows: Sequence[Row]) -> Table:
    """A table of what was found beside what is pinned."""
    table = Table(title=f"{classifier().name} beside the floors of {floors()['model']}")
    for heading in ("what", "form", "n", "figure", "found", "floor", ""):
        table.add_column(heading)
    for row in rows:
        for name, value in row.found.items():
            floor = row.floors.get(name)
            pinned = "" if floor is None else f"{floor:.3f}"
            verdict = "BELOW" if name in row.below else ""
            table.add_row(row.name, row.form, str(row.texts), name, f"{value:.3f}", pinned, verdict)
    return table


def pinned_anew(rows: Sequence[Row], old: dict[str, Any], *, lower: bool) -> dict[str, Any]:
    """Floors at what was found; without `lower` none falls. What was not measured stays."""
    kinds, sets = {}, {name: dict(forms) for name, forms in old["sets"].items()}
    by_kind = {one.kind for one in own_sentences()}
    for row in rows:
        if row.name in by_kind:
            kinds[row.name] = raised(row, row.found, lower=lower)
        else:
            wanted = row.floors or row.found
            sets.setdefault(row.name, {})[row.form] = raised(row, wanted, lower=lower)
    return {
        "model": classifier().name,
        "date": datetime.now(UTC).date().isoformat(),  # noqa: TID251 - the date of the pinning
        "sha256": fingerprint(),
        "cases": len(own_sentences()),
        "kinds": kinds,
        "sets": sets,
    }


def raised(row: Row, wanted: Found, *, lower: bool) -> dict[str, float]:
    """The floors of one row, cut to three digits."""
    found = {name: int(row.found[name] * 1000) / 1000 for name in wanted}
    if lower:
        return found
    return {name: max(value, row.floors.get(name, 0.0)) for name, value in found.items()}


def main() -> int:
    """Print the table; exit code 1 when something is below its floor and nobody allowed it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="pin what is found")
    parser.add_argument("--allow-lower", action="store_true", help="floors may fall as well")
    options = parser.parse_args()
    rows = list(every_row())
    Console(width=110).print(shown(rows))
    failed = any(row.below for row in rows) and not options.allow_lower
    if options.update and not failed:
        found = pinned_anew(rows, floors(), lower=options.allow_lower)
        told = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
        FLOORS_FILE.write_text(told, encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
