"""Bundles: what waited for a recipient's hourly budget goes out as one message, nothing lost."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session

from monitor.config import Settings
from monitor.domain.tier import Tier
from monitor.stations import moot
from monitor.store import budgets, outbox
from monitor.store.response_schema import OutboxRow

PATIENCE = timedelta(
    minutes=15
)  # ORANGE's own time to answer: no news waits behind calls for longer
KINDS = ("bundle", "digest")
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
    bundle = OutboxRow(
        key=outbox.key_of(None, f"bundle-{_digest(keys)}", first.recipient, first.channel),
        recipient=first.recipient,
        channel=first.channel,
        fallbacks=first.fallbacks,
        **_said(items),
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


def _said(items: list[OutboxRow]) -> dict[str, Any]:
    """What a bundle of these says, and to whom in a group."""
    calling = any(budgets.calls(one) or one.kind == "meta" for one in items)
    head = f"【汇总】{len(items)} 条消息"
    return {
        "kind": "bundle" if calling else "digest",
        "subject": head,
        "body": "\n".join([f"{head}：", *_lines(items), *_advice(items)]),
        "short": f"{head}，编号 {'、'.join(_codes(items))}，见 fengsui alerts list",
        "mentions": sorted({person for one in items for person in one.mentions}),
    }


def withdraw(session: Session, incident_id: int) -> None:
    """Take an incident's messages out of the bundles that have not arrived: they are said anew.

    One that is on its way stays, but for the case that it must be sent once more.
    """
    unsent = select(OutboxRow).where(
        OutboxRow.kind.in_(KINDS), OutboxRow.status.in_((*outbox.WAITING, "leased"))
    )
    for bundle in session.scalars(unsent).all():
        for one in _carried(session, bundle):
            if one.incident_id == incident_id and one.status != "cancelled":
                one.status, one.detail = "cancelled", "事件转为受限，已从汇总里撤下"


def renew(settings: Settings, session: Session, bundle: OutboxRow) -> bool:
    """Say a bundle again without what has lost its reason since; whether anything is left to say.

    Nobody is asked to take up what a colleague has taken up, or what has turned out to be nothing.
    """
    every = _carried(session, bundle)
    left = _worth_saying(settings, session, every)
    if not left:
        return not every
    said = _said(left)
    # One that was found too long is not made long again.
    if len(left) < len(every) and said["short"] != bundle.short:
        for name, value in said.items():
            setattr(bundle, name, value)
    return True


def _carried(session: Session, bundle: OutboxRow) -> list[OutboxRow]:
    """What a bundle, or its copy on another channel, carried at first, the loudest first."""
    first = bundle
    while first.origin is not None:
        first = session.get_one(OutboxRow, first.origin)
    found = select(OutboxRow).where(OutboxRow.carried_by == first.id)
    return list(session.scalars(found.order_by(OutboxRow.priority.desc(), OutboxRow.id)))


def _worth_saying(settings: Settings, session: Session, items: list[OutboxRow]) -> list[OutboxRow]:
    waiting = (one for one in items if one.status != "cancelled")
    return [one for one in waiting if not moot.reason(settings, session, one)]


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


def release(settings: Settings, session: Session, bundle: OutboxRow, now: datetime) -> bool:
    """Let the items of a digest of unknown fate join the next one, marked; whether it had any."""
    items = _worth_saying(settings, session, _carried(session, bundle))
    for one in items:
        one.status, one.carried_by, one.held, one.resent = "pending", None, True, True
        one.next_at = now + budgets.SPACING
    return bool(items)
