"""Turns what was received into the outcome of a run, as a crawl child hands it over; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from crawlers.connectors.base import Reading
from crawlers.cursor import digest
from crawlers.importers.record import parse_item
from crawlers.items import Item, ItemError
from crawlers.protocol import CrawlOutcome, CrawlRequest, Problem
from crawlers.receivers.folder import Found, new_files
from crawlers.system_errors import reason

MOST_FILES = 50  # in one run; the rest a minute later


def read_calls(request: CrawlRequest) -> CrawlOutcome:
    """Read the new files of a folder; `cursor` remembers every file that is still there.

    It remembers them by a hash: a file may be called by a caller's number.
    """
    folder = Path(str(request.options["folder"]))
    known: Mapping[str, str] = request.cursor.get("files", {})
    bad: Mapping[str, str] = request.cursor.get("bad", {})
    try:
        names = {digest(path.name): path.name for path in folder.iterdir()}
        found = _some(new_files(folder, _by_name(known, names), request.now))
    except OSError as error:
        return failed(request, "folder", f"文件夹打不开（{reason(error)}）：{folder}")
    fresh = {digest(one.name): one for one in found}
    stamps = {mark: stamp for mark, stamp in known.items() if mark in names}
    bad = {mark: why for mark, why in bad.items() if mark in names.keys() - fresh.keys()}
    bad |= {mark: one.problem for mark, one in fresh.items() if one.problem}
    items, problems = _items(request, found)
    problems = [*_named(request, _by_name(bad, names)), *problems]
    cursor = {"files": stamps | {mark: one.stamp for mark, one in fresh.items()}, "bad": bad}
    return outcome(items, cursor, problems, found=found)


def _by_name(kept: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {names[mark]: said for mark, said in kept.items() if mark in names}


def _some(found: Iterable[Found]) -> list[Found]:
    return [one for one, _ in zip(found, range(MOST_FILES), strict=False)]


def _named(request: CrawlRequest, bad: Mapping[str, str]) -> list[Problem]:
    """Name a file for as long as it lies there unread."""
    return [
        Problem("bad_file", "", f"「{request.source}」的文件 {name}：{why}")
        for name, why in bad.items()
    ]


def _items(request: CrawlRequest, found: list[Found]) -> tuple[list[Item], list[Problem]]:
    items: list[Item] = []
    problems: list[Problem] = []
    for one in found:
        if one.reading is None:
            continue
        good, missed = items_of(one.reading, request.now)
        items += good
        if missed:
            said = f"文件 {one.name} 里有 {missed} 通来电读不懂"
            problems.append(Problem("bad_entry", "", f"「{request.source}」的{said}"))
    return items, problems


def items_of(reading: Reading, now: datetime) -> tuple[list[Item], int]:
    """Return the items of a reading, and how many of its rows are none."""
    items = []
    for record in reading.records:
        try:
            items.append(parse_item(record, now))
        except ItemError:
            continue
    return items, reading.total - len(items)


def outcome(
    items: list[Item],
    cursor: dict[str, Any],
    problems: list[Problem],
    *,
    found: list[Found] | None = None,
) -> CrawlOutcome:
    """A run that was read; nothing new is no emptiness, since nobody promised anything."""
    rows = len(items)
    return CrawlOutcome(
        status="ok" if rows else "not_modified",
        items=items,
        cursor=cursor,
        problems=problems,
        facts={"rows": rows, "parsed": rows},
        looked=[one.name for one in found or () if not one.problem],
    )


def failed(request: CrawlRequest, kind: str, sentence: str) -> CrawlOutcome:
    """A run that could not be read; the cursor stays where it was."""
    problem = Problem(kind, "", f"来源「{request.source}」{sentence}")
    return CrawlOutcome("failed", [], dict(request.cursor), [problem], {})
