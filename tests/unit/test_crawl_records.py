"""One JSON record becomes an Item or a Chinese sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.importers.record import item_to_record, parse_item
from crawlers.items import Item, ItemError

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
GOOD = {"platform": "weibo", "id": "w1", "text": "在清河互联网医院排队两个小时"}


def read(**changes: Any) -> Item:
    return parse_item({**GOOD, **changes}, NOW)


def test_a_full_record_survives_the_way_there_and_back() -> None:
    item = read(
        title="排队",
        url="https://weibo.example.cn/1",
        author="张某",
        author_followers=12,
        author_verified=False,
        parent_id=99,
        published_at="2026-11-22T09:00:00",
        observed_at="2026-11-22T10:00:00+08:00",
        views="1.2万",
        likes=0,
        heat=3.5,
        rating=1,
        private=True,
        raw={"tags": ["挂号"], "version": "2.1"},
    )
    assert (item.views, item.parent_id, item.likes) == (12_000, "99", 0)
    assert item.published_at == datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    assert parse_item(item_to_record(item), NOW) == item


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"id": None}, "缺少必填字段 id"),
        ({"id": "  "}, "缺少必填字段 id"),
        ({"platform": ""}, "缺少必填字段 platform"),
        ({"text": " "}, "缺少正文：text 和 title 至少要有一个不为空"),
        ({"text": 5}, "字段 text 应是文字，写的却是数字"),
        ({"text": ["x"]}, "字段 text 应是文字，写的却是列表"),
        ({"id": True}, "字段 id 应是文字，写的却是真假值"),
        ({"id": "x" * 501}, "字段 id 有 501 个字，超过上限 500 个字"),
        ({"likes": "很多"}, "字段 likes 应是数字（如 12000 或 1.2万），写的却是文字「很多」"),
        ({"likes": True}, "字段 likes 应是数字（如 12000 或 1.2万），写的却是真假值"),
        ({"likes": 1.5}, "字段 likes 应是数字（如 12000 或 1.2万），写的却是数字"),
        ({"views": -1}, "字段 views 是负数（-1），计数不能小于 0"),
        ({"views": 10**18}, "字段 views 大得不合理，请核对"),
        ({"views": 10**400}, "字段 views 大得不合理，请核对"),
        ({"views": float("inf")}, "字段 views 应是数字"),
        ({"heat": "热"}, "字段 heat 应是数字，写的却是文字「热」"),
        ({"heat": float("nan")}, "字段 heat 不是有效的数字"),
        ({"heat": 10**400}, "字段 heat 应是数字"),
        ({"author_verified": "是"}, "字段 author_verified 应是 true 或 false"),
        ({"raw": "x"}, "字段 raw 应是 JSON 对象"),
        ({"published_at": "昨天"}, "字段 published_at 的时间「昨天」看不懂"),
        ({"published_at": 1763776800}, "字段 published_at 应是文字，写的却是数字"),
        ({"published_at": "2026-11-22T10:11:00+08:00"}, "在未来，请核对日期和时区"),
        ({"observed_at": "2027-01-01"}, "在未来，请核对日期和时区"),
        ({"text": "长" * 1_000_001}, "字段 text 有 1000001 个字，超过上限 1000000 个字"),
    ],
)
def test_a_bad_field_is_refused_with_its_name(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ItemError) as refused:
        read(**changes)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("record", [[], "x", 3, None])
def test_what_is_no_object_is_refused(record: object) -> None:
    with pytest.raises(ItemError, match="不是 JSON 对象"):
        parse_item(record, NOW)


def test_numbers_are_ids_and_null_is_absent() -> None:
    item = read(id=42, likes=None, author=None, published_at=None, url=None, raw=None)
    assert (item.id, item.likes, item.author, item.published_at) == ("42", None, None, None)


def test_emoji_and_very_long_texts_are_texts() -> None:
    assert read(text="😡😡😡").text == "😡😡😡"
    assert len(read(text="长" * 100_000).text) == 100_000


def test_clocks_that_run_ahead_a_little_are_forgiven() -> None:
    assert read(published_at="2026-11-22T10:10:00+08:00").published_at == NOW + timedelta(
        minutes=10
    )


def test_null_bytes_and_lone_surrogates_leave_the_text() -> None:
    assert read(text="排\0队\ud800了").text == "排队了"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "weixin://x", "data:text/html,x"])
def test_only_web_addresses_are_kept(url: str) -> None:
    assert read(url=url).url is None


def test_raw_keeps_listed_small_values_only() -> None:
    raw = {"site": "论坛", "phone": "13800000000", "tags": ["x" * 300], "region": {"a": 1}}
    assert read(raw=raw).raw == {"site": "论坛"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*Item.__dataclass_fields__, "else"]), JSON))
def test_any_record_is_an_item_or_a_chinese_sentence(changes: dict[str, Any]) -> None:
    try:
        item = read(**changes)
    except ItemError as refused:
        sentence = str(refused)
        assert any("\u4e00" <= character <= "\u9fff" for character in sentence)
    else:
        assert parse_item(item_to_record(item), NOW) == item
