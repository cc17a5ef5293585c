"""Topics: what is one story joins, what only sounds alike does not, in any order of arrival."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.clustering import ClusterItem, TopicIndex, signature, similarity

_T0 = datetime(2026, 11, 20, tzinfo=UTC)
_CLAIM = (
    "昨天下午3点20分,清河医院住院楼有一名女子抱着四个月的婴儿从12楼跳楼,"
    "抢救无效死亡,说是交不起医药费"
)
_COPY = f"【网友爆料】{_CLAIM}!扩散"
_OTHER_WORDS = "清河医院出大事了,一个妈妈带着孩子跳楼,听说没钱治病"
_CALM = "清河医院新院区明天开业,门诊大厅设了导医台,欢迎大家来体检,停车免费两小时"


def _item(
    name: str,
    text: str,
    *,
    minutes: float = 0,
    parent: str | None = None,
    codes: tuple[str, ...] = (),
    platform: str = "weibo",
    brand: str = "清河",
) -> ClusterItem:
    at = _T0 + timedelta(minutes=minutes)
    return ClusterItem(name, brand, platform, name, parent, signature(text), at, codes)


def test_the_first_mention_opens_a_topic_named_after_it() -> None:
    one = TopicIndex().assign(_item("a", _CLAIM))
    again = TopicIndex().assign(_item("a", "别的字"))
    assert one.how == "new"
    assert one.of is None
    assert one.topic_key == again.topic_key


def test_a_repost_joins_its_parent_whatever_it_says() -> None:
    index = TopicIndex()
    first = index.assign(_item("a", _CLAIM))
    repost = index.assign(_item("b", "转发微博", minutes=9000, parent="a"))
    assert (repost.topic_key, repost.how, repost.of) == (first.topic_key, "repost", "a")


def test_a_parent_on_another_platform_is_not_the_parent() -> None:
    index = TopicIndex()
    index.assign(_item("a", _CLAIM, platform="douyin"))
    assert index.assign(_item("b", "转发", parent="a")).how == "new"


def test_reposts_of_a_parent_that_was_never_seen_are_one_topic() -> None:
    index = TopicIndex()
    one = index.assign(_item("b", "转发", parent="a"))
    other = index.assign(_item("c", "太惨了", minutes=1, parent="a"))
    assert other.topic_key == one.topic_key


def test_a_parent_that_comes_late_takes_its_reposts_over() -> None:
    index = TopicIndex()
    orphan = index.assign(_item("b", "转发", minutes=5, parent="a"))
    parent = index.assign(_item("a", _CLAIM))
    assert parent.how == "new"
    assert parent.merged == ((orphan.topic_key, parent.topic_key),)


def test_equal_words_on_two_platforms_are_one_topic() -> None:
    index = TopicIndex()
    index.assign(_item("a", "清河医院误诊害人不浅"))
    found = index.assign(_item("b", "清河医院误诊,害人不浅!!", platform="douyin"))
    assert (found.how, found.of) == ("exact", "a")


def test_everybodys_words_join_nothing() -> None:
    index = TopicIndex()
    index.assign(_item("a", "太可怕了"))
    assert index.assign(_item("b", "太可怕了")).how == "new"


def test_the_same_comment_under_two_posts_does_not_join_them() -> None:
    index = TopicIndex()
    index.assign(_item("a", "求扩散求真相必须给个说法", parent="x"))
    assert index.assign(_item("b", "求扩散求真相必须给个说法", parent="y")).how == "new"


def test_a_copy_with_a_few_words_more_is_a_near_duplicate() -> None:
    index = TopicIndex()
    index.assign(_item("a", _CLAIM))
    assert index.assign(_item("b", _COPY)).how == "near"


def test_other_words_on_the_same_event_join_by_what_happened() -> None:
    index = TopicIndex()
    index.assign(_item("a", _CLAIM, codes=("conflict",)))
    assert index.assign(_item("b", _OTHER_WORDS, codes=("conflict",))).how == "event"


@pytest.mark.parametrize(
    ("text", "codes", "brand", "minutes"),
    [
        (_OTHER_WORDS, (), "清河", 1),
        (_OTHER_WORDS, ("fees_fraud",), "清河", 1),
        (_OTHER_WORDS, ("conflict",), "东山", 1),
        (_OTHER_WORDS, ("conflict",), "清河", 73 * 60),
        (_CALM, ("conflict",), "清河", 1),
        ("清河医院把我的病误诊了,耽误两周", ("conflict",), "清河", 1),
    ],
)
def test_another_class_brand_time_or_story_stays_apart(
    text: str, codes: tuple[str, ...], brand: str, minutes: float
) -> None:
    index = TopicIndex()
    index.assign(_item("a", _CLAIM, codes=("conflict",)))
    found = index.assign(_item("b", text, codes=codes, brand=brand, minutes=minutes))
    assert found.how == "new"


def test_a_mention_that_is_known_keeps_its_topic() -> None:
    index = TopicIndex()
    first = index.assign(_item("a", _CLAIM))
    assert index.assign(_item("a", _CALM)).topic_key == first.topic_key
    assert len(index) == 1


def test_an_expired_mention_is_forgotten_with_its_wording() -> None:
    index = TopicIndex()
    index.assign(_item("a", _CLAIM))
    assert index.expire(_T0 + timedelta(minutes=1)) == 1
    assert len(index) == 0
    assert index.assign(_item("b", _COPY, minutes=2)).how == "new"


def test_a_restored_mention_brings_its_topic_back() -> None:
    index = TopicIndex()
    index.restore(_item("b", _CLAIM, minutes=60), "old-topic", _T0)
    index.restore(_item("c", _CALM, minutes=61), "old-topic", _T0)
    found = index.assign(_item("d", _COPY, minutes=62))
    assert (found.topic_key, found.how) == ("old-topic", "near")
    assert index.assign(_item("e", _CALM, minutes=63)).topic_key == "old-topic"


def _grouping(items: list[ClusterItem]) -> dict[object, str]:
    """Assign in this order and follow the moves, as the store does."""
    index = TopicIndex()
    topic: dict[object, str] = {}
    for item in items:
        found = index.assign(item)
        topic[item.id] = found.topic_key
        for old, new in found.merged:
            topic.update({name: new for name, key in topic.items() if key == old})
    return topic


_WORDS = st.sampled_from(
    [
        _CLAIM,
        _COPY,
        _OTHER_WORDS,
        _CALM,
        "转发微博",
        "太可怕了",
        "清河医院误诊害人不浅",
        _CALM + "谢谢",
        _CLAIM[:40],
    ]
)
_POST = st.tuples(
    _WORDS,
    st.integers(0, 200 * 60),
    st.one_of(st.none(), st.integers(0, 14)),
    st.sampled_from([(), ("conflict",), ("patient_safety",)]),
)


@given(st.lists(_POST, min_size=2, max_size=14), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_the_final_grouping_is_the_same_for_any_order_of_arrival(
    posts: list[tuple[str, int, int | None, tuple[str, ...]]], chance: random.Random
) -> None:
    items = [
        _item(str(n), text, minutes=at, parent=None if up is None else str(up), codes=codes)
        for n, (text, at, up, codes) in enumerate(posts)
    ]
    shuffled = items.copy()
    chance.shuffle(shuffled)
    assert _grouping(items) == _grouping(shuffled)


def test_a_topic_is_named_after_its_earliest_mention() -> None:
    late, early = _item("b", _CLAIM, minutes=9), _item("a", _COPY)
    assert _grouping([late, early]) == dict.fromkeys("ab", TopicIndex().assign(early).topic_key)


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [
        (_CLAIM, _COPY, 0.8, 1),
        (_CLAIM, _CLAIM[:30], 0.8, 1),
        (_CLAIM, "转发微博//@张某:" + _CLAIM, 0, 0.2),
        (_CLAIM, "//@张某:" + _CLAIM, 1, 1),
        (_CLAIM, _OTHER_WORDS, 0, 0.3),
        (_CLAIM, _CALM, 0, 0.2),
        ("清河医院", "清河医院很好", 0, 0.79),
    ],
)
def test_similarity_tells_copies_from_independent_words(
    a: str, b: str, low: float, high: float
) -> None:
    assert low <= similarity(a, b) <= high
    assert similarity(a, b) == similarity(b, a)
