"""火星文, pulled-apart characters and foreign look-alikes, undone; ordinary text, untouched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.clean import clean
from monitor.text.homoglyphs import plain_characters


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("伱們卟要去清河医院", "你们不要去清河医院"),
        ("莪再也不去了", "我再也不去了"),
        ("兲哪，太黑心", "天哪,太黑心"),
        ("亻门都说讠吴讠乍", "们都说误诈"),
        ("⺡台疒丙收了一万", "治病收了一万"),
        ("加V信了解", "加微信了解"),
        ("加薇信了解", "加微信了解"),
        ("清河yi院误zhen", "清河医院误诊"),
        ("孩子si亡", "孩子死亡"),
        ("误*诊*致*死", "误诊致死"),
        ("清丶河丶医丶院", "清河医院"),
        ("QingHе hоspital", "QingHe hospital"),
    ],
)
def test_disguised_words_are_read_as_meant(written: str, read: str) -> None:
    assert clean(written) == read


@pytest.mark.parametrize(
    "text",
    [
        "莪术油注射液",
        "卟啉病患者",
        "IL-1β和TNFα升高",
        "Привет, доктор",
        "评分 A*B*C",
        "心/肝/脾/肺/肾",
        "北、上、广、深",
        "太~难~受~了",
        "甲-乙-丙-丁",
        "@_混_线_对_话_",
        "病历上写着yi",
        "v信息",
        "手术后输液",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert plain_characters(text) == text


@given(st.text("莪伱卟亻门氵去讠正Vv信yi院*丶•аеоAe清河医院 ", max_size=60) | st.text(max_size=60))
def test_undoing_twice_changes_nothing_more_after_cleaning(text: str) -> None:
    assert clean(clean(text)) == clean(text)
