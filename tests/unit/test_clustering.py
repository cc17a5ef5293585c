"""Topics: what is one story joins, what only sounds alike does not, in any order of arrival."""

from __future__ import annotations

import random
from dataclasses import replace
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
    case: bool = False,
    platform: str = "weibo",
    brand: str = "清河",
) -> ClusterItem:
    at = _T0 + timedelta(minutes=minutes)
    names = (f"{brand}医院",)
    return ClusterItem(name, brand, platform, name, parent, signature(text), at, codes, case, names)


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
    old = index.strand("清河", "old-topic", _T0)
    index.restore(_item("b", _CLAIM, minutes=60), old)
    index.restore(_item("c", _CALM, minutes=61), old)
    found = index.assign(_item("d", _COPY, minutes=62))
    assert (found.topic_key, found.how) == ("old-topic", "near")
    assert index.assign(_item("e", _CALM, minutes=63)).topic_key == "old-topic"


class _Followed:
    """An index with the strand and topic of every mention, as the store keeps them."""

    def __init__(self, index: TopicIndex) -> None:
        self.index = index
        self.strand: dict[object, str] = {}
        self.topic: dict[object, str] = {}

    def take(self, item: ClusterItem) -> None:
        found = self.index.assign(item)
        for old, new in found.merged:
            moved = {name for name, key in self.strand.items() if key == old}
            self.strand |= dict.fromkeys(moved, new)
            held = {name for name, key in self.topic.items() if key == old}
            self.topic |= dict.fromkeys(held | moved, found.topic_key)
        self.strand[item.id] = found.strand_key
        for strand, key in (*found.moved, (found.strand_key, found.topic_key)):
            self.topic |= {name: key for name, own in self.strand.items() if own == strand}

    def placed(self) -> dict[object, tuple[str, str]]:
        return {name: (self.strand[name], self.topic[name]) for name in self.strand}


def _grouping(items: list[ClusterItem]) -> dict[object, str]:
    """The topic of each mention, when all have come in this order."""
    followed = _Followed(TopicIndex())
    for item in items:
        followed.take(item)
    return followed.topic


_INFUSION = (
    "11月20日晚上清河医院急诊科护士给我五岁的孩子输错药,输液后全身皮疹休克,还在抢救,病历都在手里"
)
_FALL = "11月21日清河医院住院部一位老人夜里从病床摔下来没人管,颅内出血抢救无效,家属有监控录像"
_REMARK = "清河医院急诊一个人看十几袋液体真的会出错"
_REMARK_ON_FALL = "清河医院晚上病房里真的看不到人"
_WAITING = "在清河医院排队挂号等了整整一个上午"
_WORDS = st.sampled_from(
    [
        (_CLAIM, ("conflict",), True),
        (_COPY, ("conflict",), True),
        (_OTHER_WORDS, ("conflict",), False),
        (_CALM, (), False),
        ("转发微博", (), False),
        ("太可怕了", (), False),
        ("清河医院误诊害人不浅", ("patient_safety",), False),
        (_CALM + "谢谢", (), False),
        (_CLAIM[:40], ("conflict",), False),
        (_INFUSION, ("patient_safety",), True),
        (_FALL, ("patient_safety",), True),
        (_REMARK, ("patient_safety",), False),
        (_REMARK_ON_FALL, ("patient_safety",), False),
        (_WAITING, ("service_complaint",), False),
    ]
)
_POST = st.tuples(_WORDS, st.integers(0, 200 * 60), st.one_of(st.none(), st.integers(0, 14)))


def _items(
    posts: list[tuple[tuple[str, tuple[str, ...], bool], int, int | None]],
) -> list[ClusterItem]:
    return [
        _item(
            str(n), text, minutes=at, parent=None if up is None else str(up), codes=codes, case=case
        )
        for n, ((text, codes, case), at, up) in enumerate(posts)
    ]


