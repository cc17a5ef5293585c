"""The story: consistent, rich enough, and visible only as its clock goes."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta

import pytest

from crawlers.feeds import parse_feed
from monitor.demo import pages
from monitor.demo.narrator import first_line, folded
from monitor.demo.story import Post, Story, batches, load_story
from monitor.domain.mention import SHANGHAI

DAY = date(2026, 11, 21)
HEAD = 'brand: 清河互联网医院\nbegins: "08:00"\nends: "23:00"\nposts:\n'
FIRST = '  - {id: a, via: weibo, at: "09:00", author: 甲, text: 一}\n'


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 11, 21, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def story() -> Story:
    return load_story(DAY)


def test_the_story_has_every_kind_of_place_and_every_kind_of_broken_page(story: Story) -> None:
    assert {post.via for post in story.posts} == {"news", "forum", "complaints", "weibo"}
    assert {post.page for post in story.posts} == {"ok", "broken", "fails_first", "forbidden"}
    assert 40 <= len(story.posts) <= 70


def test_the_story_names_nobody_in_full(story: Story) -> None:
    told = re.compile("[张李王刘陈杨赵黄周吴孙钱][一-鿿]{1,2}(?:医生|护士|院长|主任|大夫)")
    assert [post.id for post in story.posts if told.search(post.text)] == []


def test_reposts_carry_their_parent_and_come_after_it(story: Story) -> None:
    known = {post.id: post for post in story.posts}
    reposts = [post for post in story.posts if post.parent]
    assert len(reposts) >= 10
    assert all(known[str(post.parent)].at <= post.at for post in reposts)


def test_a_repost_of_something_that_is_not_there_yet_is_refused() -> None:
    text = HEAD + FIRST + '  - {id: b, via: weibo, at: "08:30", author: 乙, text: 二, parent: a}\n'
    with pytest.raises(ValueError, match="b reposts a"):
        load_story(DAY, text)


def test_two_posts_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="share an id"):
        load_story(DAY, HEAD + FIRST + FIRST)


def test_a_post_outside_the_day_is_refused() -> None:
    with pytest.raises(ValueError, match="within its day"):
        load_story(DAY, HEAD + FIRST.replace("09:00", "07:00"))


def test_a_post_is_visible_once_its_time_has_come(story: Story) -> None:
    first = story.visible("news", at(8, 4))
    then = story.visible("news", at(8, 5))
    assert (first, [post.id for post in then]) == ([], ["n-01"])


def test_counters_grow_with_the_clock() -> None:
    post = Post(
        "a",
        "weibo",
        at(9, 0),
        "甲",
        "",
        "一",
        stats={"views": 1},
        grows={at(10, 0): {"views": 50}, at(11, 0): {"views": 90}},
    )
    seen = [post.counters(moment)["views"] for moment in (at(9, 59), at(10, 0), at(23, 0))]
    assert seen == [1, 50, 90]


def test_the_gateway_passes_on_nothing_early_and_everything_once(story: Story) -> None:
    files = batches(story, "weibo", timedelta(minutes=3))
    for due, posts in files.items():
        assert all(
            any(due - timedelta(minutes=3) < m <= due for m in post.moments) for post in posts
        )
    passed = sum(len(posts) for posts in files.values())
    assert passed == len(list(story.moments("weibo")))


def test_the_three_feeds_are_feeds_that_our_own_reader_understands(story: Story) -> None:
    base, now = "http://127.0.0.1:1", at(23, 0)
    made = {
        "news": pages.rss(base, story.visible("news", now)),
        "forum": pages.atom(base, story.visible("forum", now)),
        "complaints": pages.json_feed(base, story.visible("complaints", now), now),
    }
    for via, text in made.items():
        feed = parse_feed(text.encode(), "", base)
        wanted = [(post.title, post.at) for post in story.posts if post.via == via]
        found = [(entry.title, entry.published_at) for entry in feed.entries]
        assert found[::-1] == wanted
        assert not feed.repaired
    assert json.loads(made["complaints"])["items"][-1]["_stats"] == {}


def test_a_long_chinese_line_folds_by_columns_and_loses_nothing() -> None:
    text = "→ 公关群 收到：【红色】清河互联网医院｜编号 KD2，运行 fengsui incidents ack KD2 就好"
    lines = folded(text, 20)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(sum(1 + (ord(char) > 0x2E80) for char in line) <= 20 for line in lines)
    assert any("incidents" in line for line in lines)


def test_a_head_that_stands_alone_takes_the_next_line_with_it() -> None:
    assert first_line("【系统告警】\n没有人值班") == "【系统告警】没有人值班"
    assert first_line("【红色】清河\n认领") == "【红色】清河"
