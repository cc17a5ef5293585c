"""`init --wizard`: the set-up dialogue in a terminal, or over a pipe; writes only at its end."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from monitor.cli import setup_form
from monitor.cli.context import Refusal, console
from monitor.clock import utc_now
from monitor.config_types import DEFAULT_ZONE
from monitor.setup.answers import NO, YES, Question
from monitor.setup.dialogue import Dialogue, QuitError

INTRO = """\
一次问一题。回车用中括号里的答案；- 表示没有；? 看说明；b 回上一题；q 先停下（下次接着答）。
最后才写文件，已有的文件不会被覆盖。密钥和密码一个也不问。
"""
HALTED = "先停在这里。已答的记在 {file}，再运行 fengsui init --wizard 就接着答。"


def wizard(target: Path) -> None:
    """Ask, show what comes of it, and write."""
    from zoneinfo import ZoneInfo

    kept = target.with_name(f".{target.stem}-wizard.json")
    dialogue = Dialogue(utc_now().astimezone(ZoneInfo(DEFAULT_ZONE)).date())
    console.print(INTRO, markup=False, soft_wrap=True)
    _resume(dialogue, kept)
    try:
        _ask_all(dialogue, kept)
        _finish(dialogue, target)
    except (QuitError, KeyboardInterrupt, EOFError):
        console.print("\n" + HALTED.format(file=kept), markup=False, style="yellow", soft_wrap=True)
        raise Refusal("没有写配置。") from None
    kept.unlink(missing_ok=True)


def _resume(dialogue: Dialogue, kept: Path) -> None:
    try:
        answers = json.loads(kept.read_text("utf-8"))
    except (OSError, ValueError):
        return
    if isinstance(answers, dict) and answers:
        dialogue.resume({str(key): str(value) for key, value in answers.items()})
        console.print(f"接着上次的 {len(dialogue.order)} 题往下答。", style="green")


def _ask_all(dialogue: Dialogue, kept: Path) -> None:
    while (question := dialogue.next) is not None:
        _show(question, len(dialogue.order) + 1)
        said = dialogue.take(_line())
        if said:
            style = "red" if said.startswith("✗") else "cyan"
            console.print(said, style=style, markup=False, soft_wrap=True)
        _keep(dialogue, kept)


def _show(question: Question, number: int) -> None:
    default = f" [{question.default}]" if question.default else ""
    first, _, rest = question.text.partition("\n")
    console.print(f"\n{number}. {first}", style="bold", markup=False, soft_wrap=True)
    if rest:
        console.print(rest, markup=False, soft_wrap=True)
    console.print(f"  {question.help}", style="dim", markup=False, soft_wrap=True)
    console.print(f"{default.strip()}> ", end="", markup=False, soft_wrap=True)


def _line() -> str:
    console.file.flush()
    if sys.stdin.isatty():
        return input()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    console.print(line.rstrip("\n"), markup=False)  # a pipe echoes nothing
    return line


def _keep(dialogue: Dialogue, kept: Path) -> None:
    """Write the answers aside after each, so that Ctrl-C costs none; they may name people."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    aside = kept.with_suffix(".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(dialogue.answers, file, ensure_ascii=False)
    aside.replace(kept)


def _finish(dialogue: Dialogue, target: Path) -> None:
    from monitor.setup.assemble import assemble
    from monitor.setup.questions import rows
    from monitor.setup.render import to_yaml

    blueprint = assemble(rows(dialogue.answers))
    console.print("\n写出来是这样：\n", style="bold")
    console.print(to_yaml(blueprint.tree, "问答"), markup=False, soft_wrap=True)
    while True:
        console.print("写吗？y 写，b 回上一题改，q 先停下 [y]> ", end="", markup=False)
        answer = _line().strip().lower() or "y"
        if answer in YES:
            setup_form.write(blueprint, target, "问答")
            return
        if answer in NO or answer == "q":
            raise QuitError
        if answer in {"b", "返回"}:
            dialogue.back()
            _ask_all(dialogue, target.with_name(f".{target.stem}-wizard.json"))
            blueprint = assemble(rows(dialogue.answers))
