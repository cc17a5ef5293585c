"""`fengsui mentions` and `topics`: what was said, how it was read, and its export."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TextIO

import typer
from rich.text import Text
from sqlalchemy import select

from crawlers.importers.platforms import platform_label
from crawlers.importers.record import item_to_record
from crawlers.items import Item
from monitor.app import App
from monitor.cli import mention_label, mention_page, show, topics
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    Refusal,
    opened,
    print_json,
)
from monitor.cli.mention_page import POLARITY_WORDS
from monitor.cli.options import BrandOption, LimitOption, SinceOption, brand_of
from monitor.cli.writing import refusing
from monitor.domain.mention import RISK_LABELS
from monitor.files import aside, settle
from monitor.store.labels import standing
from monitor.store.schema import BrandMentionRow, CorrectionRow, MentionRow


def register(app: typer.Typer) -> None:
    """Add `mentions list|show|label|export` and `topics list|show`."""
    group = typer.Typer(help="提及：看到的每一条网帖", no_args_is_help=True)
    group.command("list")(list_)
    group.command("show")(mention_page.show)
    group.command("label")(mention_label.label)
    group.command("export")(export)
    app.add_typer(group, name="mentions")
    topics.register(app)


def list_(
    *,
    brand: BrandOption = None,
    since: SinceOption = None,
    negative: Annotated[bool, typer.Option("--negative", help="只列负面的")] = False,
    limit: LimitOption = 30,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """列出提及，新的在前。"""
    with opened(config) as app, app.database.reading() as session:
        zone, now = app.settings.zone, app.clock()
        found = (
            select(MentionRow, BrandMentionRow)
            .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
            .where(MentionRow.private.is_(False))
            .order_by(MentionRow.published_at.desc(), MentionRow.id.desc())
            .limit(limit)
        )
        if brand is not None:
            found = found.where(BrandMentionRow.brand == brand_of(app, brand))
        if since is not None:
            begin = show.moment(since, now, zone, ahead=False)
            found = found.where(MentionRow.published_at >= begin)
        if negative:
            found = found.where(BrandMentionRow.negative)
        found_rows = [(row[0], row[1]) for row in session.execute(found)]
        told = standing(session, [part for _, part in found_rows])
        rows = [
            Listed(row, part, told.get((part.brand, part.words_hash))) for row, part in found_rows
        ]
        _list(app, rows, now, as_json=as_json)


class Listed(NamedTuple):
    """A mention as it concerns one brand, and a person's word on it."""

    row: MentionRow
    part: BrandMentionRow
    told: CorrectionRow | None


def _list(app: App, rows: list[Listed], now: datetime, *, as_json: bool) -> None:
    if as_json:
        print_json([_plain(app, one) for one in rows])
    elif rows:
        titles = ("编号", "发布", "平台\n品牌", "判断", "网帖称（未核实）")
        show.table(titles, (_row(app, one, now) for one in rows))
    else:
        show.say("没有符合条件的提及。")


def _row(app: App, one: Listed, now: datetime) -> tuple[str | Text, ...]:
    return (
        str(one.row.id),
        show.when(one.row.published_at, app.settings.zone, now),
        f"{show.line(platform_label(one.row.platform), 16)}\n{one.part.brand}",
        _judged(one),
        show.line(one.row.text, 50),
    )


def _judged(one: Listed) -> Text:
    if one.part.own:
        return Text("本方发布", style="cyan")
    risk = RISK_LABELS.get(one.part.risk or "", "")
    if one.told is not None:
        style = "red" if one.told.polarity == "negative" else "dim"
        word = Text(f"{POLARITY_WORDS[one.told.polarity or '']}·人工", style=style)
    elif one.row.state == "new":
        return Text("待判断", style="dim")
    elif one.part.unread:
        word = Text("读不了", style="yellow")
    else:
        word = Text("负面", style="red") if one.part.negative else Text("非负面", style="dim")
    return Text.assemble(word, f"\n{risk}")


def _plain(app: App, one: Listed) -> dict[str, Any]:
    row, part, zone = one.row, one.part, app.settings.zone
    return {
        "mention": row.id,
        "platform": row.platform,
        "id": row.native_id,
        "brand": part.brand,
        "published_at": show.stamp(row.published_at, zone),
        "observed_at": show.stamp(row.observed_at, zone),
        "url": row.url,
        "text": show.safe(row.text),
        "state": row.state,
        "negative": part.negative,
        "risk": part.risk,
        "own": part.own,
        "corrected": one.told.polarity if one.told else None,
        "unread": part.unread,
        "topic": part.topic_id,
    }


def export(
    *,
    out: Annotated[
        str, typer.Option("--out", "-o", metavar="文件", help="写到哪个文件；- 是标准输出")
    ] = "-",
    since: SinceOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """导出提及为 JSON Lines（没有作者，不含非公开的），可用 ingest 导入。"""
    with opened(config) as app, app.database.reading() as session:
        found = select(MentionRow).where(MentionRow.private.is_(False))
        if since is not None:
            begin = show.moment(since, app.clock(), app.settings.zone, ahead=False)
            found = found.where(MentionRow.published_at >= begin)
        rows = session.scalars(found.order_by(MentionRow.published_at, MentionRow.id))
        with _writer(out) as file:
            written = _write(file, rows.yield_per(500))
    if out != "-":
        show.say(f"✓ 导出 {written} 条到 {out}。", style="green")


@contextmanager
def _writer(out: str) -> Iterator[TextIO]:
    """Standard output, or a new file that only its owner reads; nothing is overwritten."""
    if out == "-":
        yield sys.stdout
        return
    place = Path(out)
    if not place.parent.is_dir():
        raise Refusal(f"没有文件夹 {place.parent}；先建好，或换一个能写的位置")
    with refusing(place):
        if place.exists():
            raise FileExistsError
        with aside(place) as part:
            with part.open("w", encoding="utf-8") as file:
                yield file
            settle(part, place)


def _write(file: TextIO, rows: Iterator[MentionRow]) -> int:
    written = 0
    for row in rows:
        record = item_to_record(as_item(row))
        file.write(json.dumps(record, ensure_ascii=False) + "\n")
        written += 1
    return written


def as_item(row: MentionRow) -> Item:
    """A stored mention as the interchange format has it; its author stays here."""
    return Item(
        platform=row.platform,
        id=row.native_id,
        text=row.text,
        title=row.title,
        url=row.url,
        author_followers=row.followers,
        author_verified=row.verified,
        parent_id=row.parent_id,
        published_at=row.published_at,
        observed_at=row.observed_at,
        views=row.views,
        likes=row.likes,
        comments=row.comments,
        reposts=row.reposts,
        heat=row.heat,
    )
