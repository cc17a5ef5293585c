"""Every format we read, in every container and every state a file may be in."""

from __future__ import annotations

import gzip
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from import_samples import NOW, SAMPLES, Row, Sample, as_csv, as_xlsx, packed

from crawlers.importers.export import Export
from crawlers.importers.rows import Rejected, UnreadableError
from crawlers.items import Item

CASES = [(one, container) for one in SAMPLES for container in one.containers]
# One sample a format and container is enough where the reader's own code does not matter.
FEW = list({(one.format, kind): (one, kind) for one, kind in CASES}.values())


def name_of(value: object) -> str:
    return str(value)


def read(path: Path, content: bytes, **options: Any) -> tuple[list[Item], list[Rejected], Export]:
    path.write_bytes(content)
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    export = Export(path, NOW, **options)
    entries = list(export)
    return (
        [one for one in entries if isinstance(one, Item)],
        [one for one in entries if isinstance(one, Rejected)],
        export,
    )


def with_first(rows: Sequence[Row], **changes: Any) -> list[Row]:
    return [{**rows[0], **changes}, *rows[1:]]


@pytest.mark.parametrize(("sample", "container"), CASES, ids=name_of)
def test_a_good_file_is_recognised_and_read(tmp_path: Path, sample: Sample, container: str) -> None:
    items, rejected, export = read(tmp_path / "export", packed(sample, container))

    assert rejected == []
    assert list(export.found.formats) == [sample.format]
    assert len(items) == len(sample.rows) + sample.more
    assert {name: getattr(items[0], name) for name in sample.first} == dict(sample.first)
    assert export.found.columns["text" if sample.name != "newsnow" else "title"] != []
    assert export.share() > 0.49


@pytest.mark.parametrize(("sample", "container"), FEW, ids=name_of)
def test_a_second_reading_gives_the_same_mentions(
    tmp_path: Path, sample: Sample, container: str
) -> None:
    content = packed(sample, container)
    assert read(tmp_path / "a", content)[0] == read(tmp_path / "b", content)[0]


