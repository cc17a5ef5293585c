"""Labelled texts of the reader's own: what is taken, and what is refused by line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from models.labelled import DataError, check_folder, read_file, read_sets


def put(path: Path, *rows: Any) -> Path:
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    packed = gzip.compress(lines.encode()) if path.suffix == ".gz" else lines.encode()
    path.write_bytes(packed)
    return path


def labelled(**more: Any) -> dict[str, Any]:
    return {"text": "护士很耐心", "polarity": "positive", **more}


@pytest.mark.parametrize("name", ["own.jsonl", "own.jsonl.gz"])
def test_a_file_of_ones_own_is_one_set_named_after_it(tmp_path: Path, name: str) -> None:
    sets = read_sets(put(tmp_path / name, labelled()))
    assert list(sets) == ["own"]
    assert sets["own"][0].stance is None


def test_a_folder_of_other_files_is_a_set_a_file(tmp_path: Path) -> None:
    put(tmp_path / "a.jsonl", labelled())
    put(tmp_path / "b.jsonl.gz", labelled(), labelled())
    assert {name: len(cases) for name, cases in read_sets(tmp_path).items()} == {"a": 1, "b": 2}


def test_codes_without_a_stance_are_an_allegation_and_an_empty_list_is_none(tmp_path: Path) -> None:
    path = put(tmp_path / "own.jsonl", labelled(risk=["fees_fraud"]), labelled(risk=[]))
    assert [(one.risk, one.stance) for one in read_file(path)] == [
        (("fees_fraud",), "alleged"),
        ((), "none"),
    ]


def test_the_cleaner_is_applied_to_the_texts_of_own_files(tmp_path: Path) -> None:
    path = put(tmp_path / "own.jsonl", labelled(text="醫院"))
    sets = read_sets(path, clean=lambda text: text.replace("醫", "医"))
    assert sets["own"][0].text == "医院"


def test_blank_lines_and_a_byte_order_mark_are_no_faults(tmp_path: Path) -> None:
    path = put(tmp_path / "own.jsonl", labelled())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\n\r\n")
    assert len(read_file(path)) == 1


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"polarity": "negative"}, "没有 text"),
        ({"text": None, "polarity": "negative"}, "没有 text"),
        (labelled(polarity="差评"), "现在是「差评」"),
        ({"text": "好"}, "现在是空的"),
        (labelled(polarity=["negative"]), "polarity"),
        (labelled(risk="fees_fraud"), "risk"),
        (labelled(risk=["乱收费"]), "risk"),
        (labelled(risk=[["fees_fraud"]]), "risk"),
        (labelled(risk=[], stance="maybe"), "stance"),
        (["护士"], "不是一个对象"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(tmp_path: Path, row: Any, told: str) -> None:
    path = put(tmp_path / "own.jsonl", labelled(), row)
    with pytest.raises(DataError, match="第 2 行") as refused:
        read_file(path)
    assert told in str(refused.value)


def test_of_many_bad_lines_the_first_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text("{\n" * 9, encoding="utf-8")
    with pytest.raises(DataError, match="第 5 行：不是 JSON\n还有 4 行也不对"):
        read_file(path)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x1f\x8b broken"])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "own.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(DataError, match="读不出来"):
        read_file(path)


def test_an_empty_file_an_empty_folder_and_no_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="一条也没有"):
        read_file(put(tmp_path / "own.jsonl"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="里没有"):
        check_folder(tmp_path / "empty")
    with pytest.raises(DataError, match="找不到"):
        read_sets(tmp_path / "gone")
