"""What is due at the next reading."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawlers import cursor as memory
from crawlers.protocol import CrawlRequest, request_from_json, request_to_json
from crawlers.runner import Heard, Problem, _hear, _merged, _next_cursor

URL = "https://forum.example.cn/feed"
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def a_request(**changes: object) -> CrawlRequest:
    return CrawlRequest("论坛", "forum", URL, Path("cache"), NOW, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mark", "need"),
    [
        (None, "article"),
        (("a", "c", 0), "nothing"),
        (("old", "c", 0), "article"),
        (("a", "old", 0), "counters"),
        (("a", "c", 1), "retry"),
        (("a", "c", memory.MAX_TRIES), "nothing"),
        (("", "", 1), "feed_only"),
    ],
)
def test_an_entry_needs_what_its_mark_says(mark: memory.Mark | None, need: memory.Need) -> None:
    assert memory.need_of(mark, "a", "c") == need


def test_validators_are_quoted_only_to_the_address_that_gave_them() -> None:
    record = {"url": URL, "etag": '"v1"', "modified": "Sun", "marks": {}}
    assert memory.load(record, URL).conditions() == {
        "If-None-Match": '"v1"',
        "If-Modified-Since": "Sun",
    }
    assert memory.load(record, URL + "2").conditions() == {}


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"marks": None},
        {"marks": {"k": [1]}},
        {"marks": {"k": None}},
        {"marks": [1]},
        {"etag": 5},
    ],
)
def test_a_cursor_of_an_unknown_shape_starts_afresh(record: dict[str, object]) -> None:
    assert memory.load(record, URL).marks == {}


def test_the_oldest_marks_are_forgotten_first() -> None:
    marks = {str(n): ("a", "b", 0) for n in range(memory.MAX_MARKS + 10)}
    kept = memory.dump(memory.Cursor(URL, marks=marks))["marks"]
    assert (len(kept), "9" in kept, "10" in kept) == (memory.MAX_MARKS, False, True)


def test_a_page_that_killed_the_child_is_read_from_the_feed_next_time() -> None:
    """It would otherwise kill every later run and bar the way for all behind it."""
    heard = Heard()
    feed = {"event": "feed", "entries": 2, "complete": True, "etag": '"v1"', "modified": ""}
    for event in (feed, {"event": "trying", "key": "k"}):
        _hear(heard, event, a_request())

    cursor = memory.load(_next_cursor(a_request(), heard, "failed", {}), URL)

    assert memory.need_of(cursor.marks["k"], "a", "c") == "feed_only"
    assert cursor.has_unfinished()
    assert cursor.conditions() == {}


def test_a_request_reaches_the_child_as_it_was() -> None:
    request = a_request(cursor={"marks": {"k": ["a", "b", 0]}}, max_items=7)
    assert request_from_json(request_to_json(request)) == request


def test_many_problems_of_one_kind_are_said_once_with_their_number() -> None:
    problems = [
        Problem("timeout", "u1", "慢一"),
        Problem("robots", "u", "禁"),
        Problem("timeout", "u2", "慢二"),
    ]
    assert [problem.message_zh for problem in _merged(problems)] == [
        "慢一（同类问题共 2 处）",
        "禁",
    ]
