"""`fengsui alerts`: what was sent to whom, whether a channel works, and sending again."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.text import Text
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from alerts.message import Delivery, Message, Status
from monitor.app import App
from monitor.cli import alert_person, show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    Refusal,
    opened,
    print_json,
    viewer,
)
from monitor.cli.incident_page import message
from monitor.cli.incident_print import message_row
from monitor.cli.incident_words import MESSAGE_STATUS
from monitor.cli.options import LimitOption
from monitor.stations.obey import new_id
from monitor.stations.restriction import hidden_incidents
from monitor.store.outbox import key_of
from monitor.store.response_schema import AttemptRow, OutboxRow

FAILED = ("dead", "unknown")


def register(app: typer.Typer) -> None:
    """Add `alerts list|test|confirm|retry`."""
    group = typer.Typer(help="消息：发给谁、发没发到、试发、重发", no_args_is_help=True)
    group.command("list")(list_)
    group.command("test")(try_)
    group.command("confirm")(alert_person.confirm)
    group.command("retry")(retry)
    app.add_typer(group, name="alerts")


def list_(
    *,
    status: Annotated[
        str | None,
        typer.Option("--status", metavar="状态", help="只列这种状态：" + "、".join(MESSAGE_STATUS)),
    ] = None,
    limit: LimitOption = 30,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """列出消息和每一次发送的结果，新的在前。"""
    if status is not None and status not in MESSAGE_STATUS:
        raise Refusal(
            f"没有「{show.line(status, 20)}」这种状态；可以写：{'、'.join(MESSAGE_STATUS)}"
        )
    with opened(config) as app, app.database.reading() as session:
        rows, now = _rows(app, session, status, limit), app.clock()
        if as_json:
            print_json([_plain(app, session, row) for row in rows])
        elif rows:
            titles = ("编号", "时间", "收件人", "渠道", "种类", "状态", "说明")
            show.table(titles, (message_row(app, row, now) for row in rows))
        else:
            show.say("没有这样的消息。")


def _rows(app: App, session: Session, status: str | None, limit: int) -> list[OutboxRow]:
    """The newest messages, without those of incidents that whoever looks may not know of."""
    hidden = hidden_incidents(app, session, viewer(app, None))
    open_to_them = or_(OutboxRow.incident_id.is_(None), OutboxRow.incident_id.not_in(hidden))
    found = select(OutboxRow).where(open_to_them).order_by(OutboxRow.id.desc()).limit(limit)
    return list(session.scalars(found.where(OutboxRow.status == status) if status else found))


def _plain(app: App, session: Session, row: OutboxRow) -> dict[str, Any]:
    found = select(AttemptRow).where(AttemptRow.message_id == row.id).order_by(AttemptRow.number)
    return {
        **message(app, row),
        "incident": row.code or None,
        "maybe_duplicate": row.resent,
        "tries": [_attempt(app, one) for one in session.scalars(found)],
    }


def _attempt(app: App, one: AttemptRow) -> dict[str, Any]:
    zone = app.settings.zone
    return {
        "number": one.number,
        "channel": one.channel,
        "started_at": show.stamp(one.started_at, zone),
        "ended_at": show.stamp(one.ended_at, zone),
        "status": one.status,
        "platform_code": one.platform_code,
        "detail": one.detail,
    }


def try_(
    channels: Annotated[
        list[str] | None,
        typer.Argument(metavar="[渠道…]", help="只试这些渠道；不写就全试", show_default=False),
    ] = None,
    *,
    person: Annotated[
        str | None,
        typer.Option(
            "--person", metavar="人员编号", help="试呼这个人：带一个确认码", show_default=False
        ),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """现在就给渠道各发一条标明【测试】的消息，报告对方真正的答复。"""
    if person is not None:
        alert_person.ring(config, person, channels or [])
        return
    with opened(config, outward=True) as app:
        names = _wanted(app, channels or [])
        answers = [(name, _try(app, name)) for name in names]
        show.table(("渠道", "结果", "对方的答复"), (_answer(name, one) for name, one in answers))
        if any(one.status is not Status.SENT for _, one in answers):
            raise typer.Exit(1)


def _wanted(app: App, channels: list[str]) -> list[str]:
    if not app.channels:
        raise Refusal("还没有配置渠道：请在 fengsui.yaml 的 channels 里写上")
    unknown = [name for name in channels if name not in app.channels]
    if unknown:
        raise Refusal(
            f"没有渠道「{show.line(unknown[0], 30)}」；可以试的：{'、'.join(app.channels)}"
        )
    return list(dict.fromkeys(channels)) or list(app.channels)


def _try(app: App, name: str) -> Delivery:
    from alerts.facts import AlertFacts, Kind
    from alerts.rendering import group_text, subject

    facts = AlertFacts(kind=Kind.TEST, at=app.clock())
    sent = Message(key=new_id(), subject=subject(facts), body=group_text(facts))
    try:
        return app.send(app.channels[name], sent)
    except Exception as error:  # noqa: BLE001 - one broken channel must not hide the others
        return Delivery(Status.DEAD, f"发送程序出错（{type(error).__name__}），请检查渠道地址。")


def _answer(name: str, one: Delivery) -> tuple[str | Text, ...]:
    word, style = alert_person.ANSWERS[one.status]
    code = f"（代码 {one.platform_code}）" if one.platform_code else ""
    return name, Text(word, style=style), f"{show.line(one.detail, 200)}{code}"


def retry(
    number: Annotated[
        str, typer.Argument(metavar="编号", help="消息编号，见 alerts list", show_default=False)
    ],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """把发送失败或不知是否收到的消息重新排队。"""
    wanted = show.number(number, "用 fengsui alerts list 查看")
    with opened(config) as app, app.database.transaction() as session:
        row = session.get(OutboxRow, wanted)
        again = _again(app, session, row, wanted)
        session.add(again)
        session.flush()
        show.say(f"✓ 已重新排队，新编号 {again.id}；程序运行时会马上发出。", style="green")


def _again(app: App, session: Session, row: OutboxRow | None, wanted: int) -> OutboxRow:
    """A new row with the same words; the old one stays as it ended."""
    if row is None:
        raise Refusal(f"没有编号为 {wanted} 的消息；运行 fengsui alerts list 查看")
    if row.status not in FAILED:
        raise Refusal(f"这条消息{_state(row)}，只有发送失败或不知是否收到的才能重发")
    if row.channel not in {one.name for one in app.settings.channels}:
        raise Refusal(f"渠道「{row.channel}」已不在配置里：请先在 channels 里补上")
    key = key_of(row.incident_id, f"retry-{row.key}", row.recipient, row.channel)
    there = session.scalar(select(OutboxRow.id).where(OutboxRow.key == key))
    if there is not None:
        raise Refusal(f"这条消息已经重发过，看编号 {there} 的结果")
    now = app.clock()
    return OutboxRow(
        key=key,
        incident_id=row.incident_id,
        kind=row.kind,
        recipient=row.recipient,
        channel=row.channel,
        subject=row.subject,
        body=row.body,
        code=row.code,
        priority=row.priority,
        created_at=now,
        next_at=now,
        # Marked 「可能重复」 when the first copy may have arrived.
        resent=row.resent or row.status == "unknown",
    )


def _state(row: OutboxRow) -> str:
    return MESSAGE_STATUS.get(row.status, (row.status, ""))[0]
