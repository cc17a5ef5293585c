"""Main text and date of article pages, on self-written pages in the structures of many sites."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.articles import read_article
from crawlers.dates import SHANGHAI
from crawlers.furniture import without_furniture

PAGES = Path(__file__).parents[1] / "data" / "articles"
EXPECTED: dict[str, dict[str, Any]] = json.loads((PAGES / "expected.json").read_text("utf-8"))
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)
TOKEN = re.compile(r"[\u4e00-\u9fff]|[A-Za-z0-9]+")
PARAGRAPH = "患者家属张某说，他们在急诊等了三个小时也没有人来看一眼，院方至今没有解释原因。"


def token_f1(found: str, wanted: str) -> float:
    got, gold = Counter(TOKEN.findall(found)), Counter(TOKEN.findall(wanted))
    return 2 * sum((got & gold).values()) / (sum(got.values()) + sum(gold.values()))


@pytest.mark.parametrize("name", EXPECTED)
def test_the_main_text_and_the_date_are_found(name: str) -> None:
    expected = EXPECTED[name]
    page = (PAGES / name).read_bytes()

    article = read_article(page, "text/html", expected["url"], NOW, dated=False)

    assert token_f1(article.text, "\n".join(expected["body"])) >= 0.95
    at = datetime.fromisoformat(expected["date"])
    assert article.published_at == (at if at.tzinfo else at.replace(tzinfo=SHANGHAI))
    assert article.day_only == expected["day_only"]


@pytest.mark.parametrize(
    "line",
    [
        "责任编辑：张某",
        "（责编：王某、赵某）",
        "编辑 | 李某",
        "【打印】【关闭】",
        "分享到：微信 微博",
        "来源：清河日报",
        "原标题：清河医院回应",
        "上一篇：门诊时间调整",
        "扫描二维码下载客户端",
        "特别声明：以上内容为自媒体平台用户上传并发布，本平台仅提供信息存储服务。",
    ],
)
def test_lines_of_the_site_are_no_part_of_the_article(line: str) -> None:
    assert without_furniture(f"{PARAGRAPH}\n{line}\n{PARAGRAPH}") == f"{PARAGRAPH}\n{PARAGRAPH}"


@pytest.mark.parametrize(
    "line",
    [
        "他说：“责任编辑当时并不在场，是我自己要求删掉那一段的。”",
        "记者：您怎么看？",
        "未经家属许可就使用了高价药，孩子当晚没了。",
        "扫描二维码交了钱，医生却不在",
        "我下载清河医院APP后被扣了钱。",
        "分享一下我在清河医院的经历",
        "2026年11月20日，清河互联网医院发布了情况说明。",
        "医院的小程序扫码之后一直打不开，排队的人越来越多，家属情绪激动，保安赶来劝阻了很久才平息。",
    ],
)
def test_sentences_that_look_like_labels_stay(line: str) -> None:
    assert line in without_furniture(f"{PARAGRAPH}\n{line}\n{PARAGRAPH}")


def test_what_stands_behind_related_reading_is_cut_off() -> None:
    text = f"{PARAGRAPH}\n{PARAGRAPH}\n相关阅读\n清河医院挂号系统升级\n更多"
    assert without_furniture(text) == f"{PARAGRAPH}\n{PARAGRAPH}"


def test_a_page_of_today_without_hour_keeps_the_time_of_arrival() -> None:
    page = f"<meta name='pubdate' content='2026-11-22'><p>{PARAGRAPH * 3}</p>".encode()
    assert read_article(page, "", "https://a.example.cn/1", NOW, dated=False).published_at is None


def test_a_file_that_is_no_text_is_no_article() -> None:
    article = read_article(
        b"%PDF-1.7", "application/pdf", "https://a.example.cn/1", NOW, dated=True
    )
    assert article.text == ""


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=400)
    | st.text("<>/pdiv=\"'清河，。 scrt{}\\u0", max_size=300).map(str.encode)
)
def test_any_bytes_give_an_article(body: bytes) -> None:
    page = b"<html><body>" + body
    assert isinstance(read_article(page, "", "https://a.example.cn/1", NOW, dated=False).text, str)


@given(st.text("清河。：\n责任编辑来源相关阅读2026-11", max_size=200))
def test_dropping_furniture_twice_changes_nothing_more_in_the_lines(text: str) -> None:
    once = without_furniture(text)
    assert set(once.split("\n")) <= {*text.split("\n"), ""}
