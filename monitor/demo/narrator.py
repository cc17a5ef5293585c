"""Tells the story as it happens: reads what is new in the database and says it in Chinese."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.panel import Panel
from rich.text import Text
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.demo.scene import Place
from monitor.domain.incident import ENGINE
from monitor.domain.mention import SHANGHAI
from monitor.domain.tier import Tier
from monitor.stations.take_in import Intake
from monitor.store.response_schema import AttemptRow, IncidentRow, OutboxRow, TransitionRow
from monitor.store.schema import CrawlRow, MentionRow

STYLES = {Tier.NONE: "", Tier.YELLOW: "yellow", Tier.ORANGE: "dark_orange", Tier.RED: "bold red"}
HOUR = timedelta(hours=1)
# A word, number or sign with the closing marks after it: no line begins with a comma.
PIECES = re.compile(r"(?:[!-~]+|.)[，。、；：？！）」』】》…]*", re.DOTALL)
INDENT = 7  # a clock time and two blanks
FRAME = 4  # the two sides of a box and a blank at each
KINDS = {
    "page": "呼叫",
    "ring": "电话",
    "group": "群消息",
    "notice": "提醒",
    "meta": "系统告警",
    "digest": "汇总",
    "bundle": "汇总",
    "briefing": "简报",
    "reply": "回执",
    "card": "卡片更新",
}


class Narrator:
    """Prints what has happened since it last looked; it decides and changes nothing."""

    def __init__(self, console: Console, stage: Place) -> None:
        """Begin before everything."""
        self._console, self._stage = console, stage
        self._seen: Counter[str] = Counter()
        self._ended: set[int] = set()
        self._shown_red = False
        self._last = ""
        self._names = {one.id: one.name for one in stage.app.settings.people}

    def say(self, text: str, style: str = "") -> None:
        """One line; the demo's time stands before the first of each minute."""
        at = self._stage.clock().astimezone(SHANGHAI)
        clock = f"{at:%H:%M}"
        shown, self._last = ("     " if clock == self._last else clock), clock
        # Continuation lines stand under the text, not under the clock.
        for number, line in enumerate(folded(text, self._console.width - INDENT)):
            before = Text(shown if number == 0 else "", "dim")
            before.pad_right(INDENT - before.cell_len)
            self._console.print(before + Text(line, style), soft_wrap=True)

    def chapter(self, title: str) -> None:
        """A heading."""
        self._console.print()
        self._console.print(f"── {title}", style="bold cyan", markup=False)

    def ingested(self, intake: Intake | None) -> None:
        """Tell what a file of the micro-blog gateway brought."""
        if intake is None:
            return
        parts = [(intake.new, "新提及"), (intake.again, "更新读数"), (intake.unmatched, "无关")]
        said = "，".join(f"{label} {count}" for count, label in parts if count)
        self.say(f"导入 清河微博转接：{said}", "dim")

    def tell(self) -> None:
        """Say what is new: readings, changes of tier, messages."""
        with self._stage.app.database.reading() as session:
            self._crawls(session)
            self._changes(session)
            self._messages(session)
        self._red()

    def _new(self, session: Session, table: Any) -> list[Any]:  # noqa: ANN401 - any table with an id
        found = select(table).where(table.id > self._seen[table.__tablename__]).order_by(table.id)
        rows = list(session.scalars(found))
        if rows:
            self._seen[table.__tablename__] = rows[-1].id
        return rows

    def _crawls(self, session: Session) -> None:
        for row in self._new(session, CrawlRow):
            if row.items:
                self.say(f"采集 {row.source}：读到 {row.items} 条，新提及 {row.new}", "dim")
            for _kind, sentence in row.problems:
                self.say(f"  {row.source}：{sentence}", "dim")

    def _changes(self, session: Session) -> None:
        for row in self._new(session, TransitionRow):
            if row.actor != ENGINE or row.from_tier == row.to_tier:
                continue
            tier, code = Tier(row.to_tier), session.get_one(IncidentRow, row.incident_id).code
            up = row.to_tier > row.from_tier
            self.chapter(f"{'升到' if up else '降到'}{tier.label}（事件 {code}）")
            why = row.reason if up else "平静够久，采集正常，自动降一级"
            self.say(f"级别：{Tier(row.from_tier).label} → {tier.label}。{why}", STYLES[tier])
            self.say(mentions_so_far(session, self._stage.clock()), "dim")

    def _messages(self, session: Session) -> None:
        found = (
            select(AttemptRow, OutboxRow)
            .join(OutboxRow, OutboxRow.id == AttemptRow.message_id)
            .where(AttemptRow.ended_at.is_not(None), AttemptRow.id.not_in(self._ended))
            .order_by(AttemptRow.id)
        )
        for attempt, message in session.execute(found):
            self._ended.add(attempt.id)
            self._attempt(attempt, message)

    def _attempt(self, attempt: AttemptRow, message: OutboxRow) -> None:
        kind = KINDS.get(message.kind, message.kind)
        if attempt.status == "sent":
            again = "（重试成功）" if attempt.number > 1 else ""
            self.say(f"→ {attempt.channel} 收到{kind}{again}：{first_line(message.body)}")
            return
        self.say(f"× {attempt.channel} 没收下这条{kind}：{attempt.detail}", "magenta")

    def _red(self) -> None:
        """Show the first red call that somebody got, whole."""
        if self._shown_red:
            return
        found = select(OutboxRow).where(
            OutboxRow.priority == int(Tier.RED),
            OutboxRow.kind == "page",
            OutboxRow.status == "sent",
        )
        with self._stage.app.database.reading() as session:
            row = session.scalar(found.order_by(OutboxRow.id).limit(1))
        if row is None:
            return
        self._shown_red = True
        title = (
            f"发给{self._names.get(row.recipient, row.recipient)}的红色呼叫（{row.channel}）全文"
        )
        width = self._console.width - FRAME
        lines = (part for line in row.body.splitlines() for part in folded(line, width))
        body = Text("\n".join(lines), overflow="fold")
        self._console.print(Panel(body, title=title, border_style="red", title_align="left"))


def first_line(text: str) -> str:
    """The line that a phone shows; a head that stands alone takes the next line with it."""
    first, *others = text.splitlines() or [""]
    return f"{first}{others[0]}" if first.endswith("】") and others else first


def folded(text: str, width: int) -> list[str]:
    """Fold by columns: Chinese breaks between any two characters, a word only where it must."""
    lines = [""]
    for piece in PIECES.findall(text):
        for part in chop_cells(piece, width):
            if cell_len(lines[-1]) + cell_len(part) > width:
                lines.append("")
            lines[-1] += part if lines[-1] or not part.isspace() or len(lines) == 1 else ""
    return lines


def mentions_so_far(session: Session, now: datetime) -> str:
    """How many mentions there are, all and in the last hour."""
    total = session.scalar(select(func.count()).select_from(MentionRow)) or 0
    hour = select(func.count()).where(
        MentionRow.published_at > now - HOUR, MentionRow.state == "done"
    )
    return f"到现在共 {total} 条提及，最近一小时 {session.scalar(hour) or 0} 条"
