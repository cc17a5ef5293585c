"""Parses boolean watch rules: AND, OR, NOT, NEAR/n, quotes, brackets; a space means AND."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.text.boolean import (
    And,
    Expression,
    Near,
    Not,
    Or,
    Term,
    can_hold_on_nothing,
)
from monitor.text.clean import clean

# A person nests three deep at most; deeper is a paste accident and would exhaust the stack.
_DEEPEST = 40
_QUOTES = '"“”„＂'
_TOKEN = re.compile(
    rf"(?P<space>\s+)|(?P<open>[(（])|(?P<close>[)）])"
    rf"|[{_QUOTES}](?P<quoted>[^{_QUOTES}]*)(?P<endquote>[{_QUOTES}]?)"
    rf"|(?P<word>[^\s()（）{_QUOTES}]+)"
)
_NEAR = re.compile(r"NEAR(/\d{1,4})?")
_OPERATORS = frozenset({"AND", "OR", "NOT"})


class RuleError(ValueError):
    """A rule that cannot be read; the message says where and what to write instead."""

    def __init__(self, position: int, advice: str) -> None:
        super().__init__(f"规则第 {position + 1} 个字:{advice}")
        self.position = position


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def fold(text: str) -> str:
    """Case-fold without changing the length, so that positions stay true."""
    folded = text.casefold()
    if len(folded) == len(text):
        return folded
    return "".join(small if len(small := c.casefold()) == 1 else c for c in text)


def parse(expression: str) -> Expression:
    """Return the tree of a rule; raises RuleError where it cannot be read or has only NOT."""
    tree = _Parser([*_tokens(expression), _Token("end", "", len(expression))]).whole()
    if can_hold_on_nothing(tree):
        raise RuleError(0, "这条规则不要求任何词出现;请写一个必须出现的词,例如:误诊 NOT 辟谣")
    return tree


def _tokens(expression: str) -> Iterator[_Token]:
    """Yield tokens; quotes make a term of anything, operators are words in capitals."""
    for match in _TOKEN.finditer(expression):
        kind = str(match.lastgroup)
        if kind == "endquote" and not match["endquote"]:
            raise RuleError(match.start(), "引号没有配对;请在词的后面补一个引号")
        if kind == "endquote":
            yield _Token("term", match["quoted"], match.start())
        elif kind != "space":
            yield _Token(_kind(kind, match[kind]), match[kind], match.start())


def _kind(kind: str, text: str) -> str:
    """Tell operators from terms."""
    if kind != "word":
        return kind
    return text if text in _OPERATORS else "NEAR" if _NEAR.fullmatch(text) else "term"


class _Parser:
    """Recursive descent: OR binds loosest, then AND (or a space), then NOT, then NEAR."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def whole(self) -> Expression:
        """Parse everything, or say what stands in the way."""
        if self._peek().kind == "end":
            raise RuleError(0, "规则是空的;请写要找的词,例如:误诊 OR 信息泄露")
        tree = self._either()
        if self._peek().kind != "end":
            raise RuleError(self._peek().position, "多了一个右括号;请删掉它,或在前面补左括号")
        return tree

    def _either(self) -> Expression:
        parts = [self._all()]
        while self._take("OR"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Expression:
        parts = [self._maybe_not()]
        while self._take("AND") or self._peek().kind in {"term", "open", "NOT"}:
            parts.append(self._maybe_not())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _maybe_not(self) -> Expression:
        if self._take("NOT"):
            return Not(self._close_by())
        return self._close_by()

    def _close_by(self) -> Expression:
        left = self._single()
        while near := self._take("NEAR"):
            if "/" not in near.text:
                raise RuleError(near.position, "NEAR 要写明相隔几个字,例如:手术 NEAR/10 失误")
            left = self._near(left, near, self._single())
        return left

    def _near(self, left: Expression, near: _Token, right: Expression) -> Near:
        if not all(_has_places(side) for side in (left, right)):
            raise RuleError(near.position, "NEAR 两边只能是词,或用 OR 连接的词,不能有 AND、NOT")
        return Near(left, right, int(near.text.removeprefix("NEAR/")))

    def _single(self) -> Expression:
        token = self._peek()
        if token.kind == "open":
            return self._bracketed()
        if not self._take("term"):
            raise RuleError(token.position, f"这里缺一个词;{_advice(token)}")
        text = fold(clean(token.text))
        if not text:
            raise RuleError(token.position, "引号里没有可找的字;请写一个词")
        return Term(text)

    def _bracketed(self) -> Expression:
        opened = self._tokens[self._next]
        self._next += 1
        self._depth += 1
        if self._depth > _DEEPEST:
            raise RuleError(opened.position, f"括号套了 {_DEEPEST} 层以上;请拆成几条规则")
        inner = self._either()
        if not self._take("close"):
            raise RuleError(opened.position, "左括号没有配对;请补上右括号")
        self._depth -= 1
        return inner

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self, kind: str) -> _Token | None:
        token = self._peek()
        if token.kind != kind:
            return None
        self._next += 1
        return token


def _has_places(tree: Expression) -> bool:
    """Say whether the tree is a word, words joined by OR, or a NEAR of such."""
    return isinstance(tree, Term | Near) or (
        isinstance(tree, Or) and all(_has_places(part) for part in tree.parts)
    )


def _advice(token: _Token) -> str:
    if token.kind == "end":
        return "规则在运算符后面就结束了,请补上要找的词"
    return f"要找「{token.text}」这几个字本身,请加引号" if token.text != ")" else "请删掉空括号"
