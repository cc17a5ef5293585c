"""Repost chains: what the author wrote, and what was only passed on."""

from __future__ import annotations

import time

import pytest

from monitor.text.repost import is_bare_repost, judged_span, judged_text, strip_repost


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("太过分了//@张某:清河医院误诊", "太过分了"),
        ("必须严查 // @李某:转发//@张某:清河医院误诊", "必须严查"),
        ("清河医院误诊 https://t.cn/abc", "清河医院误诊 https://t.cn/abc"),
        ("求真相 转自@张某: 清河医院误诊", "求真相"),
        ("回复@李某:我觉得还好//@李某:清河医院太差", "回复@李某:我觉得还好"),
        ("支持医生,不信谣//@张某:清河医院误诊", "支持医生,不信谣"),
    ],
)
def test_own_words_end_where_the_chain_begins(text: str, own: str) -> None:
    assert strip_repost(text) == own
    assert judged_text(text) == own


@pytest.mark.parametrize(
    "text",
    [
        "转发微博",
        "Repost",
        "转发",
        "@李某 转发微博。",
        "呵呵",
        "呵呵呵呵",
        "哦。",
        "//@张某:转发微博",
    ],
)
def test_a_bare_repost_of_nothing_has_nothing_to_judge(text: str) -> None:
    assert is_bare_repost(text)
    assert judged_text(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "//@张某:清河医院误诊",
        "转发微博//@张某:清河医院误诊",
        "呵呵//@李某:转发微博//@张某:清河医院误诊",
        "支持//@张某:清河医院误诊",
        "说得对!顶//@张某:清河医院误诊",
        "@新华网 @健康报 求扩散//@张某:清河医院误诊",
        "回复@李某:同意//@李某:确实//@张某:清河医院误诊",
    ],
)
def test_who_passes_on_or_agrees_says_what_the_nearest_speaker_said(text: str) -> None:
    assert judged_text(text) == "清河医院误诊"


def test_the_place_of_what_is_judged_is_a_place_in_the_whole_text() -> None:
    text = "转发微博// @张某: 清河医院误诊 //@李某:嗯"
    start, end = judged_span(text)
    assert text[start:end] == "清河医院误诊"


def test_agreement_without_an_original_is_judged_as_it_stands() -> None:
    assert judged_text("支持") == "支持"
    assert judged_span("支持") == (0, 0)


@pytest.mark.parametrize(
    "text", ["转发微博,太惨了", "[泪][泪]", "😡", "支持", "", "呵呵,又是这家", "对医生态度不满"]
)
def test_an_attitude_or_an_empty_text_is_no_bare_repost(text: str) -> None:
    assert not is_bare_repost(text)


@pytest.mark.parametrize("text", ["呵" * 100_000, "。" * 100_000 + "x", "//@a:转发" * 20_000])
def test_a_hostile_chain_is_read_in_linear_time(text: str) -> None:
    begin = time.process_time()
    judged_text(text)
    assert time.process_time() - begin < 5
