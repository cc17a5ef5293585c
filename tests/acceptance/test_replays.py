"""Real streams through the real model: the crisis is seen in time, the calm stays calm.

The short form: one brand a stream. `benchmarks/replays.py` plays them all.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ENTRY = (sys.executable, "-c", "from monitor.cli import main; main()")


def replay(folder: Path, name: str, *options: str) -> dict[str, Any]:
    file = folder / "data" / "replays" / f"{name}.jsonl.gz"
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [*ENTRY, "replay", str(file), *options, "--json"], stdout=subprocess.PIPE, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def minutes_to_alarm(answer: dict[str, Any]) -> float:
    loud = [one for one in answer["tiers"] if one["tier"] in ("orange", "red")]
    return loud[0]["minutes_after_first"] if loud else float("inf")


@pytest.mark.timeout(300)
@pytest.mark.needs_shared
@pytest.mark.parametrize(
    ("name", "options", "minutes"),
    [
        ("yongkang_tcm_hospital", ("--brand", "永康中医院", "--alias", "永康市中医院"), 10),
        ("zhihu_2025_qilu_hospital", ("--brand", "齐鲁医院"), 0),
    ],
    ids=["an infection rumour within ten minutes", "a hot-list scandal with its first snapshot"],
)
def test_a_real_crisis_is_seen_in_time(
    shared: Path, name: str, options: tuple[str, ...], minutes: float
) -> None:
    answer = replay(shared, name, *options)

    assert minutes_to_alarm(answer) <= minutes
    assert set(answer) == {"brand", "mentions", "matched", "first_published_at", "tiers", "seconds"}


@pytest.mark.timeout(300)
@pytest.mark.needs_shared
@pytest.mark.parametrize("brand", ["华山医院", "平山县医院"])
def test_condolences_and_calls_for_help_stay_below_orange(shared: Path, brand: str) -> None:
    answer = replay(shared, "calm_mentions", "--brand", brand)

    assert answer["matched"] > 0
    assert minutes_to_alarm(answer) == float("inf")
    assert len([one for one in answer["tiers"] if one["tier"] == "yellow"]) <= 1
