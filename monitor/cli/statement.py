"""`fengsui statement`: facts, draft, two approvals of one text, and where it was published."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from monitor.app import App
from monitor.cli import show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ActorOption,
    ConfigOption,
    JsonOption,
    Refusal,
    actor,
    opened,
    print_json,
    viewer,
)
from monitor.cli.incident_facts import name_of
from monitor.cli.options import CodeArgument
from monitor.cli.statement_text import (
    ROLES,
    SHOWN,
    as_plain,
    body_of,
    next_step,
    print_approvals,
    print_facts,
    print_text,
)
from monitor.domain import statement as rules
from monitor.domain.incident import Incident
from monitor.domain.statement import Directory, Statement, StatementOutcome, StatementStatus
from monitor.stations import obey
from monitor.stations.restriction import seen_by
from monitor.store import steps as store

LEAST_PREFIX = 4  # hexadecimal digits: fewer are no sign that somebody looked


def register(app: typer.Typer) -> None:
    """Add `statement draft|show|submit|approve|publish`."""
    group = typer.Typer(help="声明：事实、草稿、两人审批、登记发布", no_args_is_help=True)
    for name, command in (
        ("draft", draft),
        ("show", show_),
        ("submit", submit),
        ("approve", approve),
        ("publish", publish),
    ):
        group.command(name)(command)
    app.add_typer(group, name="statement")


def draft(
    code: CodeArgument,
    source: Annotated[
        str | None,
        typer.Argument(metavar="[-]", help="写 - 表示从标准输入读正文", show_default=False),
    ] = None,
    *,
    fact: Annotated[
        list[str] | None,
        typer.Option("--fact", metavar="文字", help="一条已核实的事实，可以写几次"),
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="文字", help="正文", show_default=False)
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="文件", help="从 UTF-8 文件读正文", show_default=False),
    ] = None,
    as_person: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """起草或修改声明；改动之后原来的批准作废。"""
    with opened(config) as app:
        person = actor(app, as_person)
        facts = tuple(kept for one in fact or [] if (kept := show.wording(one)))
        before = _there(app, code, person)[1]
        body = body_of(source, text, file)
        if body is None and before is not None and before.url is None:
            body = before.text
        _draft(app, code, facts, body, person)


def _draft(app: App, code: str, facts: tuple[str, ...], body: str | None, person: str) -> None:
    if body is None and not facts:
        raise Refusal("请写上事实（--fact）或正文（--text 文字、--file 文件，或 - 从标准输入读）")
    after = obey.draft_statement(app, code, facts, body or "", person)
    show.say(f"✓ 草稿已保存（{len(after.facts)} 条事实，{len(after.text)} 字）。", style="green")
    print_text(after)
    if not after.text.strip():
        show.say(f"还没有正文：fengsui statement draft {code} --file 文件")
    elif not after.facts:
        show.say(f"还没有事实：fengsui statement draft {code} --fact 已核实的事实")
    else:
        show.say(f"下一步，提交审批：fengsui statement submit {code}")


def show_(
    code: CodeArgument,
    *,
    as_json: JsonOption = False,
    as_person: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """显示声明的事实、正文、校验码和审批情况。"""
    with opened(config) as app:
        incident, found = _there(app, code, viewer(app, as_person))
        one = _must(found, incident.code)
        if as_json:
            print_json(as_plain(app, one))
            return
        show.say(f"{incident.code} 的声明｜{one.status.label}")
        print_facts(one)
        print_text(one)
        print_approvals(app, one, app.clock())
        show.say(next_step(one, incident.code))


def _there(app: App, code: str, person: str | None) -> tuple[Incident, Statement | None]:
    with app.database.reading() as session:
        incident = obey.find(session, code, seen_by(app.settings, person))
        found = store.statement_of(session, incident.id)
        return incident, found[1] if found else None


def _must(found: Statement | None, code: str) -> Statement:
    if found is None:
        raise Refusal(f"事件 {code} 还没有声明；先运行 fengsui statement draft {code}")
    return found


def submit(
    code: CodeArgument, *, as_person: ActorOption = None, config: ConfigOption = DEFAULT_CONFIG
) -> None:
    """提交审批。"""
    with opened(config) as app:
        person = actor(app, as_person)

        def change(one: Statement, _incident: Incident, _now: datetime) -> StatementOutcome:
            return rules.submit(one, person)

        after = obey.move_statement(app, code, change, actor=person).statement
        if after.status is StatementStatus.SUBMITTED:
            show.say(f"✓ 已提交，校验码 {after.text_hash[:SHOWN]}。", style="green")
        else:
            show.say(f"声明{after.status.label}，不用再提交。", style="dim")
        show.say(next_step(after, code))


def approve(
    code: CodeArgument,
    *,
    role: Annotated[
        str | None,
        typer.Option("--role", metavar="角色", help="以 medical（医务）或 legal（法务）签字"),
    ] = None,
    prefix: Annotated[
        str | None,
        typer.Option("--hash", metavar="校验码", help="只批准这个校验码的文字（前 4 位以上）"),
    ] = None,
    as_person: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """批准显示出来的这一份文字；文字一改，批准作废。"""
    with opened(config) as app:
        person = actor(app, as_person)
        incident, found = _there(app, code, person)
        seen = _must(found, incident.code)
        print_facts(seen)
        print_text(seen)
        _check(seen, role, prefix)
        _approve(app, code, person, seen, role)


def _check(seen: Statement, role: str | None, prefix: str | None) -> None:
    if role is not None and role not in ROLES:
        raise Refusal(
            f"没有「{show.line(role, 20)}」这个角色：请写 medical（医务）或 legal（法务）"
        )
    if prefix is None:
        return
    wanted = prefix.strip().lower()
    if len(wanted) < LEAST_PREFIX:
        raise Refusal(f"校验码至少写前 {LEAST_PREFIX} 位")
    if not seen.text_hash.startswith(wanted):
        raise Refusal(
            f"现在的文字校验码是 {seen.text_hash[:SHOWN]}，和你给的不同："
            "文字改过了，请重新看过再批准"
        )


def _approve(app: App, code: str, person: str, seen: Statement, role: str | None) -> None:
    def change(one: Statement, _incident: Incident, now: datetime) -> StatementOutcome:
        return rules.approve(one, person, seen.text_hash, directory(app), now, role=role)

    outcome = obey.move_statement(app, code, change, actor=person)
    signed = outcome.statement.approvals[-1]
    words = f"✓ {name_of(app, person)}以{ROLES.get(signed.role, '同事')}身份批准了这份文字。"
    show.say(words, style="green")
    if outcome.note:
        show.say(outcome.note)
    else:
        show.say(next_step(outcome.statement, code))


def directory(app: App) -> Directory:
    """Who may approve as what: the people of the configuration and their roles."""
    return {one.id: frozenset(one.roles) for one in app.settings.people}


def publish(
    code: CodeArgument,
    *,
    url: Annotated[
        str, typer.Option("--url", metavar="网址", help="发布在哪里", show_default=False)
    ] = "",
    as_person: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """登记声明发布的网址（唯一发言人或总指挥）。"""
    with opened(config) as app:
        person = actor(app, as_person)

        def change(one: Statement, incident: Incident, now: datetime) -> StatementOutcome:
            return rules.publish(
                one,
                show.wording(url),
                person,
                now,
                commander=incident.commander,
                spokesperson=incident.spokesperson,
            )

        after = obey.move_statement(app, code, change, actor=person).statement
        show.say(f"✓ 已登记发布：{show.safe(after.url or '')}", style="green")
        show.say(f"下一步，看步骤：fengsui playbook show {code}")
