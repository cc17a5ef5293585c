"""Reads transcripts of calls: JSON, JSON Lines or CSV, to records of mention JSON Lines; pure.

A call: {call_id, started_at, ended_at, agent_group, caller_hash, transcript: [{role, begin_ms,
text}]}; in CSV the columns call_id, started_at, agent_group, caller_hash, text. Only what the
caller said is kept where roles are told apart; telephone numbers are masked before storing, as in
any text. Every record is private.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from crawlers.connectors.base import Reading, WrongShapeError
from crawlers.connectors.shape import Record, Row, read_rows, word

CALLERS = frozenset({"caller", "customer", "user", "patient", "客户", "患者", "来电"})


def read_transcripts(text: str) -> Reading:
    """Return the calls; a bad one only counts, WrongShapeError when all are bad."""
    try:
        return read_rows(_rows(text.lstrip("\ufeff")), _record)
    except csv.Error:
        raise WrongShapeError("的表格读不懂：有一格太长，或引号没有配对") from None


def _rows(text: str) -> Iterator[Any]:
    """Yield what stands for a call; None for a line that cannot be read."""
    start = text.lstrip()[:1]
    if start not in {"{", "["}:
        yield from csv.DictReader(io.StringIO(text))
        return
    whole = _parsed(text)
    if whole is None:
        yield from (_parsed(line) for line in text.splitlines() if line.strip())
    else:
        yield from whole if isinstance(whole, list) else [whole]


def _parsed(text: str) -> Any:  # noqa: ANN401 - whatever was sent
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _record(row: Row) -> Record:
    said, call = _said(row), word(row, "call_id")
    if not (said and call):
        raise KeyError("call_id")
    return {
        "platform": "hotline",
        "id": call,
        "text": said,
        "author": word(row, "caller_hash"),
        "published_at": word(row, "started_at"),
        "private": True,
        "raw": {"kind": "call", "channel": word(row, "agent_group")},
    }


def _said(row: Row) -> str:
    turns = row.get("transcript")
    if not isinstance(turns, list):
        return word(row, "text")
    by_caller = [turn for turn in turns if str(turn.get("role", "")).lower() in CALLERS]
    return "\n".join(word(turn, "text") for turn in by_caller or turns).strip()