@pytest.mark.parametrize(("sample", "container"), FEW, ids=name_of)
def test_half_a_file_gives_only_whole_mentions_and_says_so(
    tmp_path: Path, sample: Sample, container: str
) -> None:
    rows = [sample.rows[0] for _ in range(20)]
    content = packed(sample, container, rows)
    whole = read(tmp_path / "whole", content)[0]

    content = content[: len(content) * 6 // 10 - 7]
    if container == "xlsx":
        with pytest.raises(UnreadableError, match="不完整"):
            read(tmp_path / "half", content)
        return
    items, rejected, _ = read(tmp_path / "half", content)
    assert 0 < len(items) < len(whole)
    assert set(map(str, items)) <= set(map(str, whole))
    assert len(rejected) == 1


@pytest.mark.parametrize(
    "content", [b"", b"\xef\xbb\xbf", b" \r\n\r\n"], ids=["none", "mark", "blank"]
)
def test_an_empty_file_holds_nothing(tmp_path: Path, content: bytes) -> None:
    items, rejected, export = read(tmp_path / "export", content)
    assert (items, rejected, export.found.notes) == ([], [], ["文件里没有内容"])


@pytest.mark.parametrize(("sample", "container"), FEW, ids=name_of)
def test_a_file_without_words_is_refused_in_chinese(
    tmp_path: Path, sample: Sample, container: str
) -> None:
    wordless = {"id", "_id", "note_id", "发布时间", "created_at", "create_time", "likes"}
    rows = [
        {key: row[key] for key in row if key in wordless} or {"别的": "1"} for row in sample.rows
    ]
    bare = Sample("bare", "", rows, {}, "", "", (container,))
    content = packed(bare, container)
    if container in {"csv", "xlsx"}:
        with pytest.raises(UnreadableError, match="表头"):
            read(tmp_path / "export", content)
        return
    items, rejected, _ = read(tmp_path / "export", content)
    assert items == []
    assert len(rejected) == 2
    assert "认不出" in rejected[0].reason


@pytest.mark.parametrize(("sample", "container"), FEW, ids=name_of)
def test_a_huge_text_costs_only_its_own_row(tmp_path: Path, sample: Sample, container: str) -> None:
    if container == "xlsx":
        pytest.skip("Excel 的一格最多 32767 个字")
    rows = with_first(sample.rows, **{sample.text: "长" * 1_100_000})
    items, rejected, _ = read(tmp_path / "export", packed(sample, container, rows))
    assert len(items) >= 1
    assert "超过上限 1000000 个字" in rejected[0].reason
    assert len(rejected[0].text) <= 2000


@pytest.mark.parametrize(("sample", "container"), FEW, ids=name_of)
def test_a_formula_is_text_or_nothing(tmp_path: Path, sample: Sample, container: str) -> None:
    formula = '=HYPERLINK("http://x.example","清河医院")'
    rows = with_first(sample.rows, **{sample.text: formula})
    items, rejected, _ = read(tmp_path / "export", packed(sample, container, rows))
    if container == "xlsx":  # a workbook keeps a formula apart from its value; nobody computed one
        assert not any("HYPERLINK" in item.text for item in items)
        assert len(items) + len(rejected) >= 2
    else:
        assert formula in items[0].text + items[0].title


@pytest.mark.parametrize(("sample", "container"), FEW, ids=name_of)
def test_a_date_without_year_is_the_last_one_before_the_file_was_saved(
    tmp_path: Path, sample: Sample, container: str
) -> None:
    if sample.format in {"jsonl", "newsnow"}:
        pytest.skip("这个格式的时间是机器写的")
    rows = with_first(sample.rows, **{sample.time: "11-20 18:05"})
    items, _, _ = read(tmp_path / "export", packed(sample, container, rows))
    assert items[0].published_at == datetime.fromisoformat("2026-11-20T18:05:00+08:00")
    assert items[0].raw["published_precision"] == "guessed"


@pytest.mark.parametrize(("sample", "container"), FEW, ids=name_of)
def test_an_unreadable_date_names_the_column_of_the_file(
    tmp_path: Path, sample: Sample, container: str
) -> None:
    if sample.format in {"jsonl", "newsnow"}:
        pytest.skip("这个格式的时间是机器写的")
    rows = with_first(sample.rows, **{sample.time: "很久以前"})
    _, rejected, _ = read(tmp_path / "export", packed(sample, container, rows))
    assert f"「{sample.time}」列的时间「很久以前」看不懂" in rejected[0].reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(
    "sample", [one for one in SAMPLES if one.containers[0] == "csv"], ids=name_of
)
def test_a_csv_is_read_in_every_encoding_that_excel_writes(
    tmp_path: Path, sample: Sample, encoding: str
) -> None:
    content = as_csv(sample.rows).encode(encoding)
    items, rejected, _ = read(tmp_path / "export", content)
    assert rejected == []
    assert sample.rows[0][sample.text] in items[0].text


def test_bytes_of_another_encoding_cost_only_their_row(tmp_path: Path) -> None:
    sample = next(one for one in SAMPLES if one.name == "table")
    good = as_csv([sample.rows[0] | {"文章编号": f"n{n}"} for n in range(5)]).encode()
    bad = good.splitlines()[1].decode().replace("n0", "gbk").encode("gb18030")
    items, rejected, _ = read(tmp_path / "export", good + bad + b"\r\n")
    assert len(items) == 5
    assert [(one.line, "乱码" in one.reason) for one in rejected] == [(7, True)]


def test_a_gzip_is_opened_and_a_cut_one_gives_what_it_has(tmp_path: Path) -> None:
    sample = next(one for one in SAMPLES if one.name == "weibo-search")
    rows = [sample.rows[0] | {"id": str(n), "微博正文": os.urandom(40).hex()} for n in range(2000)]
    content = gzip.compress(packed(sample, "csv", rows))
    assert len(read(tmp_path / "whole", content)[0]) == 2000
    items, rejected, _ = read(tmp_path / "cut", content[: len(content) // 2])
    assert len(items) > 500
    assert "不完整" in rejected[-1].reason


def test_a_title_and_blank_rows_above_the_header_are_no_trouble(tmp_path: Path) -> None:
    sample = next(one for one in SAMPLES if one.name == "table")
    content = "舆情日报\r\n导出时间：2026-11-22\r\n\r\n" + as_csv(sample.rows)
    items, rejected, _ = read(tmp_path / "export", content.encode("gb18030"))
    assert (len(items), rejected) == (2, [])


@pytest.mark.parametrize("mark", ["\t", ";", "，"])
def test_other_separators_are_found(tmp_path: Path, mark: str) -> None:
    content = f"平台{mark}编号{mark}内容\n微博{mark}1{mark}清河医院排队\n"
    items, _, _ = read(tmp_path / "export", content.encode())
    assert [(item.platform, item.id) for item in items] == [("weibo", "1")]


def test_an_unquoted_comma_and_an_open_quote_are_named_with_their_line(tmp_path: Path) -> None:
    content = '平台,编号,内容\n微博,1,排队,两小时\n微博,2,好\n微博,3,"没写完\n微博,4,好\n'
    items, rejected, _ = read(tmp_path / "export", content.encode())
    assert [item.id for item in items] == ["2"]
    assert [one.line for one in rejected] == [2, 4]
    assert "逗号可能没有用引号括起来" in rejected[0].reason
    assert "引号没有配对" in rejected[1].reason


def test_ids_that_excel_spoilt_are_refused_and_wrapped_ones_unwrapped(tmp_path: Path) -> None:
    content = '平台,编号,内容\n微博,4.83E+15,一\n微博,"=""4829255386537989""",二\n微博,12.0,三\n'
    items, rejected, _ = read(tmp_path / "export", content.encode())
    assert [item.id for item in items] == ["4829255386537989", "12"]
    assert "科学计数" in rejected[0].reason


def test_rows_without_a_number_get_the_same_one_every_time(tmp_path: Path) -> None:
    content = (
        "标题,内容,链接,点赞\n一,清河医院,https://news.example.cn/1?utm_source=x,{n}\n"
        "二,清河医院,,{n}\n"
    )
    first = read(tmp_path / "a", content.format(n=1).encode(), platform="news")[0]
    again = read(tmp_path / "b", content.format(n=9).encode(), platform="news")[0]
    assert [item.id for item in first] == [item.id for item in again]
    assert first[0].id == "https://news.example.cn/1"
    assert first[1].id.startswith("row:")


def test_comments_on_one_page_stay_apart(tmp_path: Path) -> None:
    content = (
        "链接,评论内容,评论人\nhttps://weibo.com/1/A,排队久,甲\nhttps://weibo.com/1/A,态度差,乙\n"
    )
    items, _, _ = read(tmp_path / "export", content.encode())
    assert len({item.id for item in items}) == 2
    assert {item.platform for item in items} == {"weibo"}


def test_a_row_of_no_known_platform_says_what_to_add(tmp_path: Path) -> None:
    content = "标题,内容\n一,清河医院\n"
    items, rejected, _ = read(tmp_path / "export", content.encode())
    assert items == []
    assert "请加一列「平台」，或在命令里写 --platform 微博" in rejected[0].reason


@pytest.mark.parametrize("name", ["客服电话", "在线问诊", "社群"])
def test_records_of_a_brands_own_customers_are_marked_private(tmp_path: Path, name: str) -> None:
    items, _, _ = read(tmp_path / "export", f"渠道,编号,内容\n{name},1,退费\n".encode())
    assert items[0].private


def test_every_sheet_of_a_workbook_is_read_and_others_are_named(tmp_path: Path) -> None:
    samples = {one.name: one for one in SAMPLES}
    content = as_xlsx(
        samples["mediacrawler-weibo-post-new"].rows,
        Comments=samples["mediacrawler-weibo-comment-new"].rows,
        说明=[{"说明": "本表由工具导出", "": ""}],
        Creators=[{"user_id": "1", "nickname": "甲", "fans": "3", "follows": "4"}],
    )
    items, rejected, export = read(tmp_path / "export", content)
    assert (len(items), rejected) == (4, [])
    assert [note[:12] for note in export.found.notes] == [
        "工作表「说明」没有导入：",
        "是 MediaCrawl",
    ]


def test_dates_and_numbers_of_a_workbook_are_understood(tmp_path: Path) -> None:
    rows = [
        {
            "平台": "知乎",
            "编号": 12,
            "内容": "清河医院",
            "时间": datetime.fromisoformat("2026-11-20T18:05"),
            "点赞": 3.0,
        },
        {"平台": "知乎", "编号": 13, "内容": "清河医院", "时间": 46346.5, "点赞": None},
        {"平台": "知乎", "编号": 4.8e17, "内容": "清河医院", "时间": None, "点赞": None},
    ]
    items, rejected, _ = read(tmp_path / "export", as_xlsx(rows))
    assert [(item.id, item.likes) for item in items] == [("12", 3), ("13", None)]
    assert items[0].published_at == datetime.fromisoformat("2026-11-20T18:05:00+08:00")
    assert items[1].published_at == datetime.fromisoformat("2026-11-20T12:00:00+08:00")
    assert len(rejected) == 1


def test_counters_that_were_read_when_the_file_was_saved_are_no_news_the_second_time(
    tmp_path: Path,
) -> None:
    (item,), _, _ = read(tmp_path / "export", "平台,编号,内容\n微博,1,好\n".encode())
    assert item.observed_at == NOW
    later = Export(tmp_path / "export", NOW + timedelta(days=1))
    assert list(later) == [item]


def test_json_lines_of_several_shapes_in_one_file_are_all_read(tmp_path: Path) -> None:
    chosen = [one for one in SAMPLES if "jsonl" in one.containers]
    content = b"".join(packed(one, "jsonl") for one in chosen)
    items, rejected, export = read(tmp_path / "export", content)
    assert (len(items), rejected) == (2 * len(chosen), [])
    assert set(export.found.formats) == {"mediacrawler", "weibo-spider", "jsonl"}
