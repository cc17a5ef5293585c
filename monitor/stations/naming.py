"""Tells which people a cleaned text names: by name or alias, whatever the writing and the case."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from monitor.rules import fold
from monitor.text.clean import clean


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the list and what texts call them."""

    name: str
    """As the configuration writes it."""
    aliases: frozenset[str] = field(default=frozenset())

    @property
    def forms(self) -> tuple[str, ...]:
        """Name and aliases as a cleaned text holds them, without the spaces."""
        return tuple(dict.fromkeys(filter(None, map(_form, (self.name, *sorted(self.aliases))))))

    def is_named(self, text: str) -> bool:
        """Whether a cleaned text names them."""
        folded = fold(text)
        return any(_pattern(one).search(folded) for one in self.forms)


def merged(people: Iterable[Person]) -> tuple[Person, ...]:
    """The same list with everybody once, in order."""
    known: dict[str, Person] = {}
    for one in people:
        before = known.get(one.name, one)
        known[one.name] = Person(one.name, before.aliases | one.aliases)
    return tuple(known.values())


@cache
def _form(name: str) -> str:
    return "".join(fold(clean(name)).split())


@cache
def _pattern(form: str) -> re.Pattern[str]:
    """The form with at most a space between its characters; no Latin word within a longer one."""
    spaced = " ?".join(map(re.escape, form))
    begin = r"(?<![a-z0-9])" if form[0].isascii() else ""
    end = r"(?![a-z0-9])" if form[-1].isascii() else ""
    return re.compile(f"{begin}{spaced}{end}")
