"""How the page of one incident looks: why it rings, the clocks, the people, what was sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from rich.text import Text

from alerts.text import count, safe_link
from crawlers.importers.platforms import platform_label
from monitor.app import App
from monitor.cli import show as paint
from monitor.cli import topic_page, why
from monitor.cli.incident_facts import Page, called, clocks, name_of, would_lower
from monitor.cli.incident_words import (
    MESSAGE_KINDS,
    MESSAGE_STATUS,
    history_row,
    numbers,
    recipient,
)
from monitor.domain.incident import Lifecycle
from monitor.domain.tier import Tier
from monitor.store.response_schema import OutboxRow

_GRACE = timedelta(minutes=1)  # the daemon looks every half second; a minute is no delay of its
LAST = 8  # lines of history and messages on the page; the whole is one command away


def print_page(app: App, page: Page, now: datetime) -> None:
    """Print the page, section by section."""
    _head(app, page, now)
    _why(app, page, now)
    _clocks(app, page, now)
    _people(app, page, now)
    topic_page.print_hints(page.hints)
    _mentions(app, page, now)
    _messages(app, page, now)
    _history(app, page, now)


def _head(app: App, page: Page, now: datetime) -> None:
    incident, zone = page.view.incident, app.settings.zone
    tier = paint.tier_words(incident.tier, confirmed=incident.tier_confirmed_by is not None)
    paint.say(
        Text(incident.code, style="bold"),
        "  ",
        tier,
        f"  {incident.brand}｜{page.view.risk_label}",
        f"｜{incident.lifecycle.label}",
    )
    first = paint.when(incident.first_public_at, zone, now)
    found = paint.when(incident.detected_at, zone, now)
    paint.say(f"{numbers(page.view)}｜首帖 {first}｜发现 {found}")


def _why(app: App, page: Page, now: datetime) -> None:
    incident, decision = page.view.incident, page.decision
    paint.heading(f"为什么是{incident.tier.label}")
    _signature(app, page)
    _private(page)
    if decision is None:
        paint.bullet(paint.line(page.history[0].reason, 200) or "没有系统判断的记录。")
        return
    why.signals(decision.metrics, decision.reason)
    at = paint.when(decision.at, app.settings.zone, now)
    paint.bullet(f"数字（{at}）：{why.numbers(decision.metrics)}")
    paint.bullet(f"门槛：{why.thresholds(decision.metrics.get('thresholds') or page.policy)}")
    if page.latest and page.latest != decision.metrics:
        paint.bullet(f"现在的数字：{why.numbers(page.latest)}")
    if incident.lifecycle.active:
        paint.bullet(f"怎样会降级：{would_lower(page)}")
    if incident.pin_tier is not None and incident.pinned(now):
        until = paint.when(incident.pin_until, app.settings.zone, now)
        held = f"级别钉在{incident.pin_tier.label}，到 {until}"
        paint.bullet(f"{held}：{paint.line(incident.pin_reason or '', 80)}")


def _private(page: Page) -> None:
    """Say how many private records stand beside it: counts alone, and that they count nothing."""
    same, others = page.private
    if not (same or others):
        return
    parts = [f"{same} 条在说同一件事"] if same else []
    parts += [f"{'另有 ' if same else ''}{others} 条同类"] if others else []
    said = f"旁证：客服来电等非公开记录 {'，'.join(parts)}"
    paint.bullet(f"{said}（不算来源，不抬级别；客服看原话：fengsui private list）")


def _signature(app: App, page: Page) -> None:
    """Say who stands for the tier, and if that is another than the engine's."""
    incident, decision = page.view.incident, page.decision
    signed = incident.tier_confirmed_by
    judged = Tier(decision.to_tier) if decision else incident.tier
    other = f"（系统判断是{judged.label}）" if judged != incident.tier else ""
    if signed:
        paint.bullet(f"{name_of(app, signed)}已署名确认{other}。")
    elif other:
        paint.bullet(f"级别由人调整过{other}。")


def _clocks(app: App, page: Page, now: datetime) -> None:
    paint.heading("两个时钟（黄金四小时）")
    for one in clocks(page.view.incident, now):
        paint.bullet(*clock_words(one, app, now))
        first = one["first_statement_minutes"]
        if first is not None:
            took = paint.span(timedelta(minutes=first))
            paint.bullet(f"首份声明用了 {took}", lead=" " * 12)


def clock_words(one: dict[str, Any], app: App, now: datetime) -> tuple[str | Text, ...]:
    """One clock: since when, how long, what is left of four hours."""
    left = timedelta(minutes=one["left_minutes"])
    elapsed = paint.span(timedelta(minutes=one["elapsed_minutes"]))
    since = paint.when(one["since"], app.settings.zone, now)
    if one["over"]:
        return (f"{one['clock']}  {since} 起，到结束用了 {elapsed}",)
    rest = (
        Text(f"还剩 {paint.span(left)}")
        if left > timedelta(0)
        else Text(f"已超 {paint.span(left)}", style=paint.LATE)
    )
    return (f"{one['clock']}  {since} 起已过 {elapsed}，四小时", rest)


