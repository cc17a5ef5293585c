"""Says in Chinese what is wrong in fengsui.yaml, where, and what to write instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from monitor.config_models import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

    from monitor.config_yaml import Document, Loc

_SENTENCES = {
    "missing": "没有写；补上这一行",
    "string_type": "要写一段文字；不能是列表或「键: 值」",
    "path_type": "要写一个路径；不能是列表或「键: 值」",
    "tuple_type": "要写成列表；每项一行，以「- 」开头，或写成 [甲, 乙]",
    "dict_type": "要写成「键: 值」，每对一行",
    "int_parsing": "要写整数，如 15",
    "int_type": "要写整数，如 15",
    "int_parsing_size": "数太大；写一个小一些的整数",
    "bool_parsing": "只能写 true 或 false",
    "bool_type": "只能写 true 或 false",
    "greater_than_equal": "太小；最小写 {ge}",
    "less_than_equal": "太大；最大写 {le}",
    "too_short": "一项也没有；至少写一项",
    "string_too_short": "空着；写上内容",
    "string_too_long": "太长；最多 {max_length} 个字",
}
_OTHERWISE = "值不对；对照 docs/configuration.md 里这个键的写法改"
# Names are short; platform keys and passwords worth the name are longer, and must not be echoed.
_LONGEST_QUOTE = 24


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: the line, the dotted path and the sentence."""

    line: int | None
    where: str
    text: str

    def render(self, file: str) -> str:
        """Write the problem as one line of text."""
        line = f" 第 {self.line} 行" if self.line else ""
        where = f" {self.where}" if self.where else ""
        return f"{file}{line}{where}：{self.text}"


class ConfigError(Exception):
    """The configuration is refused; the text lists every problem, one a line, in Chinese."""

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=lambda one: (one.line or 0, one.where)))
        super().__init__("\n".join(problem.render(file) for problem in self.problems))


def dotted(loc: Loc) -> str:
    """Write a place as brands[0].aliases."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{quote(part)}" for part in loc)
    return text.removeprefix(".")


def quote(value: object) -> str:
    """Return what a person wrote if it may be shown; a possible secret becomes an ellipsis."""
    text = str(value)
    plain = len(text) <= _LONGEST_QUOTE and text.isprintable() and "://" not in text
    return text if plain else "…"


def nearest(value: object, known: Iterable[str]) -> str | None:
    """Return the known word that this one was probably meant to be."""
    found = get_close_matches(str(value).lower().replace("-", "_"), list(known), n=1, cutoff=0.5)
    return found[0] if found else None


def own_errors(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out lists that count as short only because an entry was refused."""
    inner = {error["loc"][:n] for error in errors for n in range(len(error["loc"]))}
    return [one for one in errors if one["type"] != "too_short" or one["loc"] not in inner]


def describe(error: ErrorDetails, document: Document) -> tuple[Loc, str]:
    """Turn one of pydantic's errors into a place and a sentence."""
    loc, kind, context = error["loc"], error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return loc, _unknown_key(loc)
    if kind == "value_error":
        return loc, str(context["error"])
    if kind == "literal_error":
        return loc, _one_of(context["expected"], _at(document.tree, loc))
    if kind in {"model_type", "model_attributes_type"}:
        return loc, f"要写成「键: 值」；这里可以写 {_listed(known_keys(loc))}"
    if kind == "missing" and loc in document.empty:
        return loc, "空着；写上内容"
    return loc, _SENTENCES.get(kind, _OTHERWISE).format(**context)


def known_keys(loc: Loc) -> list[str]:
    """Return the keys that may stand under a place."""
    model = _model_at(loc)
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _model_at(loc: Loc) -> type[BaseModel] | None:
    model: type[BaseModel] | None = Settings
    for part in loc:
        if isinstance(part, str) and model is not None:
            fields = {field.alias or name: field for name, field in model.model_fields.items()}
            model = _model_in(fields[part].annotation) if part in fields else None
    return model


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _unknown_key(loc: Loc) -> str:
    known = known_keys(loc[:-1])
    home = _home_of(str(loc[-1]))
    if home and len(loc) == 1:
        return f"没有这个键；它要写在 {home} 下面，检查缩进"
    meant = nearest(loc[-1], known)
    if meant:
        return f"没有这个键；是不是 {meant}？"
    return f"没有这个键；这里可以写 {_listed(known)}"


def _home_of(key: str) -> str | None:
    return next((name for name in Settings.model_fields if key in known_keys((name,))), None)


def _one_of(expected: str, value: object) -> str:
    words = re.findall(r"'([^']+)'", expected)
    meant = nearest(value, words)
    hint = f"；是不是 {meant}？" if meant else ""
    return f"只能写 {_listed(words)}{' 之一' if len(words) > 1 else ''}{hint}"


def _listed(words: Iterable[str]) -> str:
    return "、".join(words)


def _at(tree: Any, loc: Loc) -> object:  # noqa: ANN401 - walks any YAML value
    for part in loc:
        try:
            tree = tree[part]
        except (KeyError, IndexError, TypeError):
            return ""
    return tree
