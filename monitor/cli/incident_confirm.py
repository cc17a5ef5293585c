"""What is said after a command: in a few lines, what is so now and what comes next."""

from __future__ import annotations

from monitor.app import App
from monitor.cli import show
from monitor.cli.incident_facts import name_of, overview
from monitor.domain.command import Kind
from monitor.domain.incident import Incident, Lifecycle, Outcome


def report(app: App, kind: Kind, outcome: Outcome) -> None:
    """Say in a few lines what is so now and what comes next."""
    incident = outcome.incident
    if not outcome.transitions:
        show.say(f"{incident.code} 本来就是这样，没有改动。", style="dim")
    else:
        show.say("✓ ", f"{incident.code} ", _done(app, kind, incident), style="green")
    if outcome.note:
        show.say(outcome.note, style="yellow")
    next_lines(app, incident)


def _done(app: App, kind: Kind, incident: Incident) -> str:
    """What the command has brought about, as one sentence."""
    tier, zone, now = incident.tier.label, app.settings.zone, app.clock()
    until = show.when(incident.pin_until, zone, now)
    review = show.when(incident.review_until, zone, now)
    sentences = {
        Kind.ACK: f"由{name_of(app, incident.acked_by)}接手，不再呼叫其他人。",
        Kind.TAKE: f"现在由{name_of(app, incident.acked_by)}接手。",
        Kind.CONFIRM_TIER: f"级别已确认为{tier}，不再标「待核」。",
        Kind.LOWER: f"已降为{tier}。",
        Kind.PIN: f"级别钉在{tier}，到 {until} 为止；情况变坏仍会升级。",
        Kind.UNPIN: "已解除钉住，级别重新由系统判断。",
        Kind.RESPOND: "正在处置。",
        Kind.STABILISE: "转入监测；平静满 72 小时会自动平息，再起来会重新呼叫。",
        Kind.RESOLVE: "已平息；72 小时内同一件事再起来会重新打开。",
        Kind.CLOSE: "已结案。",
        Kind.DISMISS: _dismissed(incident),
        Kind.REOPEN: "已重新打开。",
        Kind.TOUCH: "已记下进展。",
        Kind.PASS: "已转出，正在叫下一级。",
        Kind.REVIEW: f"按疑似误报放到 {review}，到时再叫；有新情况照样升级。",
        Kind.ASSIGN: _roles(app, incident),
        Kind.RESTRICT: "已转为受限：只有受限名单的人看得到，改由他们处理。",
        Kind.UNRESTRICT: "已解除受限：现在大家都看得到，照常呼叫值班。",
        Kind.FIRST_POST: f"首帖记为 {show.when(incident.first_public_at, zone, now)}。",
    }
    return sentences[kind]


def _dismissed(incident: Incident) -> str:
    if incident.lifecycle is Lifecycle.DISMISSED:
        return "已作为误报排除，没发出的消息都撤回了。"
    return "已提议排除。"


def _roles(app: App, incident: Incident) -> str:
    commander = name_of(app, incident.commander)
    return f"总指挥：{commander}；唯一发言人：{name_of(app, incident.spokesperson)}。"


def next_lines(app: App, incident: Incident) -> None:
    """Say until when the lease runs and which playbook step comes next."""
    with app.database.reading() as session:
        now, zone, code = app.clock(), app.settings.zone, incident.code
        todo = overview(session, incident, app.clock()).open_steps
    if incident.lifecycle is Lifecycle.OPEN:
        show.say(f"  还没有人接手：fengsui incidents ack {code}")
    if incident.ack_lease_until and incident.lifecycle.leased:
        show.say("  接手时限：", show.deadline(incident.ack_lease_until, zone, now))
        show.say(f"  期间没有进展会重新呼叫；报告进展：fengsui incidents touch {code}")
    if todo and incident.lifecycle.active:
        show.say(f"  下一步：{todo[0].title}（{todo[0].role}）")
        show.say("  时间：", show.deadline(todo[0].due_at, zone, now))
        show.say(f"  做法和模板：fengsui playbook show {code}")
