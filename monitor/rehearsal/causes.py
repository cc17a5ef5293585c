"""What the alerts of a rehearsal have in common, and the one change that would take them away.

Three kinds of change exist: an exclude word (the name stands inside a longer word that is somebody
else's), a watch rule and a source. Each cause carries its price: the other mentions of the period
that the change would lose as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from monitor.rehearsal.alert import Alert, Told

MOST = 5  # causes named; whoever mends the loudest five rehearses again
AROUND = 4  # characters beside a name that can make it a longer word: 清河医院路口店
# A word is another one's name when it stands around nearly every naming of the alert's mentions.
COVERED = 0.8
MAIN = 0.5  # a source that brings half of what we see is our eyes, whatever it rang
_WORD = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that several alerts share, and what it would cost to leave it out."""

    kind: str
    """word, rule or source."""
    what: str
    brand: str
    alerts: tuple[Alert, ...]
    """Those that would fall away."""
    lost: int
    """Other mentions of the period that would fall away too."""

    @property
    def nights(self) -> int:
        """How many of them ring at night."""
        return sum(one.night for one in self.alerts)


def causes(alerts: Sequence[Alert], others: Iterable[Told]) -> tuple[Cause, ...]:
    """The loudest causes, each alert under the one that explains most; `others` rang nothing."""
    left, quiet = list(alerts), list(others)
    found: list[Cause] = []
    while left and len(found) < MOST:
        cause = _loudest(left, quiet)
        if cause is None:
            break
        found.append(cause)
        left = [one for one in left if one not in cause.alerts]
    return tuple(found)


def _loudest(alerts: list[Alert], others: list[Told]) -> Cause | None:
    counted = [cause for cause in _possible(alerts, others) if len(cause.alerts) > 0]
    # What loses nothing else comes first among equals; then the narrowest kind of change.
    order = {"word": 0, "rule": 1, "source": 2}
    return max(
        counted,
        key=lambda one: (
            len(one.alerts),
            -one.lost,
            -order[one.kind],
            -len(one.what),
            one.what,
        ),
        default=None,
    )


def _possible(alerts: list[Alert], others: list[Told]) -> Iterator[Cause]:
    yield from _by_word(alerts, others)
    yield from _by_rule(alerts)
    yield from _by_source(alerts, others)


def _by_word(alerts: list[Alert], others: list[Told]) -> Iterator[Cause]:
    words = {word for alert in alerts for one in alert.told for word in around(one)}
    for word in sorted(words):
        covered = [alert for alert in alerts if _is_covered(alert, word)]
        for brand in sorted({alert.brand for alert in covered}):
            ours = tuple(alert for alert in covered if alert.brand == brand)
            seen = sum(len(alert.told) for alert in ours)
            # One mention alone shows no longer name: any two characters would fit it.
            if seen > 1:
                lost = sum(word in one.text for one in others)
                yield Cause("word", word, brand, ours, lost)


def around(one: Told) -> set[str]:
    """Longer words that begin or end with the brand's name where it is used."""
    found = set()
    for start, end in one.names:
        name = one.text[start:end]
        after = _WORD.match(one.text[end : end + AROUND])
        tail = after[0] if after else ""
        head = re.split(r"[^\u4e00-\u9fffA-Za-z0-9]", one.text[max(0, start - AROUND) : start])[-1]
        found |= {name + tail[:n] for n in range(1, len(tail) + 1)}
        found |= {head[-n:] + name for n in range(1, len(head) + 1)}
    return found


def _is_covered(alert: Alert, word: str) -> bool:
    named = [one for one in alert.told if one.names]
    inside = [one for one in named if all(_inside(one.text, word, span) for span in one.names)]
    return bool(named) and len(inside) >= COVERED * len(named)


def _inside(text: str, word: str, span: tuple[int, int]) -> bool:
    start, end = span
    at = text.find(word)
    while at >= 0:
        if at <= start and end <= at + len(word):
            return True
        at = text.find(word, at + 1)
    return False


def _by_rule(alerts: list[Alert]) -> Iterator[Cause]:
    """Alerts that a watch rule alone has set off."""
    alone = [alert for alert in alerts if set(alert.rules) == {"watch"}]
    named = Counter(rule for alert in alone for rule in {one.rule for one in alert.told} if rule)
    for rule in named:
        ours = tuple(one for one in alone if {told.rule for told in one.told} - {None} == {rule})
        if ours:
            yield Cause("rule", rule, ours[0].brand, ours, 0)


def _by_source(alerts: list[Alert], others: list[Told]) -> Iterator[Cause]:
    rang = Counter(one.source for alert in alerts for one in alert.told)
    silent = Counter(one.source for one in others)
    everything = rang.total() + silent.total()
    for source in sorted(rang):
        ours = tuple(a for a in alerts if a.told and all(one.source == source for one in a.told))
        share = (rang[source] + silent[source]) / everything
        if len(ours) > 1 and share < MAIN:
            lost = silent[source]
            yield Cause("source", source, ours[0].brand, ours, lost)
