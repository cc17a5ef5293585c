"""What must have happened, judged from the database and the sinks alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.demo import hourly, scene
from monitor.demo.people import GROUP_BOT, LI_BOT
from monitor.demo.stage import LOG, Stage
from monitor.domain.tier import Tier
from monitor.store.incidents import by_code
from monitor.store.response_schema import (
    AttemptRow,
    IncidentRow,
    OutboxRow,
    StatementRow,
    StepRow,
    TransitionRow,
)
from monitor.store.schema import CrawlRow

ENDED = ("sent", "dead", "cancelled", "superseded", "unknown")
INCIDENTS = 2  # the complaint and the wrong drug
FOUR_HOURS = frozenset(
    (
        "evidence",
        "ack",
        "confirm-tier",
        "roles",
        "hold-lines",
        "facts",
        "draft",
        "approve",
        "publish",
        "contact",
        "update-1",
        "update-2",
        "exit-gate",
    )
)
# Post and minutes within which the tier must light. A harm claim is seen within ten minutes; the
# complaint has to grow first.
LIGHTS = ((Tier.YELLOW, "w-04", 90), (Tier.ORANGE, "w-09", 10), (Tier.RED, "w-13", 10))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was to happen, in Chinese, and whether it did."""

    text: str
    held: bool


def examine(
    stage: Stage,
    refused: Mapping[str, str],
    waiting: list[str],
    problem: str,
    report: Path,
) -> list[Finding]:
    """Judge every expected step; whatever is missing is a finding that does not hold."""
    whole = Finding("故事演到了最后" + "".join(f"；没等到：{one}" for one in waiting), not waiting)
    found = [whole] if not problem else [Finding(f"故事演到了最后（{problem}）", held=False)]
    with stage.app.database.reading() as session:
        found += _tiers(stage, session)
        code = scene.code_at(stage.app, Tier.RED)
        if code is not None:
            found += _calls(stage, session, code)
            found += _response(session, code, refused)
            found.append(Finding("周报里有这起事件", code in report.read_text("utf-8")))
        found += _machine(stage, session)
        calm = hourly.is_calm(hourly.hours(session, stage.clock()))
        found.append(Finding("没有人一小时里被打扰超过六次（新的红色另算）", calm))
    return found


def _tiers(stage: Stage, session: Session) -> Iterator[Finding]:
    """Calm, then each tier in its order and its time."""
    posts = {post.id: post for post in stage.story.posts}
    changes = {tier: scene.raised_to(session, tier) for tier in Tier if tier}
    at = {tier: change.at for tier, change in changes.items() if change is not None}
    first = min(at.values(), default=None)
    yield Finding("平静的早晨没有报警", first is None or first > posts["w-04"].at)
    for tier, post, minutes in LIGHTS:
        limit = posts[post].at + timedelta(minutes=minutes)
        held = tier in at and posts[post].at < at[tier] <= limit
        yield Finding(
            f"{tier.label}在 {posts[post].at:%H:%M} 的帖子之后 {minutes} 分钟内亮起", held
        )
    ordered = [at.get(tier, stage.story.ends) for tier in (Tier.YELLOW, Tier.ORANGE, Tier.RED)]
    rising = all(one < other for one, other in pairwise(ordered))
    yield Finding("先黄、再橙、后红", rising)
    count = session.scalar(select(func.count()).select_from(IncidentRow))
    yield Finding("只有投诉和用药两起事件，平静的帖子和别家的事没有惊动人", count == INCIDENTS)


def _calls(stage: Stage, session: Session, code: str) -> Iterator[Finding]:
    """Who was called when, and what became of the refused messages."""
    red = scene.raised_to(session, Tier.RED)
    ack = _change(session, code, "ack")
    pages = _pages(session, code)
    since = red.at if red else stage.story.ends
    first = [one for one in pages if one.recipient == "zhang" and one.created_at >= since]
    second = [one for one in pages if one.recipient == "li" and one.created_at >= since]
    limit = since + timedelta(minutes=stage.app.settings.tiers.ack_minutes.red)
    yield Finding("红色先叫值班人张某", bool(first) and first[0].created_at == since)
    yield Finding("五分钟没人应答，改叫李某", bool(second) and second[0].created_at == limit)
    yield Finding("李某应答", ack is not None and ack.actor == "li" and ack.at >= limit)
    after = [one for one in pages if ack is not None and one.created_at > ack.at]
    yield Finding("应答之后没有再叫人", ack is not None and not after)
    yield Finding("企业微信群拒收一次，隔一分钟重发成功", _retried(stage, session, GROUP_BOT))
    moved = any(one.channel == "李某·邮箱" and one.status == "sent" for one in second)
    mailed = any("li@" in mail.to and "红色" in mail.text for mail in stage.mail.mails)
    refused = any(one.token == LI_BOT and not one.accepted for one in stage.bots.received)
    yield Finding("李某的飞书拒收，当即改发到他的邮箱", moved and mailed and refused)


