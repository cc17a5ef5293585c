"""Reads a filled set-up workbook; every cell that cannot be read is a problem with its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from crawlers.importers.workbook import check, sheets
from monitor.setup.form import BY_TITLE, Column, Entry, Form, Sheet
from monitor.setup.form_cells import Place, formulas, read_texts, unreadable
from monitor.setup.form_template import EXAMPLE, GUIDE, HINT_SIGN

Problem = tuple[str, str]
MOST_ROWS = 2_000  # of one sheet; a hospital has dozens of people and sources
LONGEST = 2_000  # characters of one cell
_MARK = re.compile(r"[\s*＊]+$")
_SECRET = re.compile(
    r"(?i)https?://\S*(?:access_token|key|hook/|token|secret)[=/]?\S{8,}|\bSEC[0-9a-f]{32,}"
)
_TELLTALE = "密钥和机器人地址不要写进表里；导入后写在 fengsui.env 里，这里清空"


def read_form(path: Path) -> tuple[Form, list[Problem]]:
    """Return the filled rows and what is wrong with single cells.

    Raises UnreadableError for a file that is no workbook, is damaged or unpacks to too much.
    """
    check(path)
    found = formulas(path, list(BY_TITLE), MOST_ROWS)
    filled: Form = {}
    problems: list[Problem] = []
    with sheets(path) as pages:
        for page in pages:
            title = str(page.title).strip()
            if title in BY_TITLE:
                filled[title] = list(_entries(page, BY_TITLE[title], found, problems))
            elif title not in {GUIDE, EXAMPLE}:
                problems.append((f"表「{title[:20]}」", _unknown_sheet(title)))
    return filled, problems


def _unknown_sheet(title: str) -> str:
    meant = get_close_matches(title, list(BY_TITLE), n=1, cutoff=0.4)
    hint = f"是不是「{meant[0]}」？" if meant else f"可以有的：{'、'.join(BY_TITLE)}"
    return f"不认识这张表；{hint}多余的表请删掉"


def _entries(
    page: Any,  # noqa: ANN401 (openpyxl's read-only worksheet)
    sheet: Sheet,
    found: set[Place],
    problems: list[Problem],
) -> Iterator[Entry]:
    columns: dict[int, Column] = {}
    for number, texts in read_texts(page, found):
        if not columns:
            columns = _headings(sheet, number, texts, problems)
            continue
        values = {column: texts[at] for at, column in columns.items() if at < len(texts)}
        if _is_hint(values) or not _is_filled(sheet, values):
            continue  # also what is only formatted, however far down that goes
        if number > MOST_ROWS:
            problems.append((f"表「{sheet.title}」", f"超过 {MOST_ROWS} 行；检查是不是贴错了内容"))
            return
        places = {
            one.title: f"表「{sheet.title}」{_letter(at)}{number}" for at, one in columns.items()
        }
        entry = Entry({one.title: text for one, text in values.items()}, places)
        problems.extend(_look(sheet, entry))
        yield _readable(entry)


def _readable(entry: Entry) -> Entry:
    """The row without the cells that say nothing; each of them is a problem already."""
    kept = {name: text for name, text in entry.values.items() if not unreadable(text)}
    return Entry(kept, entry.places)


def _headings(
    sheet: Sheet,
    number: int,
    texts: list[str],
    problems: list[Problem],
) -> dict[int, Column]:
    known = {one.title: one for one in sheet.columns}
    found: dict[int, Column] = {}
    for at, text in enumerate(texts):
        title = _MARK.sub("", text)
        if title in known and known[title] not in found.values():
            found[at] = known[title]
        elif title:
            place = f"表「{sheet.title}」{_letter(at)}{number}"
            sentence = f"不认识这一列「{title[:20]}」，或写了两次；可以有的：{'、'.join(known)}"
            problems.append((place, sentence))
    for one in sheet.columns:
        if one.required and one not in found.values():
            sentence = f"第一行里没有「{one.title}」这一列；照模板补上（fengsui init --template）"
            problems.append((f"表「{sheet.title}」", sentence))
    return found


def _is_hint(values: dict[Column, str]) -> bool:
    return next(iter(values.values()), "").startswith(HINT_SIGN)


def _is_filled(sheet: Sheet, values: dict[Column, str]) -> bool:
    """Whether anybody wrote into the row; names of fixed rows and notes stand there anyway."""
    mine = [text for one, text in values.items() if not sheet.fixed or one.title == "填写"]
    return any(mine)


def _look(sheet: Sheet, entry: Entry) -> Iterator[Problem]:
    for column in sheet.columns:
        text, place = entry[column.title], entry.place(column.title)
        if not text:
            if column.required:
                yield place, f"（{column.title}）空着；{column.hint}"
        elif why := unreadable(text):
            yield place, f"（{column.title}）{why}"
        elif len(text) > LONGEST:
            yield place, f"（{column.title}）太长；最多 {LONGEST} 个字"
        elif _SECRET.search(text) and column.title != "网址":
            yield place, f"（{column.title}）{_TELLTALE}"
        elif column.choices and text not in column.choices:
            yield place, f"（{column.title}）{_not_offered(text, column.choices)}"
    if sheet.fixed and entry["项目"] not in sheet.fixed:
        yield entry.place("项目"), f"（项目）没有这一项；可以有的：{'、'.join(sheet.fixed)}"


def _not_offered(text: str, choices: tuple[str, ...]) -> str:
    meant = get_close_matches(text, choices, n=1, cutoff=0.4)
    hint = f"是不是「{meant[0]}」？" if meant else ""
    return f"没有「{text[:20]}」这个选项；{hint or '可以写 ' + '、'.join(choices)}"


def _letter(at: int) -> str:
    """A column's letters, counted from 0."""
    letters = ""
    number = at + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
