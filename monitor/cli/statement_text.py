"""The words of a statement: read from where people write them, shown with hash and approvals."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.text import Text

from crawlers.system_errors import reason
from monitor.app import App
from monitor.cli import show
from monitor.cli.context import Refusal
from monitor.cli.incident_facts import name_of
from monitor.domain.statement import Statement, StatementStatus

ROLES = {"medical": "医务", "legal": "法务"}
LONGEST = 20_000  # characters; ten times the longest public statement worth reading
SHOWN = 12  # digits of the hash that people compare


def body_of(source: str | None, text: str | None, file: Path | None) -> str | None:
    """The words of the statement, from exactly one place; None when there are none."""
    if sum(one is not None for one in (source, text, file)) > 1:
        raise Refusal("正文只能来自一处：--text、--file 和 - 选一个")
    if source not in (None, "-"):
        raise Refusal("正文请用 --text 文字、--file 文件，或写 - 从标准输入读")
    raw = text
    if source == "-" or file == Path("-"):
        raw = _decoded(sys.stdin.buffer.read(LONGEST * 4 + 1), "标准输入")
    elif file is not None:
        raw = _decoded(_read(file), str(file))
    if raw is None:
        return None
    body = show.wording(raw)
    if len(body) > LONGEST:
        raise Refusal(f"正文有 {len(body)} 字，超过 {LONGEST} 字：请检查是不是选错了文件")
    return body


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(LONGEST * 4 + 1)
    except OSError as error:
        raise Refusal(f"读不了 {file}（{reason(error)}）：请检查路径和权限") from error


def _decoded(raw: bytes, place: str) -> str:
    if len(raw) > LONGEST * 4:
        raise Refusal(f"{place} 的内容超过 {LONGEST} 字：请检查是不是选错了文件")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(f"{place} 不是 UTF-8 编码：请另存为 UTF-8") from error


def as_plain(app: App, one: Statement) -> dict[str, Any]:
    """The statement as a program reads it."""
    zone = app.settings.zone
    return {
        "status": one.status.value,
        "facts": list(one.facts),
        "text": one.text,
        "text_hash": one.text_hash,
        "authors": list(one.authors),
        "submitted_by": one.submitted_by,
        "approvals": [
            {"actor": yes.actor, "role": yes.role, "text_hash": yes.text_hash}
            | {"at": show.stamp(yes.at, zone)}
            for yes in one.approvals
        ],
        "url": one.url,
        "published_at": show.stamp(one.published_at, zone),
    }


def print_facts(one: Statement) -> None:
    """Print what the statement rests on."""
    show.heading("事实")
    for place, fact in enumerate(one.facts, 1):
        show.bullet(show.safe(fact), lead=f"{place}. ")
    if not one.facts:
        show.bullet("还没有")


def print_text(one: Statement) -> None:
    """Print the words and the hash by which an approval names them."""
    show.heading("正文")
    show.bullet(show.safe(one.text) or "还没有", lead="│ ", again="│ ")
    if one.text.strip():
        show.say(f"校验码 {one.text_hash[:SHOWN]}", style="cyan")


def print_approvals(app: App, one: Statement, now: datetime) -> None:
    """Print who has approved which text, and where it was published."""
    show.heading("审批")
    for yes in one.approvals:
        at = show.when(yes.at, app.settings.zone, now)
        role = ROLES.get(yes.role, yes.role)
        show.bullet(f"{name_of(app, yes.actor)}（{role}）{at} 批准 {yes.text_hash[:SHOWN]}")
    if not one.approvals:
        show.bullet("还没有人批准")
    if one.url:
        at = show.when(one.published_at, app.settings.zone, now)
        show.say(f"{at} 发布：{show.safe(one.url)}", style="green")


def next_step(one: Statement, code: str) -> Text:
    """What is to be done with the statement now."""
    words = {
        StatementStatus.DRAFT: f"下一步，提交审批：fengsui statement submit {code}",
        StatementStatus.SUBMITTED: f"下一步，审批：fengsui statement approve {code}",
        StatementStatus.APPROVED: f"发布后登记：fengsui statement publish {code} --url 网址",
        StatementStatus.PUBLISHED: "已发布；要更正，请再运行 fengsui statement draft 另起一份。",
    }
    return Text(words[one.status])
