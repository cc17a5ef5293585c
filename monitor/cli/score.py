"""`fengsui score`: how the model reads a text, and with `--explain` the words that made it so."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.prediction import Classifier, Prediction
from monitor.cli.context import Refusal
from monitor.text.clean import clean
from monitor.text.repost import judged_text

if TYPE_CHECKING:
    from models.explain import Explanation

BATCH = 500  # texts a call of the model: enough to sort by length, and the first answers come soon


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("score")(score)


def score(
    text: Annotated[str, typer.Argument(help="一句话；写 - 就从标准输入读，一行一条")] = "-",
    explain: Annotated[
        bool, typer.Option("--explain", help="标出是哪些词起了作用，有颜色和图例")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="和 --explain 一起用：每条一行 JSON，带每个词的分量")
    ] = False,
) -> None:
    """判断情感与风险：每行文字输出一行 JSON，顺序不变；转发链只看转发者自己的话。"""
    from monitor import bootstrap

    if as_json and not explain:
        raise Refusal("不加 --explain 时本来就是每条一行 JSON；要词的分量，请加上 --explain")
    lines = _lines() if text == "-" else iter([text])
    classifier = bootstrap.shipped_classifier()
    if explain:
        _explain(classifier, lines, as_json=as_json)
    else:
        _score(classifier, lines)


def _score(classifier: Classifier, lines: Iterator[str]) -> None:
    while batch := list(islice(lines, BATCH)):
        found = classifier.predict([_judged(line) for line in batch])
        for line, prediction in zip(batch, found, strict=True):
            _write(scored(line, prediction))


def _explain(classifier: Classifier, lines: Iterable[str], *, as_json: bool) -> None:
    from models.explain import explain
    from monitor.cli import score_page

    for line in lines:
        found = explain(classifier, _judged(line))
        if as_json:
            _write({**scored(line, found.prediction), "explanation": explained(found)})
        else:
            score_page.show_explanation(found)


def _judged(line: str) -> str:
    return judged_text(clean(line))


def _lines() -> Iterator[str]:
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", errors="replace").rstrip("\r\n")


def _write(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")


def scored(text: str, prediction: Prediction) -> dict[str, Any]:
    """One line of `score` (DESIGN §8)."""
    return {
        "text": text,
        "sentiment": {
            "negative": round(prediction.negative, 4),
            "neutral": round(prediction.neutral, 4),
            "positive": round(prediction.positive, 4),
        },
        "polarity": prediction.polarity,
        "unsure": prediction.unsure,
        "risk": [{"code": one.code, "score": round(one.score, 4)} for one in prediction.risk],
        "stance": prediction.stance,
        "model": prediction.model,
    }


def explained(found: Explanation) -> dict[str, Any]:
    """What the model read, and its words with their weights; places count characters of `text`."""
    return {
        "text": found.text,
        "windows": [list(place) for place in found.windows],
        "spans": [
            {
                "start": one.start,
                "end": one.end,
                "text": one.text,
                "weight": one.weight,
                "pushes": one.pushes,
                "risk": dict(one.risk),
            }
            for one in found.spans
        ],
    }
