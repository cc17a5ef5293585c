"""Fills ${NAME} in the values that may hold secrets, and remembers what was written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.config_yaml import Loc

_REFERENCE = re.compile(r"\$\{([^}]*)\}?")
_ANY = "*"
# By section and key: what the daemon shows to whoever brings it the answers.
ANSWER_SECRETS = frozenset(
    ("answers", section, key)
    for section, keys in {
        "mail": ("user", "password"),
        "feishu": ("app_id", "app_secret"),
        "lark": ("app_id", "app_secret"),
        "dingtalk": ("client_id", "client_secret"),
        "wecombot": ("bot_id", "secret"),
    }.items()
    for key in keys
)
# Only addresses, paths and numbers of people: names and rules are quoted in messages and reports.
_PLACES = frozenset(
    {
        ("database",),
        ("data_dir",),
        ("report", "out"),
        ("tiers", "policy"),
        ("model", "path"),
        ("channels", _ANY, "url"),
        ("sources", _ANY, "url"),
        ("people", _ANY, "mobile"),
        ("people", _ANY, "os_user"),
        ("evidence", "timestamp"),
        ("watchdog", "heartbeat"),
        *ANSWER_SECRETS,
    }
)
# What only sending and crawling need: people who type commands need not hold these secrets.
_CREDENTIAL = ("sources", _ANY, "credentials", _ANY)
_OUTSIDE = frozenset(
    {
        ("channels", _ANY, "url"),
        ("sources", _ANY, "url"),
        ("people", _ANY, "mobile"),
        ("evidence", "timestamp"),
        ("watchdog", "heartbeat"),
        *ANSWER_SECRETS,
        _CREDENTIAL,
    }
)
_STAND_IN = "unset"  # valid in every part of an address


@dataclass(slots=True)
class Filled:
    """The values with secrets in them, the text as written where one was, and what is missing."""

    tree: Any = None
    templates: dict[Loc, str] = field(default_factory=dict)
    faults: list[tuple[Loc, str]] = field(default_factory=list)
    outward: bool = True
    """Whether the secrets of channels, sources and telephones must be there."""


def fill(tree: dict[str, Any], env: Mapping[str, str], *, outward: bool = True) -> Filled:
    """Replace every ${NAME} by the variable NAME, or by the content of the file NAME_FILE names."""
    filled = Filled(outward=outward)
    filled.tree = _walk(tree, (), env, filled)
    return filled


def _walk(value: Any, loc: Loc, env: Mapping[str, str], filled: Filled) -> Any:  # noqa: ANN401 - any YAML value
    if isinstance(value, dict):
        return {key: _walk(child, (*loc, key), env, filled) for key, child in value.items()}
    if isinstance(value, list):
        return [_walk(child, (*loc, n), env, filled) for n, child in enumerate(value)]
    if isinstance(value, str) and "${" in value:
        return _expand(value, loc, env, filled)
    return value


def _expand(value: str, loc: Loc, env: Mapping[str, str], filled: Filled) -> str | None:
    filled.templates[loc] = value
    place = _place(loc)
    if place not in _PLACES and place != _CREDENTIAL:
        filled.faults.append(
            (loc, "这里不能用 ${…}；只有地址、凭据、路径和手机号可以，这里直接写值")
        )
        return value

    optional = not filled.outward and place in _OUTSIDE
    if optional and place[-1] == "mobile" and _absent(value, env):
        return None

    def replace(found: re.Match[str]) -> str:
        try:
            return _lookup(found, env)
        except ValueError as error:
            if optional:
                whole = found.start() == 0 and place[-1] in {"url", "timestamp", "heartbeat"}
                return f"https://{_STAND_IN}" if whole else _STAND_IN
            filled.faults.append((loc, str(error)))
            return ""

    return _REFERENCE.sub(replace, value)


def _place(loc: Loc) -> tuple[str, ...]:
    """Write a place with a star for what has a number or, among credentials, its own name."""
    place = tuple(_ANY if isinstance(part, int) else part for part in loc)
    return (*place[:3], _ANY) if place[:3] == _CREDENTIAL[:3] and len(place) == 4 else place  # noqa: PLR2004


def _absent(value: str, env: Mapping[str, str]) -> bool:
    """Whether any variable in the value cannot be read."""
    for found in _REFERENCE.finditer(value):
        try:
            _lookup(found, env)
        except ValueError:
            return True
    return False


def _lookup(found: re.Match[str], env: Mapping[str, str]) -> str:
    name = found[1]
    if not found[0].endswith("}") or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError("${…} 写法不对；写成 ${WECOM_KEY}，里面只有字母、数字和下划线")
    if env.get(name):
        return env[name]
    if env.get(f"{name}_FILE"):
        return _read_secret(name, env[f"{name}_FILE"])
    state = "是空的" if name in env else "没有设置"
    raise ValueError(f"环境变量 {name} {state}；启动前先设置它，或用 {name}_FILE 指向存放它的文件")


def _read_secret(name: str, path: str) -> str:
    try:
        secret = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError, ValueError):
        secret = ""
    if not secret:
        raise ValueError(f"{name}_FILE 指向的文件读不出内容；检查路径、权限，文件里只放密钥本身")
    return secret
