"""Deliveries of call transcripts: signatures, formats, and a watched folder."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawlers.connectors.base import WrongShapeError
from crawlers.importers.record import parse_item
from crawlers.receivers.folder import new_files
from crawlers.receivers.signature import SIGNATURE, TIMESTAMP, UnsignedError, sign, verify
from crawlers.receivers.transcripts import read_transcripts

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SECRET = "not-a-real-secret"
BODY = '{"call_id": "1", "text": "排队"}'.encode()
CALL = {
    "call_id": "c1",
    "started_at": "2026-11-22T09:00:00+08:00",
    "agent_group": "门诊",
    "caller_hash": "ab12",
    "transcript": [
        {"role": "agent", "begin_ms": 0, "text": "您好"},
        {"role": "customer", "begin_ms": 900, "text": "清河互联网医院退费一直没到"},
    ],
}


def test_what_was_signed_with_the_secret_is_taken_once() -> None:
    headers = sign(SECRET, NOW, BODY)
    taken = verify(SECRET, headers, BODY, NOW + timedelta(minutes=4), ())
    with pytest.raises(UnsignedError) as refused:
        verify(SECRET, headers, BODY, NOW, {taken})
    assert refused.value.status == 409


@pytest.mark.parametrize(
    ("secret", "changed", "body", "later", "status"),
    [
        ("another-long-secret", {}, BODY, 0, 401),
        (SECRET, {}, BODY + b" ", 0, 401),
        (SECRET, {TIMESTAMP: "1795312801"}, BODY, 0, 401),
        (SECRET, {SIGNATURE: ""}, BODY, 0, 401),
        (SECRET, {SIGNATURE: "sha256=签名"}, BODY, 0, 401),
        (SECRET, {}, BODY, 6, 401),
        (SECRET, {}, BODY, -6, 401),
        ("short", {}, BODY, 0, 503),
    ],
)
def test_what_is_forged_changed_stale_or_unprotected_is_refused(
    secret: str, changed: dict[str, str], body: bytes, later: int, status: int
) -> None:
    headers = {**sign(SECRET, NOW, BODY), **changed}
    with pytest.raises(UnsignedError) as refused:
        verify(secret, headers, body, NOW + timedelta(minutes=later), ())
    assert refused.value.status == status


def test_a_timestamp_that_is_no_number_is_refused_though_it_was_signed() -> None:
    digest = hmac.new(SECRET.encode(), b"soon." + BODY, hashlib.sha256).hexdigest()
    with pytest.raises(UnsignedError, match="时钟"):
        verify(SECRET, {TIMESTAMP: "soon", SIGNATURE: f"sha256={digest}"}, BODY, NOW, ())


def test_a_call_keeps_what_the_caller_said_and_is_private() -> None:
    (record,) = read_transcripts(json.dumps(CALL)).records
    assert record == {
        "platform": "hotline",
        "id": "c1",
        "text": "清河互联网医院退费一直没到",
        "author": "ab12",
        "published_at": "2026-11-22T09:00:00+08:00",
        "private": True,
        "raw": {"kind": "call", "channel": "门诊"},
    }
    assert parse_item({**record, "observed_at": NOW.isoformat()}, NOW).private


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([CALL, CALL]),
        f"{json.dumps(CALL)}\n{json.dumps(CALL)}\n",
        "\ufeffcall_id,started_at,text\n1,2026-11-22 09:00,排队\n2,2026-11-22 09:05,退费\n",
    ],
)
def test_calls_come_as_a_list_as_lines_or_as_a_table(text: str) -> None:
    assert len(read_transcripts(text).records) == 2


def test_a_bad_call_costs_only_itself_and_a_file_of_none_is_refused() -> None:
    reading = read_transcripts(f'{json.dumps(CALL)}\n{{"call_id": \n')
    assert (len(reading.records), reading.total) == (1, 2)
    with pytest.raises(WrongShapeError):
        read_transcripts("姓名,年龄\n张某,3\n")


def put(folder: Path, name: str, content: bytes, age: float = 60) -> Path:
    path = folder / name
    path.write_bytes(content)
    then = NOW.timestamp() - age
    os.utime(path, (then, then))
    return path


def test_a_folder_gives_each_file_once_and_again_when_it_changed(tmp_path: Path) -> None:
    path = put(tmp_path, "a.jsonl", json.dumps(CALL).encode())
    put(tmp_path, "笔记.txt", b"x")
    put(tmp_path, "b.jsonl", b"{", age=1)
    (first,) = new_files(tmp_path, {}, NOW)
    assert (first.name, first.reading and len(first.reading.records)) == ("a.jsonl", 1)
    known = {first.name: first.stamp}
    assert list(new_files(tmp_path, known, NOW)) == []
    put(tmp_path, path.name, json.dumps([CALL, CALL]).encode())
    assert len(list(new_files(tmp_path, known, NOW))) == 1


def test_a_file_that_cannot_be_read_says_why_and_costs_only_itself(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", "姓名\n张某\n".encode("gb18030"))
    put(tmp_path, "b.json", b"{}")
    put(tmp_path, "c.json", json.dumps(CALL).encode())
    found = list(new_files(tmp_path, {}, NOW))
    assert [bool(one.problem) for one in found] == [True, True, False]
    assert "UTF-8" in found[0].problem
