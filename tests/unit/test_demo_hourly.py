"""The demo's table of messages per person and hour."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from monitor.demo import hourly

NINE = datetime.fromisoformat("2026-11-22T09:00+08:00")
TEN = datetime.fromisoformat("2026-11-22T10:00+08:00")
NAMES = {"zhang": "张某", "li": "李某某"}


def test_it_has_a_line_a_person_and_a_column_an_hour() -> None:
    usual = Counter({("zhang", NINE): 2, ("operator", TEN): 7})
    reds = Counter({("zhang", TEN): 1, ("li", TEN): 1})

    assert list(hourly.table(usual, reds, NAMES)) == [
        "        09时 10时",
        "李某某     ·   +1",
        "张某       2   +1",
        "运维       ·    7",
    ]


def test_six_an_hour_are_calm_and_seven_are_not_but_for_the_operator() -> None:
    assert hourly.is_calm(Counter({("zhang", NINE): 6, ("operator", NINE): 9}))
    assert not hourly.is_calm(Counter({("zhang", NINE): 7}))
