"""Reads an answer that somebody typed, and says how to type one; pure.

A typed line acts only as a whole: 「我来处理」 answers, 「我来处理不了」 does not.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from alerts.answer_page import Answer

# As incidents are numbered: three or four letters and digits; an answer's own number has one digit.
_CODE = re.compile(r"[0-9A-Z]{3,4}", re.IGNORECASE)
# What the button says, what people shorten it to, and its number in the list below.
_SPELLINGS: dict[Answer, tuple[str, ...]] = {
    Answer.ACK: ("1", "我来处理", "我来", "我处理"),
    Answer.PASS: ("2", "转备班", "转"),
    Answer.REVIEW: ("3", "疑似误报,08:00复核", "疑似误报", "误报"),
    Answer.EXTEND: ("4", "续30分钟", "续"),
}
_ANSWERS = {word: answer for answer, words in _SPELLINGS.items() for word in words}
# What phones put around a number: 「1。」, 「1）」, 「【1】」.
_TRIMMED = " .,!。、)(][】【」「”“\"'~"
LONGEST = 60  # characters; the longest spelling with a code has some twenty

CHOICES = "　".join(f"{words[0]} {answer.label}" for answer, words in _SPELLINGS.items())
BY_MAIL = f"应答：直接回复这封邮件，第一行只写一个数字：{CHOICES}"


def by_chat(platform: str, code: str) -> str:
    """How to answer an incident by a line to our robot on a chat platform."""
    return f"在{platform}里发给烽燧机器人「1 {code}」也行（{CHOICES}）"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a line asks for; without a code the thread it stands in must tell the incident."""

    answer: Answer
    code: str = ""


def read_answer(line: str) -> Typed | None:
    """Return the answer that a whole line gives, or None for any other words."""
    plain = " ".join(unicodedata.normalize("NFKC", line).split())
    if len(plain) > LONGEST:
        return None
    whole, words = _answer(plain), plain.strip(_TRIMMED).split(" ")
    if whole is not None:
        return Typed(whole)
    for code, rest in ((words[-1], words[:-1]), (words[0], words[1:])):
        answer = _answer(" ".join(rest))
        if answer is not None and _CODE.fullmatch(code):
            return Typed(answer, code.upper())
    return None


def _answer(words: str) -> Answer | None:
    return _ANSWERS.get(words.replace(" ", "").strip(_TRIMMED))
