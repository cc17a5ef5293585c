"""`fengsui db refuse|refusals|unrefuse`: people whose posts are never collected."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import select

from monitor.cli import show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    Refusal,
    opened,
    print_json,
)
from monitor.cli.db_purge import PlatformOption
from monitor.cli.options import ReasonOption
from monitor.store import refusals as store
from monitor.store.evidence_schema import RefusalRow
from monitor.text.pii import author_key

EVERYWHERE = "所有平台"


def refuse(
    author: Annotated[
        str, typer.Argument(metavar="昵称", help="照平台上显示的写", show_default=False)
    ],
    *,
    reason: ReasonOption,
    platform: PlatformOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """以后不再收集这个人：只存昵称的散列，不存昵称本身；已有的用 db purge --author 删。"""
    if not (author.strip() and reason.strip()):
        raise Refusal("昵称和 --reason 都要写：例如 --reason 本人来函要求")
    with opened(config) as app:
        key = author_key(author, app.author_secret)
        with app.database.transaction() as session:
            said = show.wording(reason)
            fresh = store.refuse(session, key, platform or "", said, app.clock())
    show.say(
        f"✓ 已记下：{platform or EVERYWHERE}上不再收集这个人（{key[:8]}）。"
        if fresh
        else f"已经在名单上了（{key[:8]}），不用再加。",
        style="green",
    )


def refusals(*, as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """列出拒收名单；名单里没有昵称，只有散列的前几位、平台、日期和理由。"""
    with opened(config) as app:
        with app.database.reading() as session:
            rows = list(session.scalars(select(RefusalRow).order_by(RefusalRow.id)))
        zone, now = app.settings.zone, app.clock()
    if as_json:
        print_json([_plain(row) | {"at": show.stamp(row.at, zone)} for row in rows])
        return
    if not rows:
        show.say("名单是空的。加人：fengsui db refuse 昵称 --reason 理由")
        return
    cells = (
        (
            str(row.id),
            row.author_key[:8],
            row.platform or EVERYWHERE,
            show.when(row.at, zone, now),
            show.line(row.reason),
        )
        for row in rows
    )
    show.table(("序号", "散列", "平台", "加入时间", "理由"), cells)


def unrefuse(
    number: Annotated[
        int, typer.Argument(metavar="序号", help="db refusals 里的序号", show_default=False)
    ],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """把一个人从拒收名单上去掉（本人重新同意之后）。"""
    with opened(config) as app, app.database.transaction() as session:
        row = session.get(RefusalRow, number)
        if row is None:
            raise Refusal(f"名单上没有序号 {number}：用 fengsui db refusals 看看")
        session.delete(row)
    show.say(f"✓ 已从名单上去掉序号 {number}。", style="green")


def _plain(row: RefusalRow) -> dict[str, object]:
    return {
        "id": row.id,
        "author": row.author_key[:8],
        "platform": row.platform or None,
        "reason": row.reason,
    }
