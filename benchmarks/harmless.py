"""Ten companies that a hot list names without anybody being harmed: none may reach ORANGE.

    .venv/bin/python benchmarks/harmless.py ../shared/data/replays

The ten were picked by reading the titles of both hot-list streams, before any of them was played:
prices, products, takeovers, pay, games. Only entries that name the company are played, since the
others would be left out as unmatched anyway.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from crawlers.importers.jsonl import Rejected, read_items
from crawlers.items import Item
from models.prediction import Classifier
from monitor import bootstrap, replay
from monitor.clock import utc_now
from monitor.config import BrandConfig, Settings

EARLY, LATE = "zhihu_2021_liposuction_death", "zhihu_2025_qilu_hospital"
COMPANIES = (
    (EARLY, "华为"),
    (EARLY, "腾讯"),
    (EARLY, "京东"),
    (EARLY, "苹果"),
    (EARLY, "微软"),
    (EARLY, "茅台"),
    (EARLY, "蜜雪冰城"),
    (LATE, "米哈游"),
    (LATE, "小米"),
    (LATE, "英伟达"),
)


def rows(folder: Path, model: Classifier | None = None) -> list[dict[str, Any]]:
    """One row a company: what matched, and the highest tier."""
    known = model or bootstrap.shipped_classifier()
    return [_row(folder / f"{stream}.jsonl.gz", name, known) for stream, name in COMPANIES]


def _row(file: Path, name: str, model: Classifier) -> dict[str, Any]:
    items = list(_naming(file, name))
    with tempfile.TemporaryDirectory(prefix="fengsui-harmless-") as folder:
        brand = BrandConfig(name=name, platform_notices=False)
        settings = Settings(data_dir=Path(folder), brands=(brand,))
        app = bootstrap.build_scratch(settings, utc_now, replay.Remembering(model))
        try:
            result = replay.run(app, name, items)
        finally:
            app.database.close()
    highest = max((change.tier for change in result.tiers), default=None)
    return {
        "company": name,
        "stream": file.name.partition(".")[0],
        "matched": result.matched,
        "highest": highest.key if highest is not None else "none",
        "reasons": [change.reason for change in result.tiers],
        "holds": all(change.tier.key not in {"orange", "red"} for change in result.tiers),
    }


def _naming(file: Path, name: str) -> Iterator[Item]:
    for one in read_items(file, utc_now()):
        if not isinstance(one, Rejected) and name in f"{one.title}{one.text}":
            yield one


def main(folder: Path) -> None:
    """Print the table."""
    for row in rows(folder):
        mark = "ok " if row["holds"] else "BAD"
        print(f"{mark} {row['company']}: {row['matched']} matched, highest {row['highest']}")
        for reason in row["reasons"]:
            print(f"      {reason}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
