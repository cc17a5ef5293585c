"""`fengsui evidence`: capture a page, hold, release, list, export and verify what was captured."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from monitor.app import App
from monitor.cli import evidence_page, show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ActorOption,
    ConfigOption,
    JsonOption,
    Refusal,
    actor,
    fail,
    opened,
    print_json,
    viewer,
)
from monitor.cli.evidence_hold import hold, release
from monitor.cli.evidence_out import export, verify
from monitor.stations.restriction import hidden_codes, may_see
from monitor.store import incidents
from monitor.store.evidence_schema import EvidenceRow
from monitor.store.holds import held_evidence
from monitor.store.schema import MentionRow


def register(app: typer.Typer) -> None:
    """Add `evidence key|capture|hold|release|list|export|verify`."""
    group = typer.Typer(help="证据：固定网页、保全、导出、核验", no_args_is_help=True)
    for command in (key, capture, hold, release, export, verify):
        group.command(command.__name__)(command)
    group.command("list")(list_all)
    app.add_typer(group, name="evidence")


def key(
    file: Annotated[
        Path, typer.Argument(metavar="文件", help="私钥写到哪里；不覆盖已有的", show_default=False)
    ],
) -> None:
    """做一把法务的钥匙：私钥写进文件由法务保管，公钥写进 evidence.recipients。"""
    from monitor.evidence.sealing import new_key

    private, public = new_key()
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refusal(f"{file} 已经存在，不覆盖：请换一个文件名") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(f"# public key: {public}\n{private}\n")
    show.say(
        f"✓ 私钥写在 {file}：请移到法务自己的电脑或 U 盘，另存一份，本机不要留。", style="green"
    )
    show.say("把公钥写进 fengsui.yaml：")
    show.say(f"evidence:\n  recipients: [{public}]")


def capture(
    what: Annotated[
        str, typer.Argument(metavar="网址或提及编号", help="要固定的网页", show_default=False)
    ],
    *,
    account: Annotated[
        str,
        typer.Option("--account", metavar="昵称", help="发帖的账号，照平台上写；封存起来"),
    ] = "",
    incident: Annotated[
        str | None,
        typer.Option("--incident", metavar="编号", help="属于哪个事件，如 7K2", show_default=False),
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="文字", help="说明，一起封存")] = "",
    picture: Annotated[
        bool, typer.Option("--screenshot/--no-screenshot", help="要不要截图")
    ] = True,
    who: ActorOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """原样固定一个网页：算哈希、封存给法务、申请时间戳、记入保管记录。"""
    from crawlers.visit import VisitError
    from monitor.evidence import capture as station
    from monitor.evidence.stamping import stamp_due

    with opened(config, outward=True) as app:
        (url, mention), person = _target(app, what), actor(app, who)
        order = station.Order(
            url=url,
            actor=person,
            account=account.strip(),
            incident=_incident(app, incident, person),
            mention_id=mention,
            note=show.wording(note),
            picture=picture,
        )
        try:
            done = station.capture(app, order)
        except station.NoRecipientError:
            raise Refusal(
                "还没有法务的公钥，不能固定：运行 fengsui evidence key 文件，"
                "把显示的公钥写进 evidence.recipients"
            ) from None
        except VisitError as error:
            fail(f"没有固定：{error}", code=1)
        stamp_due(app, app.clock())
        evidence_page.captured(app, done, as_json=as_json)


def _target(app: App, what: str) -> tuple[str, int | None]:
    """The address to read, and the mention if its number was given."""
    if not what.strip().isdecimal():
        return what.strip(), None
    number = show.number(what, "用 fengsui mentions list 查")
    with app.database.reading() as session:
        row = session.get(MentionRow, number)
    if row is None:
        raise Refusal(f"没有编号 {number} 的提及：用 fengsui mentions list 查")
    if not row.url:
        raise Refusal(f"提及 {number} 没有网址：请直接写网址")
    return row.url, number


def _incident(app: App, code: str | None, person: str) -> str | None:
    if code is None:
        return None
    with app.database.reading() as session:
        known = incidents.by_code(session, code)
    if known is None or not may_see(app.settings, known, person):
        raise Refusal(f"没有事件「{show.line(code, 20)}」：用 fengsui incidents list --all 查")
    return known.code


def list_all(
    *, who: ActorOption = None, as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG
) -> None:
    """列出全部证据：编号、时间、网址、时间戳、保全。"""
    with opened(config) as app:
        person = viewer(app, who)
        with app.database.reading() as session:
            hidden = hidden_codes(app, session, person)
            found = session.scalars(select(EvidenceRow).order_by(EvidenceRow.id))
            rows = [row for row in found if row.incident not in hidden]
            held = held_evidence(session)
        if as_json:
            print_json([evidence_page.plain(row, held, app.settings.zone) for row in rows])
        else:
            evidence_page.table(rows, held, app.settings.zone, app.clock())
