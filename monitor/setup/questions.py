"""The questions of the set-up dialogue, each computed from the answers before it; pure.

An answer is checked at once, by the form and by the schema; the answers together are the rows of
the same form that the workbook fills.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from monitor.config import examine
from monitor.setup import ask_duty, ask_people, ask_scope
from monitor.setup.answers import NONE, Answers, Question
from monitor.setup.assemble import assemble
from monitor.setup.form import Entry, Form

_ROW = re.compile(r"在第 \d+ 行已经用过")
_PARTS = (
    ask_scope.brand_rows,
    ask_scope.watch_rows,
    ask_scope.source_rows,
    ask_people.channel_rows,
    ask_people.people_rows,
    ask_duty.duty_rows,
)


def questions(answers: Answers, today: date) -> Iterator[Question]:
    """Yield the questions in order; those after an unanswered one do not exist yet.

    The caller stops at the first whose key has no answer, asks it and begins anew.
    """
    yield from ask_scope.ask_brands(answers)
    yield from ask_scope.ask_watch()
    yield from ask_scope.ask_sources(answers)
    yield from ask_people.ask_channels()
    yield from ask_people.ask_people(answers)
    yield from ask_duty.ask_duty(answers, today)


def rows(answers: Answers) -> Form:
    """The form that the answers fill so far; nothing of a part that has not been reached."""
    filled: Form = {}
    for part in _PARTS:
        for sheet, values in part(answers):
            kept = {column: text for column, text in values.items() if text not in ("", NONE)}
            filled.setdefault(sheet, []).append(Entry(kept, dict.fromkeys(values, sheet)))
    return filled


def complaint(answers: Answers, key: str, text: str) -> str:
    """What the schema has against an answer; empty when it may stand."""
    before = set(_complaints(answers))
    fresh = (one for one in _complaints({**answers, key: text}) if one not in before)
    return next(fresh, "")


def _complaints(answers: Answers) -> list[str]:
    blueprint = assemble(rows(answers))
    own = [text.partition("）")[2] or text for _, text in blueprint.problems]
    if not blueprint.tree.get("brands"):
        return own
    found = examine(blueprint.tree, Path(), {})
    return [*own, *(_ROW.sub("前面已经用过", text) for _, text in found)]
