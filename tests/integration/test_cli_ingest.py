"""`fengsui ingest` and `fengsui watch convert`, as people type them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from cli_world import START, World, build
from crawl_site import Page, Site, article
from import_samples import SAMPLES, packed

from monitor.config import load

CSV = (
    "平台,编号,正文,作者,发布时间,点赞\n"
    "微博,1,清河医院排队三小时 电话13812345678,张某,2026-11-21 10:00,1.2万\n"
    "知乎,2,今天天气好,李某,11-20 18:05,3\n"
    "微博,3,清河医院退费,王某,很久以前,4\n"
    "客服电话,4,清河医院退费,赵某,2026-11-21 10:00,\n"
)


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    return build(tmp_path, monkeypatch, capsys)


def put(world: World, name: str, content: str | bytes) -> str:
    path = world.folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def test_a_dry_run_shows_what_would_come_in_and_writes_nothing(world: World) -> None:
    file = put(world, "导出.csv", CSV)
    answer = world.run("ingest", "--dry-run", file)

    assert answer.code == 0
    assert f"{file}：新提及 1 条，已有 0 条，不涉及任何品牌 1 条" in answer.out
    assert "格式：表格" in answer.out
    assert "点赞 ← 点赞" in answer.out
    assert "发布时间：2026-11-20 18:05 至 2026-11-21 10:00" in answer.out
    assert "平台：微博 1 条、知乎 1 条" in answer.out
    assert "提到品牌：清河互联网医院 1 条" in answer.out
    assert "没写年份或日子的时间 1 条" in answer.out
    assert "例：[微博] 清河医院排队三小时" in answer.out
    assert "13812345678" not in answer.out
    assert "第 4 行：「发布时间」列的时间「很久以前」看不懂" in answer.out
    assert "非公开" in answer.out
    assert not Path(f"{file}.rejects.jsonl").exists()
    assert world.run("mentions", "list", "--json").json() == []


def test_an_import_may_be_repeated_and_keeps_its_rejects(world: World) -> None:
    file = put(world, "导出.csv", CSV)
    (first,) = world.run("ingest", file, "--json").json()
    (again,) = world.run("ingest", file, "--json").json()

    assert (first["new"], first["again"], first["unmatched"]) == (1, 0, 1)
    assert (again["new"], again["again"]) == (0, 1)
    assert first["formats"] == {"table": "表格"}
    rejects = [json.loads(line) for line in Path(f"{file}.rejects.jsonl").read_text().splitlines()]
    assert [one["place"] for one in rejects] == ["第 4 行"]
    assert "王某" not in json.dumps(rejects, ensure_ascii=False)
    assert [first["private"], again["private"], again["private_again"]] == [1, 0, 1]
    assert rejects[0]["text"] == "", "one row of the file is a customer's: no word of any is kept"
    assert len(world.run("mentions", "list", "--json").json()) == 1


@pytest.mark.parametrize("sample", [one for one in SAMPLES if "post-new" in one.name], ids=str)
def test_every_platform_of_mediacrawler_comes_in(world: World, sample: Any) -> None:
    file = put(world, "search_contents_2026-11-22.json", packed(sample, "json"))
    (report,) = world.run("ingest", file, "--json").json()
    assert report["new"] + report["unmatched"] == 2  # the other post names us in its title at most
    assert report["new"] >= 1
    assert report["rejected"] == []
    assert report["formats"] == {"mediacrawler": "MediaCrawler 导出"}


def test_a_file_that_cannot_be_read_does_not_keep_the_others_out(world: World) -> None:
    bad, good = put(world, "a.pdf", b"%PDF-1.7"), put(world, "b.csv", CSV)
    answer = world.run("ingest", bad, good)
    assert answer.code == 2
    assert f"{bad}：是 PDF，读不了" in answer.err
    assert f"{good}：新提及 1 条" in answer.out


def test_unknown_formats_files_and_platforms_are_answered(world: World) -> None:
    answer = world.run("ingest", "--format", "xml", put(world, "x.csv", CSV))
    assert (answer.code, "不认识格式 xml；可以写 auto、" in answer.err) == (2, True)
    answer = world.run("ingest", str(world.folder / "none.csv"))
    assert (answer.code, "找不到文件" in answer.err) == (2, True)
    file = put(world, "plain.csv", "标题,内容\n一,清河医院排队\n")
    assert "请加一列「平台」" in world.run("ingest", file).out
    (report,) = world.run("ingest", file, "--platform", "知乎", "--json").json()
    assert report["new"] == 1


def test_our_own_json_lines_come_in_as_before(world: World) -> None:
    lines = ['{"platform": "微博", "id": "1", "text": "清河医院排队"}', "{oops", '{"id": 2}']
    (report,) = world.run("ingest", put(world, "m.jsonl", "\n".join(lines)), "--json").json()
    assert report["new"] == 1
    assert [one["place"] for one in report["rejected"]] == ["第 2 行", "第 3 行"]


def test_keyword_files_are_printed_as_yaml_that_the_configuration_takes(world: World) -> None:
    words = put(world, "frequency_words.txt", "[安全]\n误诊\n开错药\n!电视剧\n\n退费\n@3\n")
    assert "fengsui watch convert" in world.run("ingest", words).err
    answer = world.run("watch", "convert", words, "--brand", "清河互联网医院")

    assert answer.code == 0
    assert "# 注意：「@3」" in answer.out
    rules = yaml.safe_load(answer.out)["watch"]
    assert [one["name"] for one in rules] == ["安全", "退费"]
    config = yaml.safe_load(world.config.read_text())
    world.config.write_text(yaml.safe_dump({**config, "watch": rules}, allow_unicode=True))
    assert [one.name for one in load(world.config, {}).watch] == ["安全", "退费"]


def test_a_keyword_file_without_groups_is_refused(world: World) -> None:
    answer = world.run("watch", "convert", put(world, "w.txt", "# 空的\n"))
    assert (answer.code, "没有能用的词组" in answer.err) == (2, True)


def test_times_count_from_when_the_file_was_saved(world: World) -> None:
    assert START.year == 2026
    file = put(world, "y.csv", "平台,编号,内容,时间\n微博,1,清河医院,昨天 12:30\n")
    (report,) = world.run("ingest", "--dry-run", file, "--json").json()
    assert report["preview"]["guessed"] == 1


def test_an_address_is_read_as_a_page_by_the_rules_of_every_source(world: World) -> None:
    with Site() as site:
        site.article("/a.html", "清河医院的挂号窗口排队两个小时，家属很着急，没有人解释。")
        site.pages["/secret/a.html"] = Page(article("清河医院内部通知，不许外传，请大家注意。"))
        site.pages["/robots.txt"] = Page("User-agent: *\nDisallow: /secret/\n")
        read = world.run("ingest", f"{site.url}/a.html", "--json")
        forbidden = world.run("ingest", f"{site.url}/secret/a.html")

    assert (read.code, read.json()[0]["new"]) == (0, 1)
    assert (forbidden.code, "robots.txt" in forbidden.err) == (2, True)
    (mention,) = world.run("mentions", "list", "--json").json()
    assert mention["platform"] == "news"
