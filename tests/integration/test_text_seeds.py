"""The real pages that shaped the cleaner: plain simplified Chinese comes out of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from opencc import OpenCC

from monitor.text.clean import clean_page

_SEEDS = Path(__file__).resolve().parents[2].parent / "shared" / "seeds"
_NAMES = ("000", "001", "002", "003")
_TONED = re.compile("[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ]")
_FURNITURE = (
    "页未读",
    "下载本文档",
    "版权说明",
    "文库网",
    "友情链接",
    "备案号",
    "提交评论",
    "第2页",
)

pytestmark = [
    pytest.mark.needs_shared,
    pytest.mark.skipif(not _SEEDS.is_dir(), reason="没有 ../shared/seeds:跳过真实网页的清洗检查"),
]


def _page(name: str) -> str:
    (path,) = _SEEDS.glob(f"{name}_*.txt")
    return clean_page(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", _NAMES)
def test_a_real_page_reads_as_plain_simplified_chinese(name: str) -> None:
    page = _page(name)
    assert OpenCC("t2s").convert(page) == page
    assert not _TONED.search(page)
    assert not re.search(r"[\ue000-\uf8ff\u200b-\u200f]", page)


@pytest.mark.parametrize("name", _NAMES)
def test_page_furniture_is_gone_from_a_real_page(name: str) -> None:
    page = _page(name)
    assert [word for word in _FURNITURE if word in page] == []


@pytest.mark.parametrize("name", _NAMES)
def test_a_real_page_is_settled_after_one_cleaning(name: str) -> None:
    page = _page(name)
    assert clean_page(page) == page


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("001", ("DAU", "UGC", "日活", "裂变增长", "随着", "我们曾为")),
        ("002", ("DAU/MAU", "(BVP)", "UGC", "拥护者")),
    ],
)
def test_annotated_pages_keep_their_terms_and_their_words(
    name: str, words: tuple[str, ...]
) -> None:
    page = _page(name)
    assert [word for word in words if word not in page] == []
