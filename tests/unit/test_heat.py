"""Heat: what is missing is estimated, more is never less, the indexes of others stand beside it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.heat import (
    MIX,
    MOST_ESTIMATED,
    PLAIN_MIX,
    attention,
    engagement,
    heat,
    heat_of_attention,
)
from monitor.domain.heat_beside import beside, wci
from monitor.domain.mention import Counters

count = st.none() | st.integers(0, 10**8)
counters = st.builds(
    Counters, views=count, likes=count, comments=count, reposts=count, followers=count
)
platforms = st.sampled_from([*MIX, "somewhere"])
NAMES = ("views", "likes", "comments", "reposts")


@given(counters, platforms)
def test_estimating_adds_to_what_is_known_and_never_more_than_so_many_times(
    one: Counters, platform: str
) -> None:
    zeroed = replace(one, **{name: getattr(one, name) or 0 for name in NAMES})
    known = engagement(zeroed, platform)

    assert engagement(one, platform) >= known
    if one.followers is None:
        assert engagement(one, platform) <= MOST_ESTIMATED * known + 1e-6


@given(counters, platforms, st.sampled_from(NAMES), st.integers(1, 10**6))
def test_a_counter_that_grows_never_makes_it_colder(
    one: Counters, platform: str, name: str, more: int
) -> None:
    known = replace(one, **{name: getattr(one, name) or 0})
    grown = replace(known, **{name: getattr(known, name) + more})

    assert attention(grown, platform=platform) >= attention(known, platform=platform) - 1e-6


def test_a_post_that_tells_its_likes_alone_counts_for_the_comments_it_must_have() -> None:
    told = Counters(views=0, likes=100, comments=0, reposts=0)

    assert attention(Counters(likes=100), platform="douyin") > attention(told, platform="douyin")
    assert engagement(told, "douyin") == 100


def test_where_a_platform_has_no_repost_counter_nothing_is_missing_without_it() -> None:
    whole = Counters(views=1000, likes=10, comments=4)

    assert engagement(whole, "zhihu") == 130
    assert engagement(whole, "weibo") > 130


def test_followers_stand_in_for_views_that_nobody_tells() -> None:
    unknown = engagement(Counters(followers=100_000))

    assert unknown == pytest.approx(200)
    assert engagement(Counters(views=0, followers=100_000)) < unknown


def test_reach_and_a_badge_make_a_voice_louder() -> None:
    plain, known = attention(Counters()), attention(Counters(followers=1_000_000, views=0))

    assert plain == 10
    assert known == pytest.approx(10 * (1 + math.log10(101)))
    assert attention(Counters(), verified=True) == 15


def test_a_platforms_own_index_stands_for_its_counters() -> None:
    assert attention(Counters(heat=1e6, likes=10)) == pytest.approx(10 + 1e5 + 10)


def test_ten_sources_are_louder_than_one_of_the_same_attention() -> None:
    assert heat_of_attention(5000, 10) > heat_of_attention(5000, 1) == heat_of_attention(5000)
    assert heat_of_attention(5000, 10) - heat_of_attention(5000) < 3


@given(st.floats(0, 1e12), st.integers(0, 10**6))
def test_heat_stays_in_its_scale(total: float, sources: int) -> None:
    assert 0 <= heat_of_attention(total, sources) <= 100


def test_every_mix_is_a_share_of_the_whole() -> None:
    for mix in (*MIX.values(), PLAIN_MIX):
        assert set(mix) == set(NAMES)
        assert sum(mix.values()) == pytest.approx(1)


def test_wci_is_its_formula_worked_by_hand() -> None:
    """One article in one day: all four terms are the same, so they add up to one."""
    article = Counters(views=1000, likes=20, reposts=5)
    term = 0.70 * math.log(1001) + 0.15 * math.log(201) + 0.15 * math.log(51)

    assert wci([article]) == pytest.approx(term**2 * 12)
    assert wci([]) == 0


def test_the_others_take_what_is_missing_as_zero_and_we_do_not() -> None:
    posts = [Counters(likes=100), Counters(comments=30, reposts=4)]
    found = beside(posts)

    assert found.bettafish == 100 + 150 + 40
    assert found.bettafish_heat < heat([(one, "social") for one in posts])
