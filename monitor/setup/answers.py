"""What a question of the set-up dialogue is, and what each kind of answer must be; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from monitor.setup import channels

NONE = "-"
YES = frozenset({"y", "yes", "是", "好", "对", "要"})
NO = frozenset({"n", "no", "否", "不", "没有", "不要", NONE})


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `check` makes the answer of what was typed, or raises ValueError in Chinese."""

    key: str
    text: str
    help: str
    default: str
    check: Callable[[str], str]


Answers = dict[str, str]
Asking = Iterator[Question]
Filled = Iterator[tuple[str, dict[str, str]]]
"""Rows of the form: the sheet, and the text of each column."""


def anything(text: str) -> str:
    """Take what was typed."""
    return text


def needed(text: str) -> str:
    """Take anything but nothing."""
    if not text or text == NONE:
        raise ValueError("这一题不能空着")
    return text


def yes_or_no(text: str) -> str:
    """Take yes or no in either language."""
    if text.lower() in YES:
        return "y"
    if text.lower() in NO:
        return "n"
    raise ValueError("请回答 y（是）或 n（否）")


def one_of(count: int) -> Callable[[str], str]:
    """Take one number of a list."""

    def check(text: str) -> str:
        if text.isdecimal() and 1 <= int(text) <= count:
            return str(int(text))
        raise ValueError(f"请写 1 到 {count} 里的一个号")

    return check


def some_of(count: int) -> Callable[[str], str]:
    """Take several numbers of a list, or none."""

    def check(text: str) -> str:
        if text == NONE:
            return text
        parts = [part for part in re.split(r"[\s,，、]+", text) if part]
        if parts and all(one.isdecimal() and 1 <= int(one) <= count for one in parts):
            return ",".join(dict.fromkeys(str(int(one)) for one in parts))
        raise ValueError(f"请写 1 到 {count} 里的号，用逗号隔开；一个也不要就写 {NONE}")

    return check


def mailbox(text: str) -> str:
    """Take a mail address, or none."""
    if text in ("", NONE) or channels.EMAIL.fullmatch(text):
        return text
    raise ValueError(f"不是邮箱地址；写成 zhang@example.cn，没有就写 {NONE}")


def server_name(text: str) -> str:
    """Take the name of a mail server."""
    if channels.HOST.fullmatch(text):
        return text
    raise ValueError("不是服务器名；写成 smtp.example.cn，可以加端口 :465")


def listed(titles: list[str]) -> str:
    """A list with numbers to choose by."""
    return "\n".join(f"  {number:>2}. {title}" for number, title in enumerate(titles, 1))


def chosen(answer: str, titles: list[str]) -> list[str]:
    """What an answer's numbers stand for."""
    return [titles[int(one) - 1] for one in answer.split(",") if one.isdecimal()]


def counted(answers: Answers, key: str) -> Iterator[int]:
    """The numbers of repeated blocks: one, and one more after each yes."""
    number = 1
    yield number
    while answers.get(f"{key}{number}.more") == "y":
        number += 1
        yield number
