"""Runs the command line in Chinese: titles and hints of its help, and what was typed wrongly."""

from __future__ import annotations

import re
import sys
from functools import cache
from typing import Any

import typer
from sqlalchemy.exc import DBAPIError
from typer import rich_utils

from crawlers.system_errors import reason
from monitor.cli.context import Refusal, fail
from monitor.store import trouble

HELP = "显示这份说明"
# Typer's own English words, which its rich help reads from these names of its module.
_WORDS = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "DEFAULT_STRING": "[默认：{}]",
    "ENVVAR_STRING": "[环境变量：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
}

# What kind of value an option takes; «range» only says that limits follow.
_TYPES = {"str": "文字", "int": "整数", "float": "小数", "bool": "开关", " range": ""}
_TYPES |= {"path": "路径", "file": "文件", "directory": "文件夹", "datetime": "时间"}
_TYPE = re.compile(r" range\b|\b(?:str|int|float|bool|path|file|directory|datetime)\b")


def run(app: typer.Typer) -> None:
    """Run the program and leave with its exit code; raises Refusal for a wrong command line."""
    _refuse_broken(sys.argv[1:])
    try:
        code = _in_chinese(app).main(standalone_mode=False)
    except typer.Abort:
        raise Refusal("已取消。") from None
    except DBAPIError as error:
        # The driver's own text may hold the address with its password, or people's words.
        fail(
            f"数据库出错（{trouble.reason(error)}）：请检查它的地址、权限和磁盘空间，再试一次",
            code=1,
        )
    except BrokenPipeError:
        raise
    except OSError as error:
        where = _plain(str(error.filename)) if error.filename else "文件"
        what = f"读不了或写不进 {where}（{reason(error)}）"
        fail(f"{what}：请检查路径、权限和磁盘空间，再试一次", code=1)
    except Exception as error:
        sentence = explain(error)
        if sentence is None:
            raise
        raise Refusal(sentence) from None
    sys.exit(code if isinstance(code, int) else 0)


@cache
def _in_chinese(app: typer.Typer) -> Any:  # noqa: ANN401 - Typer's own tree
    """The whole tree of commands; a tenth of a second's work for whoever runs several."""
    vars(rich_utils).update(_WORDS)
    command = typer.main.get_command(app)
    _translate(command, typer.Context(command, **command.context_settings))
    return command


def _refuse_broken(words: list[str]) -> None:
    """Refuse bytes that are no text: neither a terminal nor the store could take them back.

    Python hands them over as lone surrogates (PEP 383).
    """
    for word in words:
        readable = re.sub("[\ud800-\udfff]", "\ufffd", word)
        if readable != word:
            raise Refusal(
                f"命令行里「{_plain(readable)}」有认不出的字节（不是 UTF-8）：请重新输入；"
                "若是文件名，先把文件改成普通的名字"
            )


def _translate(command: Any, context: typer.Context) -> None:  # noqa: ANN401 - Typer's own tree
    """Put the help of `-h` into Chinese, down the whole tree of commands."""
    option = command.get_help_option(context)
    if option is not None:
        option.help = HELP
    _translate_usage(command)
    for param in command.get_params(context):
        _translate_type(param)
    for name, below in getattr(command, "commands", {}).items():
        inner = typer.Context(
            below, parent=context, info_name=name, **(below.context_settings or {})
        )
        _translate(below, inner)


def _translate_usage(command: Any) -> None:  # noqa: ANN401
    usage = command.get_usage
    command.options_metavar = "[选项]"
    if hasattr(command, "subcommand_metavar"):
        command.subcommand_metavar = "命令 [参数]…"
    command.get_usage = lambda context: usage(context).replace("Usage: ", "用法：", 1)


def _translate_type(param: Any) -> None:  # noqa: ANN401
    shown = param.display_type
    param.display_type = lambda context: _kind(shown(context))


def _kind(label: str) -> str:
    """Put <list[str]> into words; choices, such as <orange|red>, stay as they are typed."""
    one = re.sub(r"^<list\[(.*)\]>$", r"<\1…>", label)
    return one if "|" in one else _TYPE.sub(lambda found: _TYPES[found[0]], one)


def explain(error: Any) -> str | None:  # noqa: ANN401 - Typer's errors are private classes
    """What is wrong with the command line, in Chinese; None if that is not the error."""
    kind = type(error).__name__
    if kind == "NoArgsIsHelpError":
        sys.exit(2)  # the help has been printed
    if kind not in _SENTENCES:
        return None
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "fengsui"
    return f"{_SENTENCES[kind](error)}；用法见 {path} -h"


def _missing(error: Any) -> str:  # noqa: ANN401
    return f"缺少{_named(error).rstrip()}"


def _named(error: Any) -> str:  # noqa: ANN401
    """The argument or option that an error is about."""
    param = error.param
    if param is None:
        return "参数"
    if param.param_type_name == "argument":
        return f"「{(param.metavar or param.name).strip('[].…')}」"
    return f"选项 {param.opts[0]} "


def _bad(error: Any) -> str:  # noqa: ANN401
    """What kind of value it takes, as far as whoever refused it says so."""
    for one in getattr(error.__cause__, "errors", list)():
        if one["type"] in _WANTED:
            return f"{_named(error)}要写{_WANTED[one['type']].format_map(one.get('ctx', {}))}"
    return f"{_named(error)}的值不对，请照说明里的写法"


_WANTED = {
    "int_parsing": "整数",
    "int_parsing_size": "小一点的整数",
    "float_parsing": "数",
    "finite_number": "数",
    "greater_than_equal": "不小于 {ge:,} 的数",
    "less_than_equal": "不大于 {le:,} 的数",
}


def _no_option(error: Any) -> str:  # noqa: ANN401
    meant = "、".join(sorted(error.possibilities or ()))
    return f"没有选项 {_plain(error.option_name)}" + (f"，是不是 {meant}" if meant else "")


def _no_value(error: Any) -> str:  # noqa: ANN401
    return f"选项 {_plain(error.option_name)} 的写法不对：后面要跟它的值，开关则不跟"


def _usage(error: Any) -> str:  # noqa: ANN401
    quoted = re.findall(r"'([^']*)'", error.message)
    if error.message.startswith("No such command") and quoted:
        meant = f"，是不是 {'、'.join(map(_plain, quoted[1:]))}" if quoted[1:] else ""
        return f"没有命令「{_plain(quoted[0])}」{meant}"
    extra = re.search(r"extra argument\(s\) \((.*)\)", error.message, re.DOTALL)
    return f"多写了「{_plain(extra[1])}」" if extra else "命令写得不对"


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:80]


_SENTENCES = {
    "MissingParameter": _missing,
    "BadParameter": _bad,
    "NoSuchOption": _no_option,
    "BadOptionUsage": _no_value,
    "BadArgumentUsage": _usage,
    "UsageError": _usage,
}
