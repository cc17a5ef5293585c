"""Settles: what an answer means for the message, its recipient's next channel and the operator."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from alerts.message import Delivery, Status
from monitor.app import App
from monitor.stations import bundling, cards, notices
from monitor.store import channel_limits, incidents, outbox, told
from monitor.store.response_schema import AttemptRow, OutboxRow

MAX_ATTEMPTS = 6  # 5 s, 10 s, 20 s, 40 s, 80 s: some three minutes before a channel is given up
FIRST_RETRY = timedelta(seconds=5)
SENT_ELSEWHERE = 2  # failed attempts after which the next channel is tried as well
# A refusal for longer than this is not waited for: the recipient's next channel is tried at once.
LONG = timedelta(seconds=30)


def settle(
    app: App, session: Session, row: OutboxRow, attempt: int, delivery: Delivery, now: datetime
) -> None:
    """Record what one attempt came to and decide what happens next."""
    if row.status != "leased" or row.attempts != attempt:
        return  # the lease ran out meanwhile and somebody else has dealt with it
    _close_attempt(session, row, delivery, now)
    row.detail = delivery.detail
    match delivery.status:
        case Status.SENT:
            row.status, row.sent_at, row.receipt = "sent", now, delivery.receipt
            cards.after_sent(app, session, row, now)
        case Status.UNKNOWN:
            unknown(app, session, row, delivery.detail, now)
        case Status.DEAD:
            give_up(app, session, row, delivery.detail, now)
        case Status.TOO_LONG:
            _shorter(app, session, row, now)
        case Status.RETRY:
            _refused_for_now(app, session, row, delivery, now)


def _shorter(app: App, session: Session, row: OutboxRow, now: datetime) -> None:
    """Say it in fewer words, never in half of them: the short text, then its first line."""
    first = row.short.partition("\n")[0]
    if row.body == first:
        give_up(app, session, row, f"缩到最短仍然太长：{row.detail}", now)
        return
    row.body = first if row.body == row.short else row.short
    _again(app, session, row, timedelta(0), now)


def _refused_for_now(
    app: App, session: Session, row: OutboxRow, delivery: Delivery, now: datetime
) -> None:
    wait = FIRST_RETRY * 2 ** (row.attempts - 1)
    if delivery.retry_after is not None:
        wait = max(wait, timedelta(seconds=delivery.retry_after))
        channel_limits.block(session, row.channel, now + wait, now)
    if wait >= LONG or row.attempts >= SENT_ELSEWHERE:
        elsewhere(session, row, now)
    _again(app, session, row, wait, now)


def _close_attempt(session: Session, row: OutboxRow, delivery: Delivery, now: datetime) -> None:
    attempt: AttemptRow | None = outbox.open_attempt(session, row)
    if attempt is not None:
        attempt.ended_at, attempt.status = now, delivery.status.value
        attempt.detail, attempt.platform_code = delivery.detail, delivery.platform_code


def _again(app: App, session: Session, row: OutboxRow, wait: timedelta, now: datetime) -> None:
    if row.attempts >= MAX_ATTEMPTS:
        give_up(app, session, row, f"试了 {row.attempts} 次都没成功：{row.detail}", now)
        return
    row.status, row.next_at, row.lease_until = "retry", now + wait, None


def unknown(app: App, session: Session, row: OutboxRow, detail: str, now: datetime) -> None:
    """Resend once, marked 「可能重复」; unknown again is dead. A digest is not resent."""
    _close_attempt(session, row, Delivery(Status.UNKNOWN, detail), now)
    row.detail = detail
    if row.kind == "briefing":
        row.status = "unknown"  # the next one says it all again
    elif row.kind == "digest" and not row.resent:
        joined = bundling.release(app.settings, session, row, now)
        row.status = "superseded" if joined else "unknown"
        row.detail = f"{detail}内容并入下一条汇总。" if joined else detail
    elif row.resent:
        give_up(app, session, row, f"两次都不知道对方是否收到：{detail}", now)
    else:
        row.resent = True
        _again(app, session, row, timedelta(0), now)


def give_up(app: App, session: Session, row: OutboxRow, detail: str, now: datetime) -> None:
    """End a message as dead: the next channel takes over, and the operator hears of it."""
    row.status, row.detail, row.lease_until = "dead", detail, None
    if row.kind == cards.CARD:
        row.status = "cancelled"  # an old card stays as it is; what it told has been told
        return
    elsewhere(session, row, now)
    if row.kind != "meta":  # a meta-alert about a dead meta-alert would never end
        notices.dead_message(app, session, row, now)
    if row.kind == "page" and row.incident_id is not None:
        session.flush()
        _call_on(session, row.incident_id, now)


def _call_on(session: Session, incident_id: int, now: datetime) -> None:
    """Call the next level now when not one call of this level can reach anybody."""
    run = incidents.load_run(session, incident_id, to_change=True)
    if run is None or not run.active or run.next_deadline is None:
        return
    calls = told.pages_since(session, incident_id, run.paged_at)
    if calls and all(one.status == "dead" for one in calls):
        incidents.hurry(session, run, now)


def elsewhere(session: Session, row: OutboxRow, now: datetime) -> None:
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
            short=row.short,
            code=row.code,
            mentions=row.mentions,
            priority=row.priority,
            urgent=row.urgent,
            origin=row.origin or row.id,
            created_at=now,
            next_at=now,
        )
    )
    session.flush()
