"""The command behind benchmarks/models_table.py: reads the sets, measures, shows."""

from __future__ import annotations

import argparse
import json
import platform
import random
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from benchmarks.models_bars import (
    SIZE_BARS,
    SOURCES,
    SPEED_BAR,
    Line,
    code_figures,
    quality_lines,
)
from benchmarks.models_memory import TEXTS, measured
from benchmarks.models_page import Results, as_json, markdown, placed, show
from benchmarks.models_peers import compared, open_peers
from benchmarks.models_speed import compare
from models.encoder import WEIGHTS, load_classifier
from models.evaluation import Both, measure, spread
from models.normalise import normalise, says_nothing
from models.prediction import Classifier
from models.training.data import Corpus, Example, load_corpus
from models.windows import cut

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data" / "sentiment"
# The sets whose texts the speed is measured on: titles, posts and comments, mixed.
SPEED_SETS = ("crisis", "medical_weibo", "weibo_usual", "weibo_events")
# The options that change what is measured: the page shows them where they are not the defaults.
TELLING = ("only", "limit", "peer_limit", "train_limit", "speed_texts", "rounds")


def main() -> int:
    """Measure what was asked for, print it, and write it where asked; 2 for bad input."""
    options = _parser().parse_args()
    if not (options.data / "crisis.jsonl.gz").is_file():
        print(f"no labelled sets in {options.data}: name their folder with --data", file=sys.stderr)
        return 2
    started = time.perf_counter()
    results = _measured(options)
    results.seconds = time.perf_counter() - started
    if options.markdown:
        print(markdown(results))
    else:
        show(results, Console(width=140))
    return _written(results, options)


def _measured(options: argparse.Namespace) -> Results:
    corpus = load_corpus(options.data)
    sets = _sets(corpus, options.only or SOURCES)
    classifier = load_classifier(options.model, device="cpu")
    results = Results(classifier.name, _machine(), _today(), _command(options))
    _quality(results, classifier, sets, options.limit)
    if not options.skip_peers:
        _peers(results, classifier, corpus, sets, options)
    if not options.skip_speed:
        _speed_and_size(results, corpus, options)
    return results


def _quality(
    results: Results, classifier: Classifier, sets: dict[str, list[Example]], limit: int
) -> None:
    found = measure(classifier, sets, limit, _said)
    results.lines += quality_lines(found)
    if "crisis" in found:
        results.codes = _codes(found["crisis"])


def _codes(found: Both) -> dict[str, tuple[int, float, float]]:
    bare = found.stripped.risk
    if found.as_is.risk is None or bare is None:
        return {}
    cases = found.as_is.risk.codes
    return {
        code: (cases[code].cases, f1, bare.codes[code].f1)
        for code, f1 in code_figures(found.as_is).items()
    }


def _peers(
    results: Results,
    classifier: Classifier,
    corpus: Corpus,
    sets: dict[str, list[Example]],
    options: argparse.Namespace,
) -> None:
    parts: dict[str, Sequence[Example]] = {
        name: spread(examples, options.peer_limit) for name, examples in sets.items()
    }
    train = spread(corpus.part("train"), options.train_limit)
    results.peers.append(compared(classifier, "烽燧", parts))
    for name, peer in open_peers(train):
        _said(name)
        if peer is None:
            results.missing.append(name)
        else:
            results.peers.append(compared(peer, name, parts))


def _speed_and_size(results: Results, corpus: Corpus, options: argparse.Namespace) -> None:
    folder = options.model or WEIGHTS
    tested = [*corpus.part("test"), *corpus.part("measure")]
    pieces = _pieces([e for e in tested if e.source in SPEED_SETS], options.speed_texts)
    _said("speed")
    speed = compare(folder, pieces, options.rounds)
    results.speed = asdict(speed)
    slowest = min(found.median for found in speed.ratio.values())
    results.lines.append(Line(SPEED_BAR, len(pieces), slowest))
    _said("memory")
    texts = [example.text for example in _drawn(tested, TEXTS)]
    results.size = measured(folder, texts)
    weights, memory = SIZE_BARS
    results.lines.append(Line(weights, 0, results.size.weights))
    results.lines.append(Line(memory, len(texts), results.size.peak))


def _pieces(examples: Sequence[Example], count: int) -> list[str]:
    """The first window of texts drawn at random, as both networks read it."""
    spoken = [e for e in examples if not says_nothing(normalise(e.text))]
    return [cut(normalise(example.text))[0] for example in _drawn(spoken, count)]


def _drawn(examples: Sequence[Example], count: int) -> list[Example]:
    return random.Random(7).sample(examples, min(count, len(examples)))  # noqa: S311 - a sample


def _sets(corpus: Corpus, wanted: Sequence[str]) -> dict[str, list[Example]]:
    held = [*corpus.part("test"), *corpus.part("measure")]
    sets = {name: [one for one in held if one.source == name] for name in wanted}
    return {name: examples for name, examples in sets.items() if examples}


def _written(results: Results, options: argparse.Namespace) -> int:
    if options.json:
        told = json.dumps(as_json(results), ensure_ascii=False, indent=1)
        options.json.write_text(told, encoding="utf-8")
    if options.write:
        try:
            page = placed(options.write.read_text("utf-8"), markdown(results))
        except (OSError, ValueError) as error:
            print(f"{options.write}: {error}", file=sys.stderr)
            return 2
        options.write.write_text(page, encoding="utf-8")
    return 0


def _said(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


def _machine() -> str:
    info = Path("/proc/cpuinfo")
    names = re.findall(r"^model name\s*: (.*)$", info.read_text("utf-8"), re.MULTILINE)
    return f"{len(names)} × {names[0]}" if names else platform.machine()


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _command(options: argparse.Namespace) -> str:
    """The command as another may type it: what was asked for, but no paths of this machine."""
    said = [f"--skip-{what}" for what in ("speed", "peers") if getattr(options, f"skip_{what}")]
    for name in TELLING:
        value, usual = getattr(options, name), _parser().get_default(name)
        each = value if isinstance(value, list) else [value]
        said += [f"--{name.replace('_', '-')} {one}" for one in each if value != usual]
    return " ".join([".venv/bin/python benchmarks/models_table.py", *said])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks/models_table.py", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of labelled sets")
    parser.add_argument("--model", type=Path, help="weights folder; default: the shipped one")
    parser.add_argument("--only", action="append", choices=SOURCES, help="this set alone; again")
    parser.add_argument("--limit", type=int, default=2000, help="texts a set at most")
    parser.add_argument("--peer-limit", type=int, default=300, help="texts a set beside peers")
    parser.add_argument("--train-limit", type=int, default=10**6, help="texts TF-IDF learns from")
    parser.add_argument("--speed-texts", type=int, default=256, help="texts of a speed round")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved speed rounds")
    parser.add_argument("--skip-speed", action="store_true", help="no speed, no memory")
    parser.add_argument("--skip-peers", action="store_true", help="ours alone")
    parser.add_argument("--json", type=Path, help="also write everything here")
    parser.add_argument("--markdown", action="store_true", help="print Markdown, not tables")
    parser.add_argument("--write", type=Path, help="put the Markdown between a page's markers")
    return parser
