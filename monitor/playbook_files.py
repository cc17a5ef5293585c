"""Reads a playbook's YAML into domain steps and says in Chinese what is wrong with a file."""

from __future__ import annotations

from dataclasses import MISSING, fields
from pathlib import Path
from typing import TYPE_CHECKING, get_type_hints

import yaml

from monitor.domain.playbook import Playbook, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHIPPED = Path(__file__).parent / "playbooks" / "red.yaml"
_HINTS = get_type_hints(Step)
_REQUIRED = tuple(field.name for field in fields(Step) if field.default is MISSING)
_CLOCKS = ("public", "response")


class PlaybookError(ValueError):
    """A playbook file that cannot be used, in a Chinese sentence."""


def load_playbook(path: Path | None = None) -> Playbook:
    """Read the file, or the red playbook that comes with the program.

    Raises PlaybookError, whose text names the file, the step and what to write instead.
    """
    path = path or _SHIPPED
    try:
        return parse_playbook(_text_of(path))
    except PlaybookError as error:
        raise PlaybookError(f"预案文件 {path}：{error}") from error


def parse_playbook(text: str) -> Playbook:
    """Read a playbook from its YAML text; raises PlaybookError."""
    return _playbook(_document(text))


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise PlaybookError("读不到这个文件：请检查路径和读取权限。") from error
    except UnicodeDecodeError as error:
        raise PlaybookError("不是 UTF-8 编码：请另存为 UTF-8。") from error


def _document(text: str) -> Mapping[str, object]:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PlaybookError(f"不是正确的 YAML{_place(error)}：请检查缩进和冒号。") from error
    if not isinstance(document, dict):
        raise PlaybookError("内容要写成 name、version、steps 三项。")
    return document


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"（第 {mark.line + 1} 行）" if mark else ""


def _playbook(document: Mapping[str, object]) -> Playbook:
    _only(document, ("name", "version", "steps"))
    steps = document.get("steps")
    if not isinstance(steps, list) or not steps:
        raise PlaybookError("steps 要是一个列表，至少写一步。")
    read = tuple(_step(number, step) for number, step in enumerate(steps, start=1))
    _distinct(read)
    return Playbook(_text(document, "name"), _text(document, "version"), read)


def _only(given: Mapping[str, object], known: tuple[str, ...]) -> None:
    unknown = sorted(str(key) for key in given if key not in known)
    if unknown:
        raise PlaybookError(f"不认识 {'、'.join(unknown)}：只能写 {'、'.join(known)}。")


def _text(document: Mapping[str, object], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value.strip():
        raise PlaybookError(f'缺少 {key}，或它不是文字：请写成 {key}: "…"。')
    return value


def _step(number: int, given: object) -> Step:
    if not isinstance(given, dict):
        raise PlaybookError(f"第 {number} 步要写成 id、title 等若干项。")
    try:
        _check(given)
    except PlaybookError as error:
        raise PlaybookError(f"第 {number} 步（{given.get('id', '没有 id')}）：{error}") from error
    return Step(**given)


def _check(given: Mapping[str, object]) -> None:
    _only(given, tuple(_HINTS))
    missing = [name for name in _REQUIRED if name not in given]
    if missing:
        raise PlaybookError(f"缺少 {'、'.join(missing)}：请补上。")
    for name, value in given.items():
        _check_value(name, value)


def _check_value(name: str, value: object) -> None:
    """Hold one value against what its field is for."""
    if name == "clock":
        good, wanted = value in _CLOCKS, "public（舆情时钟）或 response（响应时钟）"
    elif name == "orange":
        good, wanted = isinstance(value, bool), "true（橙色也做）或 false（只在红色做）"
    elif "minutes" in name:
        least = 0 if name == "after_minutes" else 1
        good, wanted = _is_minutes(value, least), f"整数分钟，至少 {least}"
    else:
        good, wanted = isinstance(value, str) and bool(value.strip()), "文字，不能为空"
    if not good:
        raise PlaybookError(f"{name} 写的是 {value!r}：请写{wanted}。")


def _is_minutes(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _distinct(steps: tuple[Step, ...]) -> None:
    ids = [step.id for step in steps]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise PlaybookError(f"id {'、'.join(twice)} 用了两次：每一步的 id 要不同。")
    if any("#" in name for name in ids):
        raise PlaybookError("id 里不能有 #：它用来给重复的步骤编号。")
