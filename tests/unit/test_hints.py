"""Hints beside the tier: what is seen of a story's spread, said with its evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.domain.hints import Hint, Post, hints, spreaders
from monitor.domain.naming import Told, name_of
from monitor.text.hearsay import denies, doubts, first_hand, hearsay

_T0 = datetime(2026, 11, 20, 2, tzinfo=UTC)


def _post(number: int, **fields: object) -> Post:
    return replace(
        Post(number, f"author-{number}", _T0 + timedelta(minutes=number), "words", 30), **fields
    )


def _of(kind: str, posts: list[Post]) -> Hint | None:
    return next((one for one in hints(posts) if one.kind == kind), None)


def test_five_authors_with_the_same_words_are_shown_with_how_fast_and_how_small() -> None:
    posts = [_post(n, followers=3) for n in range(6)]
    found = _of("coordinated", posts)
    assert found is not None
    assert found.mentions == (0, 1, 2, 3, 4)
    for words in ("6 个账号", "6 个在 10 分钟之内", "粉丝不到 50", "不影响级别"):
        assert words in found.text


def test_young_accounts_are_named_only_where_their_age_is_known() -> None:
    young = [_post(n, author_since=_T0 - timedelta(days=3)) for n in range(5)]
    found, unknown = _of("coordinated", young), _of("coordinated", [_post(n) for n in range(5)])
    assert found is not None
    assert unknown is not None
    assert "5 个账号注册不满 30 天" in found.text
    assert "注册" not in unknown.text


@pytest.mark.parametrize(
    "posts",
    [
        [_post(n) for n in range(4)],
        [_post(n, author="one") for n in range(9)],
        [_post(n, repost=True) for n in range(9)],
        [_post(n, length=6) for n in range(9)],
        [_post(n, wording=str(n)) for n in range(9)],
        [_post(n, author=None) for n in range(9)],
    ],
    ids=["four", "one author", "reposts", "short words", "own words", "authors unknown"],
)
def test_what_many_do_anyway_is_no_sign_of_coordination(posts: list[Post]) -> None:
    assert _of("coordinated", posts) is None


def test_who_was_there_and_who_has_heard_are_counted_apart() -> None:
    posts = [
        _post(1, claims=True, first_hand=True),
        _post(2, claims=True, hearsay=True),
        _post(3, claims=True, first_hand=True, hearsay=True),
    ]
    kinds = {one.kind: one.mentions for one in hints(posts)}
    assert kinds == {"first_hand": (1,), "hearsay": (2, 3)}
    assert _of("no_first_hand", [_post(1, claims=True, hearsay=True)]) is not None


def test_a_denial_says_whether_an_official_source_is_among_them() -> None:
    loose, firm = (
        [_post(1, denies=True)],
        [_post(1, denies=True), _post(2, denies=True, official=True)],
    )
    assert "没有官方来源" in (_of("denied", loose) or hints([])[0]).text
    official = _of("denied", firm)
    assert official is not None
    assert "官方来源 1 条" in official.text
    assert official.mentions[0] == 2


def test_no_posts_give_no_hints() -> None:
    assert hints([]) == ()
    assert spreaders([]) == []


def test_the_order_of_the_posts_changes_nothing() -> None:
    posts = [_post(n, followers=n, claims=True, doubts=n % 2 == 0) for n in range(8)]
    assert hints(posts) == hints(posts[::-1])
    assert spreaders(posts) == spreaders(posts[::-1])


def test_spreaders_come_by_reach_then_by_number_of_posts() -> None:
    posts = [_post(1, followers=10), _post(2, followers=500), _post(3, author="author-1")]
    assert spreaders(posts) == [("author-2", 1, 500), ("author-1", 2, 10)]


def test_no_rule_reads_a_hint() -> None:
    """The modules that decide a tier know nothing of hints: they cannot lower what they push."""
    domain = Path(__file__).parents[2] / "monitor" / "domain"
    for name in ("decision", "signals", "metrics", "policy", "heat", "transitions"):
        assert "hints" not in (domain / f"{name}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我妈昨天在清河医院急诊输错药了", "first"),
        ("本人就是家属,我要讨个说法", "first"),
        ("听说清河医院出事了", "heard"),
        ("朋友圈都在传,不知真假", "heard doubt"),
        ("真的假的?求官方回应", "doubt"),
        ("【辟谣】清河医院并未发生此事,请勿传谣", "denial"),
        ("经核实,网传内容不属实", "heard denial"),
        ("求辟谣", "doubt"),
        ("清河医院今天门诊人很多", ""),
    ],
)
def test_how_somebody_knows_is_read_from_plain_words(text: str, expected: str) -> None:
    read = {"first": first_hand, "heard": hearsay, "doubt": doubts, "denial": denies}
    assert " ".join(name for name, asks in read.items() if asks(text)) == expected


def _told(text: str, *terms: str, title: str = "") -> Told:
    return Told(title, text, frozenset(terms))


def test_a_topic_is_named_by_what_most_of_its_posts_share() -> None:
    posts = [
        _told("太可怕了!清河医院护士输错药,孩子休克了。大家转起来", "输错", "休克", "转起来"),
        _told("刚看到的。清河医院急诊护士输错药致孩子休克", "输错", "休克"),
        _told("护士输错药的事有人管吗", "输错"),
    ]
    assert name_of(posts, lambda _: 1.0) == "清河医院护士输错药,孩子休克了"


def test_a_name_is_never_longer_than_its_place_nor_empty_where_there_are_words() -> None:
    assert name_of([_told("长" * 300)], lambda _: 1.0) == "长" * 40
    assert name_of([_told("短")], lambda _: 1.0) == "短"
    assert name_of([], lambda _: 1.0) == ""
