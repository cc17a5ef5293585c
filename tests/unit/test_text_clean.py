"""Cleaning: what platforms and copy mills do to a text, undone; what it means, kept."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.text.clean import clean, clean_page

_PAGE = """
清河医院运营手册_第1页
清河医院运营手册_第2页
已阅读2页,还剩39页未读 继续免费阅读
下载本文档
版权说明:本文档由用户提供并上传
作者:张某 时间:2026-05-25
清河医院昨日回应误诊质疑。
现场.jpg
上一篇:别的事 下一篇:又一件事
友情链接
某某体育官网 某某下载
版权所有 © 某站
"""
_HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "医醫院療(yī)（）?&;amp#xlt0123 \n\r\t\u200b\u202e\ue000\ufe0f\ud800著[泪]😡,，"
        ),
        st.characters(),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("清河醫院誤診", "清河医院误诊"),
        ("醫(yī)療機(jī)構(gòu)", "医疗机构"),
        ("產(chǎn)運(yùn)營(yíng)", "产运营"),
        ("医(yi)院", "医院"),
        ("医疗(yī liáo)事故", "医疗事故"),
        ("医(yi1)院", "医院"),
        ("隨著調查,這是著名醫院", "随着调查,这是著名医院"),
        ("清\u200b河\u202e医\ue123院\ufe0f", "清河医院"),
        ("Ｑｉｎｇｈｅ　１２３", "Qinghe 123"),
        ("误诊&amp;amp;漏诊 &lt;实名&gt;", "误诊&漏诊 <实名>"),
        ("一行\r\n\r\n\r\n\r\n二行  三", "一行\n\n二行 三"),
        ("太惨了[泪]😡\n求真相", "太惨了[泪]😡\n求真相"),
    ],
)
def test_disguised_text_becomes_plain_simplified_chinese(written: str, read: str) -> None:
    assert clean(written) == read


@pytest.mark.parametrize(
    "text",
    [
        "日活(DAU)提升20%",
        "用户故事(UGC征集)",
        "价值主张(BVP)",
        "投资回报(ROI)",
        "做了检查(CT)",
        "每片250毫克(mg)",
        "附近的咖啡馆(café)",
        "张某(qinghe)发帖",
    ],
)
def test_brackets_that_are_no_reading_stay(text: str) -> None:
    assert clean(text) == text


def test_text_torn_by_notes_between_the_bytes_is_mended() -> None:
    # A mill annotates GBK bytes: the note of 冊 (83D4) lands inside 曾 (D4F8), and so on.
    words = "我們曾為一家診所設計"
    stream = words.encode("gbk")
    cut = stream.index(b"\xd4") + 1
    torn = stream[:cut] + b"(c\xa8\xa8)" + stream[cut:]
    assert (
        clean(torn.decode("gbk", errors="replace").replace("\ufffd(", "?"))
        == "我们曾为一家诊所设计"
    )


@given(_HOSTILE)
@example("&" + "amp;" * 40 + "lt;")
@example("医(yī" * 3 + ")" * 3)
@settings(max_examples=300, deadline=None)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(_HOSTILE)
@settings(max_examples=200, deadline=None)
def test_nothing_invisible_is_left(text: str) -> None:
    left = {unicodedata.category(c) for c in clean(text).replace("\n", "")}
    assert not left & {"Cc", "Cf", "Co", "Cs"}


@pytest.mark.parametrize(
    "unit", ["医(yī)", "们?cè)", "a\u0301\u0323", "&amp;", " \n", "(yi", "•", "第1页 ", "作者:"]
)
def test_a_megabyte_is_cleaned_in_linear_time(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        begin = time.process_time()
        clean_page(text)
        return time.process_time() - begin

    seconds(10_000)
    assert seconds(1_000_000) < 8


def test_page_furniture_goes_and_the_article_stays() -> None:
    assert clean_page(_PAGE) == "清河医院运营手册\n时间:2026-05-25\n清河医院昨日回应误诊质疑。"


@pytest.mark.parametrize(
    "line",
    [
        "特别声明:以上内容为自媒体平台用户上传并发布,本平台仅提供信息存储服务。",
        "未经书面授权,不得转载或镜像,违者必究。",
        "如有侵权,请联系本站删除。",
        "文明上网理性发言,请遵守新闻评论服务协议",
        "图片仅供参考",
        "欢迎关注清河健康官方微信:qinghe,我们将定期推送",
        "来源:清河日报",
    ],
)
def test_what_a_site_says_for_itself_goes(line: str) -> None:
    article = "清河医院昨日回应误诊质疑。"
    assert clean_page(f"{article}\n{line}\n{article}") == f"{article}\n{article}"


@pytest.mark.parametrize(
    "line",
    [
        "评论区都在说清河医院误诊",
        "关注此事的人很多。",
        "下载了病历才发现不对",
        "第1页病历被撕掉了",
        "未经家属许可就使用了高价药,孩子当晚没了",
        "检查结果仅供参考,医生却直接给我开了刀",
        "扫描二维码交了钱,医生却不在",
        "大家关注一下清河医院公众号,预约根本不管用",
        "如有异议请联系医务科,他们就这样打发我",
    ],
)
def test_sentences_that_only_begin_like_furniture_stay(line: str) -> None:
    assert clean_page(line) == line
