"""Files that are no exports, and workbooks that mean harm, end in a Chinese sentence."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from import_samples import NOW, as_xlsx

from crawlers.importers import workbook
from crawlers.importers.export import Export
from crawlers.importers.rows import Rejected, UnreadableError

ROWS = [{"平台": "微博", "编号": "1", "内容": "清河医院排队"}]


def refused(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(UnreadableError) as error:
        list(Export(path, NOW))
    return str(error.value)


def rewritten(book: bytes, part: str, change: bytes) -> bytes:
    """The workbook with one part replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(stream, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, change if name == part else old.read(name))
    return stream.getvalue()


def zipped(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "是老的 .xls 或加了密码的表格"),
        (b"%PDF-1.7 ...", "是 PDF"),
        (b"SQLite format 3\0", "是 SQLite 数据库"),
        (b"\x89PNG\r\n\x1a\n", "是图片"),
        (b"Rar!\x1a\x07\x00", "是 RAR 压缩包"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "是网页（有的后台把网页存成 .xls）"),
        (zipped(a=b"x"), "是压缩包，不是 .xlsx 表格；请先解压"),
        (b"PK\x03\x04 cut short", "表格文件不完整或已损坏"),
        (bytes(range(256)) * 20, "不是文字也不是表格"),
        ("清河医院 误诊\n+医院\n!电视剧\n\n京东\n".encode(), "像是 TrendRadar 的关键词文件"),
        ("今天天气很好。\n我们去了公园。".encode(), "看不出哪一行是表头"),
        (b'{\n "user": {"id": 1}\n}', "JSON 里没有一列记录"),
        (b"[1, 2", "看不出哪一行是表头"),
        (b'{\n "a": tru', "不是合法的 JSON（第 2 行附近）"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else str(value)[:12],
)
def test_what_is_no_export_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in refused(tmp_path / "file", content)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = rewritten(as_xlsx(ROWS), "xl/worksheets/sheet1.xml", b" " * 50_000_000)
    assert len(bomb) < 100_000
    assert "大得不合常理，没有打开" in refused(tmp_path / "bomb.xlsx", bomb)


def test_a_workbook_may_not_define_entities(tmp_path: Path) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    book = rewritten(as_xlsx(ROWS), "xl/workbook.xml", laughs)
    assert "不该有的 XML 声明" in refused(tmp_path / "book.xlsx", book)


def test_a_row_far_below_the_others_does_not_make_us_count_to_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(as_xlsx(ROWS))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    far = sheet.replace("</sheetData>", '<row r="999999999"><c r="A999999999"/></row></sheetData>')
    path = tmp_path / "book.xlsx"
    path.write_bytes(rewritten(as_xlsx(ROWS), "xl/worksheets/sheet1.xml", far.encode()))
    assert len(list(Export(path, NOW))) == 1


def test_a_wrong_size_in_the_sheet_does_not_hide_its_rows(tmp_path: Path) -> None:
    book = as_xlsx(ROWS * 5)
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    small = sheet.replace('<dimension ref="A1:C6"', '<dimension ref="A1"')
    assert small != sheet
    path = tmp_path / "book.xlsx"
    path.write_bytes(rewritten(book, "xl/worksheets/sheet1.xml", small.encode()))
    assert len(list(Export(path, NOW))) == 5


def test_a_broken_sheet_in_a_whole_workbook_is_said(tmp_path: Path) -> None:
    book = rewritten(as_xlsx(ROWS), "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>")
    assert "请重新导出" in refused(tmp_path / "book.xlsx", book)


def test_the_limits_leave_room_for_a_real_workbook(tmp_path: Path) -> None:
    rows = [ROWS[0] | {"编号": str(n), "内容": f"清河医院排队{n}小时"} for n in range(3000)]
    path = tmp_path / "book.xlsx"
    path.write_bytes(as_xlsx(rows))
    workbook.check(path)
    assert len(list(Export(path, NOW))) == 3000


def test_deeply_nested_json_costs_only_itself(tmp_path: Path) -> None:
    good = json.dumps({"platform": "weibo", "id": "1", "text": "排队"})
    path = tmp_path / "deep.json"
    path.write_text(f'[{good}, {{"a": {"[" * 100_000}', "utf-8")
    item, rejected = Export(path, NOW)
    assert isinstance(rejected, Rejected)
    assert "断了或写坏了" in rejected.reason
    assert not isinstance(item, Rejected)
