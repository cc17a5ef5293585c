"""What a site puts around every article is learnt; what people say again and again is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.items import Item
from crawlers.recurring import MAX_HOSTS, MAX_LINES, OFTEN, PAGES, Lines, without_recurring

SLOGAN = "清河头条，让世界听见清河"
NAME = "清河互联网医院"


def an_article(number: int, *lines: str, host: str = "news.example.cn") -> Item:
    own = [f"{chr(0x4E00 + 9 * number + n)}的经过，{'家属说等了很久。' * 6}" for n in range(4)]
    text = "\n".join([*own, *lines])
    url = f"https://{host}/{number}.html"
    return Item("news", str(number), text, url=url, raw={"text_from": "article"})


def last_lines(items: list[Item]) -> set[str]:
    return {item.text.rpartition("\n")[2] for item in items}


def test_a_line_at_the_end_of_many_articles_of_one_site_is_dropped() -> None:
    items, known = without_recurring((an_article(n, SLOGAN) for n in range(OFTEN)), {}, (NAME,))
    assert not any(SLOGAN in item.text for item in items)
    assert all("家属说等了很久" in item.text for item in items)
    assert known["news.example.cn"][PAGES] == OFTEN


def test_numbers_in_a_line_do_not_hide_it_and_what_was_learnt_is_remembered() -> None:
    _, known = without_recurring(
        (an_article(n, f"本文已有 {n * 7} 人读过") for n in range(OFTEN - 1)), {}, ()
    )
    (item,), _ = without_recurring([an_article(99, "本文已有 12 人读过")], known, ())
    assert "人读过" not in item.text


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("记者从清河互联网医院获悉，患儿已经去世。", "it names whom we look for"),
        ("患儿家属说，" + "孩子打完针就不行了，没有人管，" * 6, "it is a paragraph"),
    ],
)
def test_a_sentence_that_every_report_of_a_crisis_repeats_stays(line: str, why: str) -> None:
    items, _ = without_recurring((an_article(n, line) for n in range(3 * OFTEN)), {}, (NAME,))
    assert last_lines(items) == {line}, why


def test_a_line_of_few_articles_or_of_a_column_stays() -> None:
    few = [an_article(n, SLOGAN) for n in range(OFTEN - 1)]
    column = [an_article(n, SLOGAN, host="b.example.cn") for n in range(OFTEN)]
    others = [an_article(n, host="b.example.cn") for n in range(100, 100 + 3 * OFTEN)]
    items, _ = without_recurring([*few, *column, *others], {}, ())
    assert sum(SLOGAN in item.text for item in items) == len(few) + len(column)


def test_copies_of_one_text_are_left_whole() -> None:
    text = "孩子打完针就不行了。\n没有人管我们。\n请大家转发。"
    given_items = [
        Item("news", str(n), text, url=f"https://a.example.cn/{n}", raw={"text_from": "article"})
        for n in range(3 * OFTEN)
    ]
    items, _ = without_recurring(given_items, {}, ())
    assert items == given_items


def test_a_line_in_the_middle_and_words_of_a_feed_are_no_furniture() -> None:
    middle = [
        Item("news", str(n), "\n".join([*map(str, range(6)), SLOGAN, *"abcdefgh"]))
        for n in range(OFTEN)
    ]
    items, known = without_recurring(middle, {}, ())
    assert (items, known) == (middle, {})


def test_memory_is_bounded_by_hosts_and_lines() -> None:
    many = [an_article(n, host=f"h{n}.example.cn") for n in range(MAX_HOSTS + 9)]
    long = [an_article(n, *(f"尾{n}.{i}行" for i in "甲乙丙丁")) for n in range(MAX_LINES)]
    _, known = without_recurring([*many, *long], {}, ())
    assert len(known) == MAX_HOSTS
    assert all(len(lines) <= MAX_LINES + 1 for lines in known.values())
    assert known["news.example.cn"][PAGES] == MAX_LINES


@given(st.permutations([an_article(n, SLOGAN if n % 2 else "") for n in range(2 * OFTEN)]))
def test_the_order_of_the_pages_does_not_matter(items: list[Item]) -> None:
    cleaned, known = without_recurring(items, {}, ())
    same: Lines
    again, same = without_recurring(sorted(items, key=lambda one: int(one.id)), {}, ())
    assert (sorted(item.text for item in cleaned), known) == (
        sorted(item.text for item in again),
        same,
    )
