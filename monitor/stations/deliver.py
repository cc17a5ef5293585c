"""Delivers: lease, send, judge the answer, retry, fail over or give up aloud."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from alerts.message import Delivery, Message, Status
from monitor.app import App
from monitor.domain.incident import Lifecycle
from monitor.domain.tier import Tier
from monitor.stations import notices
from monitor.store import incidents, outbox
from monitor.store.response_schema import AttemptRow, OutboxRow

log = logging.getLogger("fengsui")

AT_ONCE = 4  # sends in parallel: a hanging bot must not hold up the others
MAX_ATTEMPTS = 6  # 5 s, 10 s, 20 s, 40 s, 80 s: some three minutes before a channel is given up
FIRST_RETRY = timedelta(seconds=5)
# What is resent once when its fate is unknown: people would rather read a page twice than never.
RESENT = ("page", "group", "meta", "test", "notice", "trial")
SENT_ELSEWHERE = 2  # failed attempts after which the next channel is tried as well


def deliver(app: App, now: datetime, limit: int = 20) -> int:
    """Send what is due; returns how many attempts were made."""
    with app.database.transaction() as session:
        for row in outbox.lapsed(session, now):
            _unknown(app, session, row, "发送中断，不知道对方是否收到", now)
        claimed = _claim(app, session, now, limit)
    if not claimed:
        return 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for row, delivery in zip(
            claimed, pool.map(lambda row: _send(app, row), claimed), strict=True
        ):
            with app.database.transaction() as session:
                settle(app, session, session.get_one(OutboxRow, row.id), delivery, app.clock())
    return len(claimed)


def _claim(app: App, session: Session, now: datetime, limit: int) -> list[OutboxRow]:
    claimed = []
    for row in outbox.due(session, now, limit):
        if _answered(session, row):
            row.status = "cancelled"
            continue
        if row.channel not in app.channels:
            _give_up(app, session, row, f"通道 {row.channel} 已不在配置里", now)
            continue
        limits = {one.name: one.per_minute for one in app.settings.channels}
        wait = outbox.take_token(
            session, row.channel, limits.get(row.channel) or 15, Tier(row.priority), now
        )
        if wait is not None:
            row.next_at = wait
            _elsewhere(session, row, now)
        elif outbox.lease(session, row, now) is not None:
            claimed.append(row)
    return claimed


def _answered(session: Session, row: OutboxRow) -> bool:
    """Whether a page has lost its reason: somebody has taken the incident, or it has ended."""
    if row.kind != "page" or row.incident_id is None:
        return False
    return incidents.load(session, row.incident_id).lifecycle is not Lifecycle.OPEN


def _send(app: App, row: OutboxRow) -> Delivery:
    message = Message(
        key=row.key,
        subject=row.subject,
        body=row.body,
        code=row.code,
        mobiles=_mobiles(app, row),
        maybe_duplicate=row.resent,
    )
    try:
        return app.send(app.channels[row.channel], message)
    except Exception as error:  # noqa: BLE001 - the edge of a channel
        # One that breaks must not take the others' answers with it; its own words may hold the
        # address with its key, so only its kind is told.
        kind = type(error).__name__
        log.error("channel %s failed: %s", row.channel, kind)  # noqa: TRY400 - see above
        return Delivery(Status.UNKNOWN, f"发送组件出错（{kind}）")


def _mobiles(app: App, row: OutboxRow) -> tuple[str, ...]:
    return tuple(
        person.mobile
        for person in app.settings.people
        if person.id == row.recipient and person.mobile
    )


def settle(app: App, session: Session, row: OutboxRow, delivery: Delivery, now: datetime) -> None:
    """Record what one attempt came to and decide what happens next."""
    if row.status != "leased":
        return  # the lease ran out meanwhile and somebody else has dealt with it
    _close_attempt(session, row, delivery, now)
    row.detail = delivery.detail
    match delivery.status:
        case Status.SENT:
            row.status, row.sent_at = "sent", now
        case Status.UNKNOWN:
            _unknown(app, session, row, delivery.detail, now)
        case Status.DEAD:
            _give_up(app, session, row, delivery.detail, now)
        case Status.TOO_LONG:
            row.body = row.body[: len(row.body) // 2]
            _again(app, session, row, timedelta(0), now)
        case Status.RETRY:
            _refused_for_now(app, session, row, delivery, now)


def _refused_for_now(
    app: App, session: Session, row: OutboxRow, delivery: Delivery, now: datetime
) -> None:
    wait = FIRST_RETRY * 2 ** (row.attempts - 1)
    if delivery.retry_after is not None:
        wait = max(wait, timedelta(seconds=delivery.retry_after))
        outbox.block(session, row.channel, now + wait)
    if delivery.retry_after is not None or row.attempts >= SENT_ELSEWHERE:
        _elsewhere(session, row, now)
    _again(app, session, row, wait, now)


def _close_attempt(session: Session, row: OutboxRow, delivery: Delivery, now: datetime) -> None:
    attempt: AttemptRow | None = outbox.open_attempt(session, row)
    if attempt is not None:
        attempt.ended_at, attempt.status = now, delivery.status.value
        attempt.detail, attempt.platform_code = delivery.detail, delivery.platform_code


def _again(app: App, session: Session, row: OutboxRow, wait: timedelta, now: datetime) -> None:
    if row.attempts >= MAX_ATTEMPTS:
        _give_up(app, session, row, f"试了 {row.attempts} 次都没成功：{row.detail}", now)
        return
    row.status, row.next_at, row.lease_until = "retry", now + wait, None


def _unknown(app: App, session: Session, row: OutboxRow, detail: str, now: datetime) -> None:
    """Resend once, marked 「可能重复」; unknown again is dead. A digest is not resent."""
    _close_attempt(session, row, Delivery(Status.UNKNOWN, detail), now)
    row.detail = detail
    if row.kind not in RESENT:
        row.status = "unknown"
    elif row.resent:
        _give_up(app, session, row, f"两次都不知道对方是否收到：{detail}", now)
    else:
        row.resent = True
        _again(app, session, row, timedelta(0), now)


def _give_up(app: App, session: Session, row: OutboxRow, detail: str, now: datetime) -> None:
    row.status, row.detail, row.lease_until = "dead", detail, None
    _elsewhere(session, row, now)
    if row.kind != "meta":  # a meta-alert about a dead meta-alert would never end
        notices.dead_message(app, session, row, now)


def _elsewhere(session: Session, row: OutboxRow, now: datetime) -> None:
    """Send the same words over the recipient's next channel, once."""
    if not row.fallbacks:
        return
    channel, *rest = row.fallbacks
    row.fallbacks = []
    session.add(
        OutboxRow(
            key=outbox.key_of(row.incident_id, f"fallback-{row.key}", row.recipient, channel),
            incident_id=row.incident_id,
            kind=row.kind,
            recipient=row.recipient,
            channel=channel,
            fallbacks=rest,
            subject=row.subject,
            body=row.body,
            code=row.code,
            priority=row.priority,
            created_at=now,
            next_at=now,
        )
    )
    session.flush()
