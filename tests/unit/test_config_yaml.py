"""YAML becomes plain text values, and every value knows its line."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config_yaml import YamlError, read_yaml


def test_scalars_stay_as_they_were_written() -> None:
    text = "a: 22:00\nb: 001\nc: on\nd: 2026-01-05\ne: 0x10\n"

    assert read_yaml(text).tree == {
        "a": "22:00",
        "b": "001",
        "c": "on",
        "d": "2026-01-05",
        "e": "0x10",
    }


def test_a_key_without_a_value_counts_as_not_written() -> None:
    document = read_yaml("a:\nb: ~\nc: ''\n")

    assert document.tree == {"c": ""}
    assert document.empty == {("a",), ("b",)}


def test_every_value_knows_its_line_and_a_missing_one_its_surroundings() -> None:
    document = read_yaml("# one\nbrands:\n  - name: 甲院\n    aliases:\n      - 甲\n      - 乙\n")

    assert document.line(("brands", 0, "aliases", 1)) == 6
    assert document.line(("brands", 0, "exclude")) == 3
    assert document.line(("sources",)) == 1


def test_anchors_and_merges_are_filled_in() -> None:
    document = read_yaml("a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\nc: *x\nd: {<<: *x}\n")

    assert document.tree["b"] == {"p": "1", "q": "3"}
    assert document.tree["c"] == document.tree["d"] == {"p": "1", "q": "2"}
    assert document.faults == []


def test_a_merged_mapping_used_twice_is_no_duplicate() -> None:
    document = read_yaml("a: &x {p: 1}\nb: &y\n  <<: *x\n  p: 2\nc: *y\n")

    assert document.tree["c"] == {"p": "2"}
    assert document.faults == []


def test_a_duplicate_key_is_reported_where_it_stands_again() -> None:
    document = read_yaml("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n")

    assert [(loc, line) for loc, line, _ in document.faults] == [(("b", "c"), 5)]
    assert "第 3 行" in document.faults[0][2]


def test_a_tag_is_reported_and_never_obeyed() -> None:
    document = read_yaml("a: 1\nb: !!python/object/apply:os.getcwd []\n")

    assert document.tree == {"a": "1"}
    assert [(loc, line) for loc, line, _ in document.faults] == [(("b",), 2)]


def test_a_key_that_is_a_list_is_reported() -> None:
    document = read_yaml("a: 1\n? [b, c]\n: 2\n")

    assert [line for _, line, _ in document.faults] == [2]


@pytest.mark.parametrize(
    ("text", "line", "advice"),
    [
        ("a: 1\n\tb: 2\n", 2, "Tab"),
        ("a: 1\nb: x: y\n", 2, "多了一个冒号"),
        ("a: 1\nrule: '误诊\n", 3, "引号没有配对"),
        ('rule: "误诊" OR 漏诊\n', 1, "引号后面还有字"),
        ("a: 1\nb: [x, y\nc: 2\n", 3, "没有配对"),
        ("a: *b\n", 1, "没有定义的锚点"),
        ("a: 1\n---\nb: 2\n", 2, "一份文档"),
        ("a: 1\nb: @x\n", 2, "特殊符号"),
        ("a: 1\nb: x\x07\n", 2, "控制字符"),
        ("a:\n  b: 1\n c: 2\n", 3, "缩进"),
        ("a: 1\nbcd\n", 3, "冒号"),
        ("- a\n- b\n", 1, "最外层"),
        ("a: &x [*x]\n", 1, "引用了自己"),
    ],
)
def test_broken_yaml_gets_a_line_and_advice(text: str, line: int, advice: str) -> None:
    with pytest.raises(YamlError) as caught:
        read_yaml(text)

    assert caught.value.line == line
    assert advice in caught.value.text


@pytest.mark.parametrize("text", ["", "# 只有说明\n", "---\n"])
def test_an_empty_file_points_to_init(text: str) -> None:
    with pytest.raises(YamlError, match="fengsui init"):
        read_yaml(text)


def test_anchors_that_explode_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    with pytest.raises(YamlError, match="过多"):
        read_yaml("\n".join(lines))


def test_deep_nesting_is_refused_in_words() -> None:
    with pytest.raises(YamlError, match="嵌套太深"):
        read_yaml("a: " + "[" * 5000)


def test_the_text_of_a_broken_line_is_not_repeated() -> None:
    with pytest.raises(YamlError) as caught:
        read_yaml("url: 'wecombot://hunter2\n")

    assert "hunter2" not in str(caught.value)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    with contextlib.suppress(YamlError):
        assert isinstance(read_yaml(text).tree, dict)
