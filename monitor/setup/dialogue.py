"""Leads the set-up dialogue: one question, its answer checked at once, back, quit and resume."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from monitor.setup.answers import Answers, Question
from monitor.setup.questions import complaint, questions

BACK = frozenset({"b", "back", "返回", "上一题"})
QUIT = frozenset({"q", "quit", "exit", "退出"})
HELP = frozenset({"?", "？", "帮助"})


class QuitError(Exception):
    """The person wants to stop; what was answered is kept."""


@dataclass(slots=True)
class Dialogue:
    """The answers so far, and the question that is next."""

    today: date
    answers: Answers = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    """Keys in the order in which they were answered."""
    asked: int = 0

    @property
    def next(self) -> Question | None:
        """The first question without an answer; None when all is known."""
        return next((one for one in self._all() if one.key not in self.answers), None)

    def _all(self) -> Iterator[Question]:
        return questions(self.answers, self.today)

    def take(self, typed: str) -> str:
        """Take one line: an answer, or back, quit, help; returns what to tell the person."""
        question, text = self.next, typed.strip()
        if question is None:
            return ""
        word = text.lower()
        if word in QUIT:
            raise QuitError
        if word in BACK:
            return self.back()
        if word in HELP:
            return question.help
        self.asked += 1
        return self._answer(question, text or question.default)

    def _answer(self, question: Question, text: str) -> str:
        try:
            said = question.check(text)
        except ValueError as error:
            return f"✗ {error}"
        wrong = complaint(self.answers, question.key, said)
        if wrong:
            return f"✗ {wrong}"
        self.answers[question.key] = said
        self.order.append(question.key)
        return ""

    def back(self) -> str:
        """Take the last answer away; returns what to tell the person."""
        if not self.order:
            return "已经是第一题了。"
        del self.answers[self.order.pop()]
        return ""

    def resume(self, kept: dict[str, str]) -> None:
        """Answer again what was answered before, as far as it still may stand."""
        while (question := self.next) is not None and question.key in kept:
            if self._answer(question, kept[question.key]):
                return
