"""Says in Chinese what is wrong in a policy or story file, in which line, and what to write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.config_errors import Problem, dotted, nearest
from monitor.config_yaml import Document, Loc, YamlError, read_yaml

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_MOST_BYTES = 500_000  # a policy is two kilobytes, a folder of stories some dozens
_SENTENCES = {
    "missing": "没有写；补上这一行",
    "string_type": "要写一段文字",
    "list_type": "要写成列表，如 [30, 50, 65, 80]",
    "tuple_type": "要写成列表，如 [22, 8]",
    "dict_type": "要写成「键: 值」，每对一行",
    "model_type": "要写成「键: 值」，每对一行",
    "model_attributes_type": "要写成「键: 值」，每对一行",
    "int_parsing": "要写整数，如 6",
    "int_type": "要写整数，如 6",
    "int_from_float": "要写整数，如 6",
    "float_parsing": "要写数字，如 0.3",
    "float_type": "要写数字，如 0.3",
    "finite_number": "要写一个普通的数字",
    "greater_than": "太小；要大于 {gt}",
    "greater_than_equal": "太小；最小写 {ge}",
    "less_than": "太大；要小于 {lt}",
    "less_than_equal": "太大；最大写 {le}",
    "too_short": "写得太少；至少 {min_length} 项",
    "too_long": "写得太多；最多 {max_length} 项",
    "string_too_short": "空着；写上内容",
}

Known = Callable[[Loc], Iterable[str]]
"""The keys that may stand under a place."""


def read_document(path: Path, what: str, example: str) -> Document:
    """Read a YAML file of ours with the line of every value; raises YamlError in Chinese.

    `what` names the kind of file, `example` the one to write it after.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise YamlError(None, f"没有这个{what}；检查路径，{example}") from None
    except IsADirectoryError:
        raise YamlError(None, f"这是一个文件夹；写出里面{what}的名字") from None
    except OSError:
        raise YamlError(None, f"这个{what}读不出来；检查它的权限") from None
    if len(content) > _MOST_BYTES:
        raise YamlError(None, f"超过 500 KB，不像{what}；检查路径是否写错")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise YamlError(line, "不是 UTF-8 编码；在编辑器里另存为 UTF-8") from None
    if not text.strip():
        raise YamlError(None, f"文件是空的；{example}")
    document = read_yaml(text)
    if not document.tree and not document.faults:
        raise YamlError(None, f"里面没有内容；{example}")
    return document


def problems(
    document: Document,
    known: Known,
    errors: Iterable[ErrorDetails] = (),
    own: Iterable[tuple[Loc, str]] = (),
) -> list[Problem]:
    """YAML's faults, pydantic's errors and our own findings, each with line, place and sentence."""
    found = [Problem(line, dotted(loc), text) for loc, line, text in document.faults]
    found += [Problem(document.line(loc), dotted(loc), text) for loc, text in own]
    spoilt = {loc for loc, _, _ in document.faults}
    for error in errors:
        loc = tuple(part for part in error["loc"] if not str(part).startswith("function-"))
        if loc not in spoilt:
            found.append(Problem(document.line(loc), dotted(loc), _sentence(error, loc, known)))
    return found


def _sentence(error: ErrorDetails, loc: Loc, known: Known) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "extra_forbidden":
        return _unknown_key(str(loc[-1]), list(known(loc[:-1])))
    if kind == "literal_error":
        return _one_of(context["expected"], error.get("input"))
    return _SENTENCES.get(kind, "值不对；对照 docs/detection.md 里这个键的写法改").format(**context)


def _unknown_key(key: str, keys: list[str]) -> str:
    meant = nearest(key, keys)
    return f"没有这个键；是不是 {meant}？" if meant else f"没有这个键；可以写 {'、'.join(keys)}"


def _one_of(expected: str, value: Any) -> str:  # noqa: ANN401 - whatever the file holds
    words = re.findall(r"'([^']+)'", expected)
    meant = nearest(value, words) if isinstance(value, str) else None
    hint = f"；是不是 {meant}？" if meant else ""
    return f"只能写 {'、'.join(words)} 之一{hint}"


def render(file: Path, found: Iterable[Problem]) -> str:
    """All problems, one a line, in the order of the file."""
    ordered = sorted(set(found), key=lambda one: (one.line or 0, one.where))
    return "\n".join(one.render(file.name) for one in ordered)
