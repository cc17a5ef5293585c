"""Topics on posts of our own: what is one event is one topic, in nine of ten pairs and more."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from monitor.clustering import ClusterItem, TopicIndex, signature

ROWS: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "topics.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
_T0 = datetime(2026, 11, 20, 14, tzinfo=UTC)


def _item(number: int) -> ClusterItem:
    row = ROWS[number]
    return ClusterItem(
        id=number,
        brand="清河",
        platform="zhihu" if row.get("title") else "weibo",
        native_id=str(number),
        parent_id=None,
        signature=signature(row["text"]),
        at=_T0 + timedelta(minutes=row["minutes"]),
        codes=(row["code"],) if row["code"] else (),
        particular=row["case"],
        names=("清河医院",),
    )


def topics(order: list[int]) -> dict[int, str]:
    """The topic of each post, after all have come in this order."""
    index, strands, placed = TopicIndex(), dict[int, str](), dict[str, str]()
    for number in order:
        found = index.assign(_item(number))
        for old, new in found.merged:
            strands |= {post: new for post, own in strands.items() if own == old}
            placed |= {own: found.topic_key for own, topic in placed.items() if topic == old}
        placed |= dict(found.moved) | {found.strand_key: found.topic_key}
        strands[number] = found.strand_key
    return {number: placed[strands[number]] for number in order}


def test_nine_of_ten_pairs_are_told_apart_or_joined_rightly() -> None:
    topic = topics(list(range(len(ROWS))))
    pairs = [
        (ROWS[a]["event"] == ROWS[b]["event"], topic[a] == topic[b])
        for a, b in combinations(range(len(ROWS)), 2)
    ]
    hit = pairs.count((True, True))
    wrong = pairs.count((True, False)) + pairs.count((False, True))
    assert hit > 40
    assert 2 * hit / (2 * hit + wrong) >= 0.9


def test_no_grumble_and_no_news_joins_a_case() -> None:
    topic = topics(list(range(len(ROWS))))
    cases = {topic[n] for n, row in enumerate(ROWS) if row["case"]}
    calm = {"wait-1", "wait-2", "food", "manner", "opening", "lecture", "thanks", "job", "general"}
    strays = [
        row["text"] for n, row in enumerate(ROWS) if row["event"] in calm and topic[n] in cases
    ]
    assert strays == []


@pytest.mark.parametrize("event", ["infusion", "leak", "fall", "eyelid", "opening", "lecture"])
def test_an_event_is_one_topic(event: str) -> None:
    topic = topics(list(range(len(ROWS))))
    apart = {topic[n]: row["text"] for n, row in enumerate(ROWS) if row["event"] == event}
    assert len(apart) == 1, apart


def test_any_order_of_arrival_gives_the_same_topics() -> None:
    straight = topics(list(range(len(ROWS))))
    chance = random.Random(3)  # noqa: S311 - a repeatable order
    for _ in range(20):
        order = list(range(len(ROWS)))
        chance.shuffle(order)
        assert topics(order) == straight
