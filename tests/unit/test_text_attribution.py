"""Attribution: a text that names two institutions is read for each on its own words."""

from __future__ import annotations

import re
import time

import pytest

from monitor.text.attribution import sentences_about
from monitor.text.span import Span


def _about(text: str, name: str = "清河医院") -> str:
    spans = [Span(name, m.start(), m.end()) for m in re.finditer(name, text)]
    return sentences_about(text, spans)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("在清河医院误诊,转到东山医院才确诊,医生很好。", "在清河医院误诊,"),
        ("东山医院服务好。清河医院误诊!一直不道歉。", "清河医院误诊!一直不道歉。"),
        (
            "昨天带孩子看病,在清河医院等了三小时,东山医院就快。",
            "昨天带孩子看病,在清河医院等了三小时,",
        ),
        ("清河医院误诊,转到第二人民医院才确诊", "清河医院误诊,"),
        ("清河医院误诊,东岳集团收费还高", "清河医院误诊,"),
        ("清河医院和东山医院都收费贵", "清河医院和东山医院都收费贵"),
    ],
)
def test_another_institution_takes_its_own_words_away(text: str, own: str) -> None:
    assert _about(text) == own


@pytest.mark.parametrize(
    "text",
    [
        "清河医院误诊。后来去了一家医院,这家医院也没办法。",
        "清河医院太差了!别去医院了。保险公司也不赔。",
    ],
)
def test_nobody_in_particular_takes_nothing_away(text: str) -> None:
    assert _about(text) == text


def test_names_may_come_in_any_order() -> None:
    text = "清河医院误诊,东山医院确诊,清河医院不道歉"
    spans = [Span("清河医院", 14, 18), Span("清河医院", 0, 4)]
    assert sentences_about(text, spans) == "清河医院误诊,清河医院不道歉"


def test_a_short_alias_before_the_word_hospital_is_still_the_brand() -> None:
    assert _about("清河医院误诊,很生气", name="清河") == "清河医院误诊,很生气"


def test_a_long_text_is_read_in_linear_time() -> None:
    text = "清河医院误诊,东山医院确诊。" * 40_000
    begin = time.process_time()
    assert _about(text).startswith("清河医院误诊,清河医院误诊,")
    assert time.process_time() - begin < 8
