"""Mentions per second through the whole pipeline with the real model, and the memory it takes.

    .venv/bin/python benchmarks/pipeline.py [COUNT]

New texts are made at random from common characters, so that none repeats; a second round is mostly
reposts. The speed of the model alone is printed beside, since it bounds the first round.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from crawlers.items import Item
from models.prediction import Classifier
from monitor import bootstrap, replay
from monitor.app import App
from monitor.clock import utc_now
from monitor.config import BrandConfig, Settings
from monitor.pipeline import settle
from monitor.stations.take_in import take_in

BRAND = "清河互联网医院"
LETTERS = (
    "挂号医生护士排队缴费停车体检报告态度楼层检查药房复诊门口儿科周末等了很久满意失望推荐电话小"
    "程序退费专家上午下午孩子老人病房食堂电梯导诊手续医保"
)
ROUND = 500  # items a transaction, as an import does it


def main(count: int) -> None:
    """Print the figures of both rounds and of the model alone."""
    chance = random.Random(7)  # noqa: S311 - texts for a benchmark
    classifier = bootstrap.shipped_classifier()
    classifier.predict([_text(chance)])
    with replay.scratch_folder() as folder:
        settings = Settings(data_dir=Path(folder), brands=(BrandConfig(name=BRAND),))
        app = bootstrap.build_scratch(settings, utc_now, classifier)
        _model_alone(classifier, [_text(chance) for _ in range(count)])
        new = [_post(number, _text(chance)) for number in range(count)]
        _round("new texts", app, new)
        reposts = [_post(count + n, "转发微博", str(n % 20)) for n in range(count)]
        _round("reposts", app, reposts)
        app.database.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory at most: {memory:.0f} MB")


def _text(chance: random.Random) -> str:
    return f"{BRAND}" + "".join(chance.choices(LETTERS, k=chance.randint(16, 80)))


def _post(number: int, text: str, parent: str | None = None) -> Item:
    at = utc_now() - timedelta(hours=20) + timedelta(seconds=number)
    author = f"author-{number}"
    return Item("weibo", str(number), text, author=author, published_at=at, parent_id=parent)


def _model_alone(classifier: Classifier, texts: list[str]) -> None:
    _timed("model alone", len(texts), lambda: classifier.predict(texts))


def _round(name: str, app: App, items: list[Item]) -> None:
    def work() -> None:
        for start in range(0, len(items), ROUND):
            with app.database.transaction() as session:
                take_in(app, session, items[start : start + ROUND], utc_now(), source="bench")
            settle(app, utc_now())

    _timed(name, len(items), work)


def _timed(name: str, count: int, work: Callable[[], object]) -> None:
    started = time.perf_counter()
    work()
    print(f"{name}: {count / (time.perf_counter() - started):.0f} a second", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
