"""The one change in fengsui.yaml that takes a cause away: which line, what to write, how to try."""

from __future__ import annotations

import shlex
from pathlib import Path

from monitor.cli import show
from monitor.config import Settings
from monitor.config_yaml import Document, YamlError, read_yaml
from monitor.rehearsal.causes import Cause


def remedy(config: Path, settings: Settings, cause: Cause) -> tuple[str, str]:
    """What to change where, and the command that shows what would remain."""
    document = _document(config)
    what = show.line(cause.what, 60)
    option = {"word": "--exclude", "rule": "--without-rule", "source": "--without-source"}
    trial = f"fengsui rehearse {option[cause.kind]} {shlex.quote(what)}"
    change = {"word": _word, "rule": _rule, "source": _source}[cause.kind]
    return change(config, document, settings, cause), trial


def _document(config: Path) -> Document:
    try:
        return read_yaml(config.read_text("utf-8-sig"))
    except (YamlError, OSError, UnicodeDecodeError):
        return Document()  # it was read a moment ago; the line is a help, not a need


def _word(config: Path, document: Document, settings: Settings, cause: Cause) -> str:
    place = next(n for n, one in enumerate(settings.brands) if one.name == cause.brand)
    line = document.line(("brands", place, "exclude"))
    words = [*settings.brands[place].exclude, cause.what]
    listed = "、".join(show.line(word, 30) for word in words)
    return f"{config.name} 第 {line} 行 brands[{place}].exclude 写成 [{listed.replace('、', ', ')}]"


def _rule(config: Path, document: Document, settings: Settings, cause: Cause) -> str:
    place = next(n for n, one in enumerate(settings.watch) if one.name == cause.what)
    line = document.line(("watch", place, "rule"))
    rule = settings.watch[place].rule
    return (
        f"{config.name} 第 {line} 行 watch[{place}]：删掉这条规则，"
        f"或收窄成 rule: '({show.line(rule, 80)}) NOT 不想看的词'"
    )


def _source(config: Path, document: Document, settings: Settings, cause: Cause) -> str:
    place = next((n for n, one in enumerate(settings.sources) if one.name == cause.what), None)
    if place is None:
        return f"「{show.line(cause.what, 40)}」是导入的，不在配置里：以后不导入它，或先整理再导入"
    line = document.line(("sources", place))
    return f"{config.name} 第 {line} 行 sources[{place}]：删掉这个来源，或换成它更窄的地址"
