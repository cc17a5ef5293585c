"""Bundles: what waited for a recipient's hourly budget goes out as one message, nothing lost."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session

from monitor.domain.tier import Tier
from monitor.store import budgets, outbox
from monitor.store.response_schema import OutboxRow

PATIENCE = timedelta(
    minutes=15
)  # ORANGE's own time to answer: no news waits behind calls for longer
SHOWN = 30  # lines of a bundle; what is beyond stands in `alerts list`


def gather(session: Session, row: OutboxRow, now: datetime) -> OutboxRow:
    """Return what to send in this message's place: itself, or a bundle of all that waits."""
    if not budgets.counts(row):
        return row
    others = _others(session, row, now)
    if not others or (_stands_alone(row) and not any(_is_owed(one, now) for one in others)):
        return row
    return _bundle(session, sorted([row, *others], key=lambda one: (-one.priority, one.id)), now)


def _stands_alone(row: OutboxRow) -> bool:
    """Whether a message is a call that may go out at once: it says everything it has to say."""
    return budgets.calls(row) and row.priority >= Tier.ORANGE and not row.held


def _is_owed(row: OutboxRow, now: datetime) -> bool:
    """Whether a message that was held back has waited long enough, or calls somebody."""
    return row.held and (budgets.calls(row) or row.created_at <= now - PATIENCE)


def _others(session: Session, row: OutboxRow, now: datetime) -> list[OutboxRow]:
    found = select(OutboxRow).where(
        OutboxRow.recipient == row.recipient,
        OutboxRow.channel == row.channel,
        OutboxRow.id != row.id,
        OutboxRow.status.in_(outbox.WAITING),
        OutboxRow.kind.in_(budgets.BUNDLED),
        OutboxRow.attempts == 0,
        OutboxRow.origin.is_(None),
        ~OutboxRow.urgent,
        cast(OutboxRow.meant_for, String) == "[]",
        or_(OutboxRow.held, OutboxRow.next_at <= now),
    )
    return list(session.scalars(found))


def _bundle(session: Session, items: list[OutboxRow], now: datetime) -> OutboxRow:
    first, keys = items[0], "|".join(sorted(one.key for one in items))
    calling = any(budgets.calls(one) or one.kind == "meta" for one in items)
    head = f"【汇总】{len(items)} 条消息"
    body = "\n".join([f"{head}：", *_lines(items), *_advice(items)])
    bundle = OutboxRow(
        key=outbox.key_of(None, f"bundle-{_digest(keys)}", first.recipient, first.channel),
        kind="bundle" if calling else "digest",
        recipient=first.recipient,
        channel=first.channel,
        fallbacks=first.fallbacks,
        subject=head,
        body=body,
        short=f"{head}，编号 {'、'.join(_codes(items))}，见 fengsui alerts list",
        mentions=sorted({person for one in items for person in one.mentions}),
        priority=max(one.priority for one in items),
        # Marked when an item stood in a digest of which nobody knows whether it arrived.
        resent=any(one.resent for one in items),
        created_at=now,
        next_at=now,
    )
    session.add(bundle)
    session.flush()
    for one in items:
        one.status, one.held, one.carried_by = "superseded", False, bundle.id
        one.detail = f"并入汇总 {bundle.id}"
    return bundle


def _lines(items: list[OutboxRow]) -> list[str]:
    lines = dict.fromkeys(f"· {_line(one)}" for one in items)
    shown = list(lines)[:SHOWN]
    left = len(lines) - len(shown)
    return [*shown, f"· 另有 {left} 条，见 fengsui alerts list"] if left else shown


def _line(row: OutboxRow) -> str:
    """The message in one line: an incident's first says it all, trouble of the system needs all."""
    return row.short.partition("\n")[0] if row.code else "".join(row.short.split("\n"))


def _advice(items: list[OutboxRow]) -> list[str]:
    codes = _codes([one for one in items if one.kind == "page"])
    return [f"认领：fengsui incidents ack {'、'.join(codes)}（一次一个编号）"] if codes else []


def _codes(items: list[OutboxRow]) -> list[str]:
    return list(dict.fromkeys(one.code for one in items if one.code))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def release(session: Session, bundle: OutboxRow, now: datetime) -> bool:
    """Let the items of a digest of unknown fate join the next one, marked; whether it had any."""
    items = session.scalars(select(OutboxRow).where(OutboxRow.carried_by == bundle.id)).all()
    for one in items:
        one.status, one.carried_by, one.held, one.resent = "pending", None, True, True
        one.next_at = now + budgets.SPACING
    return bool(items)
