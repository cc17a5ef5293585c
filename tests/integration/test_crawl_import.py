"""Files of mention JSON Lines as people really export them."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawlers.importers.jsonl import MAX_LINE_BYTES, Rejected, read_items
from crawlers.items import Item

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DATA = Path(__file__).parents[1] / "data" / "crawl"


def line(number: int) -> bytes:
    return json.dumps({"platform": "weibo", "id": number, "text": f"排队{number}"}).encode()


def read(tmp_path: Path, content: bytes) -> list[Item | Rejected]:
    path = tmp_path / "mentions.jsonl"
    path.write_bytes(content)
    return list(read_items(path, NOW))


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"{oops", "不是合法的 JSON（第 2 个字符附近）"),
        (b"[1]", "不是 JSON 对象"),
        (b'{"platform":"weibo","text":"x"}', "缺少必填字段 id"),
        (b'{"platform":"weibo","id":1,"id":2,"text":"x"}', "字段 id 写了两次，不知道以哪个为准"),
        (b'{"platform":"weibo","id":1,"text":"x","heat":NaN}', "NaN 不是合法的 JSON 数字"),
        (b'{"platform":"weibo","id":1,"text":"' + "排队".encode("gbk") + b'"}', "不是 UTF-8 编码"),
        (b"\0" * 50, "这一行全是空字节，文件可能没有写完整"),
        (b"[" * 100_000, "JSON 嵌套太深"),
        (b'{"platform":"weibo","id":' + b"1" * 5000 + b"}", "JSON 里有长得不合理的数字"),
        (
            b'{"platform":"weibo","id":1,"text":"x","published_at":"2030-01-01"}',
            "字段 published_at 的时间「2030-01-01」在未来",
        ),
        (b'"' + b"x" * MAX_LINE_BYTES * 2 + b'"', "这一行超过 16 MB，太长了"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value[:12],
)
def test_a_bad_line_is_named_and_costs_nothing_else(
    tmp_path: Path, bad: bytes, reason: str
) -> None:
    first, refused, last = read(tmp_path, b"\n".join([line(1), bad, line(3)]))

    assert isinstance(first, Item)
    assert isinstance(last, Item)
    assert isinstance(refused, Rejected)
    assert refused.line == 2
    assert refused.reason.startswith(reason) or reason in refused.reason
    assert len(refused.text) <= 2000


def test_windows_line_ends_bom_and_blank_lines_are_no_trouble(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + line(1) + b"\r\n\r\n   \n" + line(2) + b"\r\n{\n"
    first, second, refused = read(tmp_path, content)
    assert [first.id, second.id] == ["1", "2"]
    assert refused.line == 5


def test_a_gzip_file_is_known_by_its_content(tmp_path: Path) -> None:
    assert len(read(tmp_path, gzip.compress(line(1) + b"\n" + line(2)))) == 2


def test_a_cut_gzip_file_gives_its_good_lines_and_a_reason(tmp_path: Path) -> None:
    noise = b"".join(line(n) + b"\n" for n in range(5000))
    *good, refused = read(tmp_path, gzip.compress(noise)[:-2000])
    assert len(good) > 100
    assert "压缩文件不完整或已损坏" in refused.reason


def test_utf_16_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (refused,) = read(tmp_path, line(1).decode().encode("utf-16"))
    assert refused.reason == "文件是 UTF-16 编码，请另存为 UTF-8 再导入"


def test_an_empty_file_has_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, b"") == []


def test_the_example_file_of_good_and_bad_lines() -> None:
    read_lines = list(read_items(DATA / "mentions.jsonl", NOW))
    good = [item for item in read_lines if isinstance(item, Item)]
    refused = [(line.line, line.reason) for line in read_lines if isinstance(line, Rejected)]
    assert [item.text for item in good] == [
        "在清河互联网医院排队两个小时，没有人解释",
        "😡😡😡",
        "退费终于到账了，谢谢客服",
    ]
    assert refused == [
        (3, "不是合法的 JSON（第 14 个字符附近）"),
        (4, "缺少必填字段 id"),
        (6, "字段 likes 是负数（-2），计数不能小于 0"),
    ]
