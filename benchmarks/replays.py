"""Replays every recorded stream and prints when each tier came: the figures of the README.

    .venv/bin/python benchmarks/replays.py ../shared/data/replays [--calm-only]

The calm stream is replayed once for every hospital it names, as a brand of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

CRISES = (
    ("ningbo_women_children_hospital", "宁波妇儿医院", "宁波妇幼医院"),
    ("yongkang_tcm_hospital", "永康中医院", "永康市中医院"),
    ("zhihu_2025_qilu_hospital", "齐鲁医院"),
    ("zhihu_2021_liposuction_death", "华颜医疗美容医院", "华颜医美"),
)
# Every hospital that the calm stream names, by the name it uses.
CALM = (
    "华山医院",
    "新加坡国立医院",
    "北大医院",
    "和睦家医院",
    "安贞医院",
    "港大深圳医院",
    "国立犹太医院",
    "霍普金斯医院",
    "西奈山医院",
    "鱼嘴人民医院",
    "平山县医院",
    "儿童医院",
)


def replay(file: Path, brand: str, *aliases: str) -> dict[str, Any]:
    """What the command prints for one brand."""
    options = [word for alias in aliases for word in ("--alias", alias)]
    code = "from monitor.cli import main; main()"
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code, "replay", str(file), "--brand", brand, *options, "--json"],
        stdout=subprocess.PIPE,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def show(name: str, answer: dict[str, Any]) -> None:
    """One line a stream, one line a change of tier."""
    rate = answer["mentions"] / max(0.01, answer["seconds"])
    print(
        f"{name} · {answer['brand']}: {answer['matched']} of {answer['mentions']} matched, "
        f"{answer['seconds']} s ({rate:.0f} mentions/s)",
        flush=True,
    )
    for change in answer["tiers"]:
        print(
            f"    {change['tier']:7} +{change['minutes_after_first']:.1f} min  {change['reason']}"
        )


def yellows_a_day(answer: dict[str, Any]) -> int:
    """The most times that YELLOW was lit on one day in Shanghai."""
    days = Counter(
        datetime.fromisoformat(one["at"]).date() for one in answer["tiers"] if one["tier"] != "none"
    )
    return max(days.values(), default=0)


def main(folder: Path, *, calm_only: bool) -> None:
    """Replay everything and sum up the calm stream."""
    for name, *names in () if calm_only else CRISES:
        show(name, replay(folder / f"{name}.jsonl.gz", *names))
    calm = folder / "calm_mentions.jsonl.gz"
    answers = [replay(calm, name) for name in CALM]
    for answer in answers:
        show("calm_mentions", answer)
    loud = [a for a in answers if any(t["tier"] in ("orange", "red") for t in a["tiers"])]
    worst = max(map(yellows_a_day, answers), default=0)
    print(f"calm: {len(answers)} hospitals, {len(loud)} with ORANGE or RED, {worst} YELLOW a day")


if __name__ == "__main__":
    main(Path(sys.argv[1]), calm_only="--calm-only" in sys.argv)