def _people(app: App, page: Page, now: datetime) -> None:
    incident, zone, run = page.view.incident, app.settings.zone, page.view.run
    paint.heading("谁在做")
    _silence(app, page, now)
    if page.view.muted_by:
        paint.bullet(f"同品牌的红色 {page.view.muted_by} 还没结束，这个黄色暂不呼叫。")
    if page.view.mutes:
        codes = "、".join(page.view.mutes)
        paint.bullet(f"红色期间暂不呼叫的黄色话题：{codes}（fengsui incidents show 编号）")
    paint.bullet(
        f"接手：{name_of(app, incident.acked_by)}｜总指挥：{name_of(app, incident.commander)}"
        f"｜唯一发言人：{name_of(app, incident.spokesperson)}"
    )
    if incident.ack_lease_until and incident.lifecycle.leased:
        paint.bullet("接手时限：", paint.deadline(incident.ack_lease_until, zone, now))
    if incident.lifecycle is Lifecycle.OPEN and run and run.active and run.next_deadline:
        paint.bullet(f"正在呼叫：第 {run.level} 级 {called(app, run)}（第 {run.loop} 轮）")
        paint.bullet(_next_call(run.next_deadline, app, now))
    todo = page.view.open_steps
    if page.view.steps:
        done = len(page.view.steps) - len(todo)
        paint.bullet(
            f"预案：{done}/{len(page.view.steps)} 步，fengsui playbook show {incident.code}"
        )
    if todo and incident.lifecycle.active:
        paint.bullet(
            f"下一步：{todo[0].title}（{todo[0].role}），",
            paint.deadline(todo[0].due_at, zone, now),
        )
    if page.statement:
        paint.bullet(f"声明：{page.statement.status.label}，fengsui statement show {incident.code}")


def _silence(app: App, page: Page, now: datetime) -> None:
    """Say until when nothing of it goes out and who wanted it so, and what did not go out."""
    silence, held = page.view.silence, len(page.held)
    if silence is not None:
        until = paint.when(silence.end, app.settings.zone, now)
        why = f"{name_of(app, silence.made_by)}：{paint.line(silence.reason, 80)}"
        paint.bullet(f"静默到 {until}（{why}），已压下 {held} 条通知；升到红色照响。")
    elif held:
        paint.bullet(f"静默期间压下过 {held} 条通知：fengsui silence list --all")


def _next_call(at: datetime, app: App, now: datetime) -> Text:
    """When the next level is called; a call that is long due means that nobody runs the program."""
    by = paint.when(at, app.settings.zone, now)
    if at + _GRACE < now:
        words = (
            f"本该 {by} 叫下一级，已超 {paint.span(now - at)}：程序可能没有运行，看 fengsui status"
        )
        return Text(words, style=paint.LATE)
    return Text(f"{by} 前没人接手就叫下一级")


def _mentions(app: App, page: Page, now: datetime) -> None:
    paint.heading("网帖（未核实）")
    for place, row in enumerate(page.mentions, 1):
        at = paint.when(row.published_at, app.settings.zone, now)
        views = "" if row.views is None else f"｜阅读{count(row.views)}"
        paint.bullet(
            Text(
                f"{paint.line(platform_label(row.platform))}｜{at}{views}｜提及 {row.id}",
                style="dim",
            ),
            lead=f"{place}. ",
        )
        paint.bullet(f"网帖称「{paint.line(row.text, 100)}」", lead="   ")
        if link := safe_link(row.url or ""):
            paint.say(f"   {link}")
    if not page.mentions:
        paint.bullet(_no_posts(page))


def _no_posts(page: Page) -> str:
    if page.view.topic.origin == "public":
        return "原帖已按保存期限清除。"
    code = page.view.incident.code
    return (
        f"还没有公开的网帖；找到了就记下：fengsui incidents first-post {code} --at 时间 --url 网址"
    )


def _messages(app: App, page: Page, now: datetime) -> None:
    paint.heading(f"消息（共 {len(page.messages)} 条）")
    rows = page.messages[-LAST:]
    if rows:
        titles = ("编号", "时间", "收件人", "渠道", "种类", "状态", "说明")
        paint.table(titles, (message_row(app, one, now) for one in rows))
    if len(page.messages) > LAST:
        paint.bullet(f"只列最近 {LAST} 条；全部：fengsui alerts list")


def message_row(app: App, row: OutboxRow, now: datetime) -> tuple[str | Text, ...]:
    """One message for the eye."""
    word, style = MESSAGE_STATUS.get(row.status, (row.status, ""))
    tries = f"×{row.attempts}" if row.attempts > 1 else ""
    return (
        str(row.id),
        paint.when(row.sent_at or row.created_at, app.settings.zone, now),
        recipient(app, row.recipient),
        row.channel,
        MESSAGE_KINDS.get(row.kind, row.kind),
        Text(f"{word}{tries}", style=style),
        paint.line(row.detail, 80),
    )


def _history(app: App, page: Page, now: datetime) -> None:
    paint.heading(f"经过（共 {len(page.history)} 条）")
    rows = (history_row(app, one, now) for one in page.history[-LAST:])
    paint.table(("时间", "谁", "做了什么", "级别", "状态", "说明"), rows)
    if len(page.history) > LAST:
        paint.bullet(f"更早的：fengsui incidents history {page.view.incident.code}")
