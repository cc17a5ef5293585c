"""Says all that is wrong with a filled form, each with its cell and what to write instead."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.config import examine
from monitor.setup import form

if TYPE_CHECKING:
    from monitor.config_yaml import Loc
    from monitor.setup.blueprint import Blueprint

_CELL = re.compile(r"表「(.+)」([A-Z]+)(\d+)$")
_WORDS = {
    "补上这一行": "填上这一格",
    "删掉这一行": "清空这一格",
    "channels 里": "「渠道」表里",
    "people 里没有这个 id": "「人员」表里没有这个人",
    "oncall.levels 里": "「值班」表里",
    "brands 里": "「品牌」表里",
}
_NO_BRAND = "一行也没有填；至少写上一个品牌的全称"
_SHEETS = {
    "brands": form.BRANDS,
    "watch": form.WATCH,
    "channels": form.CHANNELS,
    "groups": form.CHANNELS,
    "operator_channels": form.CHANNELS,
    "people": form.PEOPLE,
    "oncall": form.ROTA,
    "sources": form.SOURCES,
    "trial": form.OTHERS,
    "tiers": form.OTHERS,
}


def faults(blueprint: Blueprint, base: Path) -> list[str]:
    """Return every problem as one line; none means that the configuration can be written.

    A cell that could not be read at all is not blamed again for what follows from it.
    """
    found = dict.fromkeys(blueprint.problems)
    spoilt = {place for place, _ in found}
    for loc, text in examine(blueprint.tree, base, _rows(blueprint)):
        place = blueprint.place(loc) or _sheet(loc)
        if place not in spoilt:
            found.setdefault((place, _NO_BRAND if loc == ("brands",) else _spoken(text)))
    ordered = sorted(found, key=lambda one: _order(one[0]))
    return [f"{place}{'' if text.startswith('（') else '：'}{text}" for place, text in ordered]


def _spoken(text: str) -> str:
    """Put what the schema says of the file into the words of the form."""
    for written, said in _WORDS.items():
        text = text.replace(written, said)
    return text


def _rows(blueprint: Blueprint) -> dict[Loc, int]:
    """The row of every value, for sentences that speak of another row of the same sheet."""
    found = ((loc, _CELL.search(place)) for loc, place in blueprint.places.items())
    return {loc: int(cell[3]) for loc, cell in found if cell}


def _sheet(loc: Loc) -> str:
    return f"表「{_SHEETS.get(str(loc[0]), form.OTHERS)}」"


def _order(place: str) -> tuple[int, int, str]:
    cell = _CELL.search(place)
    titles = list(form.BY_TITLE)
    title = cell[1] if cell else place.removeprefix("表「").removesuffix("」")
    number = titles.index(title) if title in titles else len(titles)
    return number, int(cell[3]) if cell else 0, cell[2].rjust(3) if cell else ""