@given(st.lists(_POST, min_size=2, max_size=14), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_the_final_grouping_is_the_same_for_any_order_of_arrival(
    posts: list[tuple[tuple[str, tuple[str, ...], bool], int, int | None]], chance: random.Random
) -> None:
    items = _items(posts)
    shuffled = items.copy()
    chance.shuffle(shuffled)
    assert _grouping(items) == _grouping(shuffled)


def _restarted(items: list[ClusterItem], placed: dict[object, tuple[str, str]]) -> TopicIndex:
    """What a restart rebuilds from the store: the strand and topic of every mention."""
    again = TopicIndex()
    for item in sorted(items, key=lambda one: (one.at, one.native_id)):
        strand, topic = placed[item.id]
        mine = [one for one in items if placed[one.id][0] == strand]
        main = any(one.particular for one in mine) and strand == topic
        first = min(one.at for one in mine)
        again.restore(item, again.strand("清河", strand, first, main=main, topic=topic))
    return again


@given(st.lists(_POST, min_size=2, max_size=12), st.integers(0, 12))
@settings(max_examples=150, deadline=None)
def test_a_restart_changes_nothing_of_what_comes(
    posts: list[tuple[tuple[str, tuple[str, ...], bool], int, int | None]], cut: int
) -> None:
    items = [replace(one, at=_T0 + (one.at - _T0) / 3) for one in _items(posts)]
    before, after = items[:cut], items[cut:]
    whole = _Followed(TopicIndex())
    for item in before:
        whole.take(item)
    halves = _Followed(_restarted(before, whole.placed()))
    halves.strand, halves.topic = dict(whole.strand), dict(whole.topic)
    for item in after:
        whole.take(item)
        halves.take(item)
    assert halves.topic == whole.topic


def _case(name: str, text: str, minutes: float = 0) -> ClusterItem:
    return _item(name, text, minutes=minutes, codes=("patient_safety",), case=True)


def _said(name: str, text: str, minutes: float, *codes: str) -> ClusterItem:
    return _item(name, text, minutes=minutes, codes=codes)


def test_a_remark_on_a_running_case_joins_it() -> None:
    index = TopicIndex()
    case = index.assign(_case("a", _INFUSION))
    found = index.assign(_said("b", _REMARK, 90, "patient_safety"))
    assert (found.how, found.of, found.topic_key) == ("remark", "a", case.topic_key)
    assert found.strand_key != case.strand_key


def test_a_remark_that_came_first_follows_when_its_case_is_read_later() -> None:
    index = TopicIndex()
    remark = index.assign(_said("b", _REMARK, 90, "patient_safety"))
    case = index.assign(_case("a", _INFUSION))
    assert case.moved == ((remark.strand_key, case.topic_key),)


def test_a_remark_goes_to_the_case_that_it_fits_best() -> None:
    index = TopicIndex()
    infusion = index.assign(_case("a", _INFUSION))
    first = index.assign(_said("c", _REMARK_ON_FALL, 200, "patient_safety"))
    fall = index.assign(_case("b", _FALL, 120))
    assert index.assign(_said("d", _REMARK, 210, "patient_safety")).topic_key == infusion.topic_key
    again = index.assign(_said("e", _REMARK_ON_FALL + "!", 220, "patient_safety"))
    assert again.topic_key == fall.topic_key
    assert (first.strand_key, fall.topic_key) in fall.moved


@pytest.mark.parametrize(
    ("text", "minutes", "code"),
    [
        (_REMARK, -30, "patient_safety"),
        (_REMARK, 73 * 60, "patient_safety"),
        (_WAITING, 90, "service_complaint"),
        ("清河医院食堂的饭越来越难吃了", 90, "service_complaint"),
    ],
)
def test_what_is_earlier_much_later_or_of_something_else_is_no_remark(
    text: str, minutes: float, code: str
) -> None:
    index = TopicIndex()
    index.assign(_case("a", _INFUSION))
    assert index.assign(_said("b", text, minutes, code)).how == "new"


def test_a_second_case_with_particulars_of_its_own_is_no_remark() -> None:
    index = TopicIndex()
    index.assign(_case("a", _INFUSION))
    assert index.assign(_case("b", _FALL, 90)).how == "new"


def test_a_remark_that_turns_out_to_be_part_of_a_case_of_its_own_leaves() -> None:
    index = TopicIndex()
    infusion = index.assign(_case("a", _INFUSION))
    remark = index.assign(_said("b", _REMARK, 90, "patient_safety"))
    assert remark.topic_key == infusion.topic_key
    own = index.assign(
        _item("c", _FALL, minutes=95, parent="b", codes=("patient_safety",), case=True)
    )
    assert own.topic_key == remark.strand_key
    assert own.moved == ((remark.strand_key, remark.strand_key),)


def test_copies_take_no_room_and_old_posts_leave_it() -> None:
    index = TopicIndex()
    for n in range(500):
        index.assign(_item(f"c{n}", _CLAIM, minutes=n))
        index.assign(_item(f"r{n}", "转发微博", minutes=n, parent=f"c{n % 7}"))
    assert index.points == 1
    index.expire(_T0 + timedelta(minutes=200))
    assert (index.points, len(index)) == (1, 607)
    index.expire(_T0 + timedelta(minutes=500))
    assert (index.points, len(index)) == (0, 0)


def test_a_full_index_lets_the_oldest_go() -> None:
    index = TopicIndex(most_names=40, most_points=25)
    for n in range(100):
        index.assign(_item(str(n), f"清河医院第{n}号楼{chr(0x4E00 + 37 * n) * 9}的事", minutes=n))
        index.expire(_T0 - timedelta(days=1))
    assert (index.points, len(index)) == (25, 40)
    assert index.knows("清河", "weibo", "99")
    assert not index.knows("清河", "weibo", "5")


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