def _retried(stage: Stage, session: Session, token: str) -> bool:
    """Whether the robot refused a message once and the very same came through later."""
    heard = [one for one in stage.bots.received if one.token == token]
    refused = [one.text for one in heard if not one.accepted]
    accepted = stage.bots.accepted(token)
    tried = select(func.count()).where(
        AttemptRow.status == "retry", AttemptRow.platform_code == "45009"
    )
    return len(refused) == 1 and accepted.count(refused[0]) == 1 and session.scalar(tried) == 1


def _response(session: Session, code: str, refused: Mapping[str, str]) -> Iterator[Finding]:
    """Playbook, statement and the way down."""
    incident = by_code(session, code)
    number = incident.id if incident else 0
    found = select(StepRow.step_id).where(StepRow.incident_id == number, StepRow.status == "done")
    yield Finding("处置预案前四小时的步骤都做完了", set(session.scalars(found)) >= FOUR_HOURS)
    said = session.scalar(select(StatementRow).where(StatementRow.incident_id == number))
    approvers = {one["actor"] for one in said.data["approvals"]} if said else set()
    held = said is not None and said.status == "published" and approvers == {"chen", "zhao"}
    yield Finding("声明由两位不同的人批准后发布", held)
    yield Finding("同一个人批两次被拒绝", "approve_twice" in refused)
    yield Finding("声明发布之前红色不能降级", "lower_too_early" in refused)
    lowered = [one for one in _changes(session, number) if one.kind == "lower"]
    steps = [(one.actor, one.to_tier) for one in lowered][:2]
    wanted = [("li", int(Tier.ORANGE)), ("engine", int(Tier.YELLOW))]
    yield Finding("总指挥把红色降为橙色，平静六小时后自动降到黄色", steps == wanted)
    done = incident is not None and incident.resolved_at is not None
    yield Finding("事件平息", done)


def _machine(stage: Stage, session: Session) -> Iterator[Finding]:
    """The program itself: every message ended, nothing broke, bad pages cost only themselves."""
    left = select(func.count()).where(OutboxRow.status.not_in(ENDED))
    dead = select(func.count()).where(OutboxRow.status.in_(("dead", "unknown")))
    yield Finding("每条消息都有了结果", session.scalar(left) == 0)
    yield Finding("没有一条消息发不出去", session.scalar(dead) == 0)
    failed = select(func.count()).where(CrawlRow.status == "failed")
    yield Finding("坏掉的页面没有妨碍采集", session.scalar(failed) == 0)
    served = {status for _, status in stage.site.hits}
    yield Finding("网站给过 500，也答过「没有变化」（304）", {500, 304} <= served)
    kept = not any(path.startswith("/inside/") for path, _ in stage.site.hits)
    yield Finding("没有去 robots.txt 不让去的地方", kept)
    log = (stage.folder / LOG).read_text("utf-8")
    yield Finding(
        "运行日志里没有错误", not any(one.startswith("ERROR") for one in log.splitlines())
    )


def _pages(session: Session, code: str) -> list[OutboxRow]:
    found = select(OutboxRow).where(OutboxRow.code == code, OutboxRow.kind == "page")
    return list(session.scalars(found.order_by(OutboxRow.id)))


def _change(session: Session, code: str, kind: str) -> TransitionRow | None:
    incident = by_code(session, code)
    changes = _changes(session, incident.id) if incident else []
    return next((one for one in changes if one.kind == kind), None)


def _changes(session: Session, incident_id: int) -> list[TransitionRow]:
    found = select(TransitionRow).where(TransitionRow.incident_id == incident_id)
    return list(session.scalars(found.order_by(TransitionRow.version)))
