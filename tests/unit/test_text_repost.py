"""Repost chains: what the author wrote, and what was only passed on."""

from __future__ import annotations

import pytest

from monitor.text.repost import is_bare_repost, judged_text, strip_repost


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("太过分了//@张某:清河医院误诊", "太过分了"),
        ("必须严查 // @李某:转发//@张某:清河医院误诊", "必须严查"),
        ("清河医院误诊 https://t.cn/abc", "清河医院误诊 https://t.cn/abc"),
        ("求真相 转自@张某: 清河医院误诊", "求真相"),
    ],
)
def test_own_words_end_where_the_chain_begins(text: str, own: str) -> None:
    assert strip_repost(text) == own
    assert judged_text(text) == own


@pytest.mark.parametrize(
    "text", ["转发微博", "Repost", "转发", "//@张某:清河医院误诊", "@李某 转发微博。"]
)
def test_a_bare_repost_has_nothing_to_judge(text: str) -> None:
    assert is_bare_repost(text)
    assert judged_text(text) == ""


@pytest.mark.parametrize("text", ["转发微博,太惨了", "[泪][泪]", "😡", "支持", ""])
def test_an_attitude_or_an_empty_text_is_no_bare_repost(text: str) -> None:
    assert not is_bare_repost(text)
