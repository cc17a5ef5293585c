"""The night budget: wake-ups in a simulated year of ordinary grumbling about one hospital.

    .venv/bin/python benchmarks/night_budget.py [--days 365] [--write]

Texts are those of night_texts.py, read by the shipped model; a wake-up is an ORANGE or RED call
between 22 and 08 (yellow waits for the morning). `--write` keeps the model's answers for the tests.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from numpy import float32, zeros
from numpy.typing import NDArray

from benchmarks.night_texts import BRAND, OTHERS, WORRIES
from crawlers.items import Item
from models.prediction import Prediction, RiskScore
from monitor import bootstrap
from monitor.config import Settings
from monitor.domain.tier import Tier
from monitor.rehearsal.alert import Alert
from monitor.rehearsal.answers import Remembered
from monitor.rehearsal.history import Heard, History
from monitor.rehearsal.run import rehearse
from monitor.stations.parts import own_words
from monitor.stations.take_in import full_text

ANSWERS = Path(__file__).parents[1] / "tests" / "data" / "night_answers.json"
START = datetime(2025, 11, 18, 16, 0, tzinfo=UTC)  # midnight in Shanghai
A_DAY = 12.0  # mentions a day: four times the town hospital of the baseline's prior at noon
WORRIED = 0.4  # share of worries about patient safety: more than any week we have seen
SHAPE = 2.0  # negative binomial: variance = mean + mean² / SHAPE, the simulation of docs/detection
PLATFORMS = ("微博", "小红书", "抖音", "知乎", "好大夫")


def year(days: int, seed: int = 7) -> list[Item]:
    """Mentions of so many days, over-dispersed by the hour, few at night."""
    chance = random.Random(seed)  # noqa: S311 - everybody gets the same year
    items: list[Item] = []
    for hour in range(days * 24):
        mean = A_DAY / 24 * _daily(hour % 24)
        for _ in range(_poisson(chance, chance.gammavariate(SHAPE, mean / SHAPE))):
            text = chance.choice(WORRIES if chance.random() < WORRIED else OTHERS)
            at = START + timedelta(hours=hour, seconds=chance.randrange(3600))
            items.append(_item(len(items), text, at, chance))
    return sorted(items, key=lambda one: one.published_at or START)


def _daily(hour: int) -> float:
    """The day's profile, one on average: 0.2 at four in the morning, 1.8 twelve hours later."""
    return 1.0 - 0.8 * math.cos(2 * math.pi * (hour - 4) / 24)


def _poisson(chance: random.Random, mean: float) -> int:
    limit, number, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        number, product = number + 1, product * chance.random()
    return number


def _item(number: int, text: str, at: datetime, chance: random.Random) -> Item:
    likes = int(chance.paretovariate(1.2)) - 1
    return Item(
        platform=chance.choice(PLATFORMS),
        id=f"n-{number}",
        text=text,
        author=f"a-{chance.randrange(4000)}",
        published_at=at,
        observed_at=at,
        likes=min(likes, 3000),
        comments=min(likes // 3, 500),
    )


def calls(items: Sequence[Item], answers: Mapping[str, Prediction]) -> list[Alert]:
    """What the engine would have called people for."""
    heard = [
        Heard(one.published_at or START, one, "论坛", "social", number)
        for number, one in enumerate(items, 1)
    ]
    until = (items[-1].published_at or START) + timedelta(days=3)
    history = History(START, until, tuple(heard), dict(answers), ())
    with tempfile.TemporaryDirectory(prefix="fengsui-night-") as folder:
        app = bootstrap.build_scratch(_settings(folder), lambda: until, Remembered(answers, Absent))
        app.recheck = timedelta(hours=2)
        try:
            return rehearse(app, history, START, lambda _n: None)
        finally:
            app.database.close()


def _settings(folder: str) -> Settings:
    return Settings.model_validate(
        {
            "data_dir": folder,
            "brands": [{"name": BRAND, "platform_notices": False}],
            "people": [{"id": "zhang", "name": "张某"}],
            "oncall": {"levels": [{"name": "值班", "people": ["zhang"]}]},
        }
    )


class Absent:
    """No model: whoever asks it to read a text has one that was not read beforehand."""

    name = "absent"

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Refuse."""
        raise LookupError(f"not read beforehand: {texts[0]}")

    def embed(self, texts: Sequence[str]) -> NDArray[float32]:
        """No direction: every text says nothing of the others."""
        return zeros((len(texts), 1), float32)


def read(texts: Sequence[str]) -> dict[str, Prediction]:
    """The shipped model's answers by the hash of the words that it is asked about."""
    model = bootstrap.shipped_classifier()
    words = {_words(text) for text in texts}
    ordered = sorted(words)
    answers = model.predict(ordered)
    return {_hash(one): answer for one, answer in zip(ordered, answers, strict=True)}


def _words(text: str) -> str:
    """What a text says of the hospital: what the model is asked about."""
    clean = full_text(Item("微博", "x", text))
    matcher = bootstrap.matcher(_settings("unused").brands)
    return own_words(clean, matcher.match(clean), BRAND)


def _hash(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def stored() -> dict[str, Prediction]:
    """The answers that `--write` kept."""
    kept = json.loads(ANSWERS.read_text("utf-8"))
    return {key: _prediction(kept["model"], row) for key, row in kept["answers"].items()}


def _prediction(model: str, row: list[Any]) -> Prediction:
    risk = tuple(RiskScore(code, score) for code, score in row[3])
    return Prediction(row[0], row[1], row[2], risk, row[4], model)


def write(answers: Mapping[str, Prediction]) -> None:
    """Keep the answers for the tests, one a line."""
    lines = [
        f"{json.dumps(key)}: {json.dumps(_row(one), ensure_ascii=False)}"
        for key, one in sorted(answers.items())
    ]
    model = next(iter(answers.values())).model
    body = ",\n".join(lines)
    ANSWERS.write_text(f'{{"model": "{model}", "answers": {{\n{body}\n}}}}\n', encoding="utf-8")


def _row(one: Prediction) -> list[Any]:
    risk = [[each.code, round(each.score, 3)] for each in one.risk]
    return [round(one.negative, 3), round(one.neutral, 3), round(one.positive, 3), risk, one.stance]


def rows(days: int = 365, answers: Mapping[str, Prediction] | None = None) -> dict[str, Any]:
    """The table: what was said, what rang, what woke somebody."""
    items = year(days)
    found = calls(items, answers if answers is not None else read([*WORRIES, *OTHERS]))
    tiers = Counter(one.tier for one in found)
    woke = [one for one in found if one.night and one.tier >= Tier.ORANGE]
    windows = Counter(int((one.rings_at - START).days // 30) for one in woke)
    return {
        "days": days,
        "mentions": len(items),
        "worries": len({one.text for one in items} & set(WORRIES)),
        "yellow": tiers[Tier.YELLOW],
        "orange": tiers[Tier.ORANGE],
        "red": tiers[Tier.RED],
        "woken": len(woke),
        "per_30_days": round(len(woke) * 30 / days, 2),
        "worst_30_days": max(windows.values(), default=0),
        "causes": [f"{one.tier.key} {one.rings_at:%m-%d %H:%M}Z {one.topic}" for one in found],
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    answers = read([*WORRIES, *OTHERS])
    if asked.write:
        write(answers)
    for name, value in rows(asked.days, answers).items():
        print(f"{name}: {value}" if name != "causes" else "\n".join(value))


if __name__ == "__main__":
    main()
