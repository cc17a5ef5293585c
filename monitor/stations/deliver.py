"""Delivers: lease, send, have the answer judged. A hanging channel holds up no other one."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from alerts.message import Delivery, Message, Status
from monitor.app import App
from monitor.domain.tier import Tier
from monitor.stations import bundling, cards, mail_replies, moot, settling
from monitor.store import budgets, channel_limits, outbox, told
from monitor.store.response_schema import OutboxRow

log = logging.getLogger("fengsui")

AT_ONCE = 16  # channels at work at the same time; each carries one message
LOOKED_AT = 100  # messages looked at in one transaction
# A person's next channel is tried as well when the first has not taken the message by then: with
# the 15 s that a send may last, everybody is told within a minute.
PATIENCE = timedelta(seconds=30)
_DATABASE_PAUSE = 1.0  # seconds until an answer that could not be stored is tried again


@dataclass(frozen=True, slots=True)
class Claim:
    """One leased message, and the number of the attempt that the lease is for."""

    row: OutboxRow
    attempt: int


def deliver(app: App, now: datetime, limit: int = 100) -> int:
    """Send what is due and wait for every answer; returns how many attempts were made."""
    made = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while made < limit and (claims := claim(app, now)):
            made += len(claims)
            for done in [pool.submit(_send_and_settle, app, one) for one in claims]:
                done.result()
    return made


class Sender:
    """Sends what is due without waiting for the answers: each is settled when it comes."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sending")
        self._lock = threading.Lock()
        self._at_work: set[object] = set()

    def __call__(self, app: App, now: datetime) -> int:
        """Hand out what is due; returns how many attempts began."""
        with self._lock:
            free = AT_ONCE - len(self._at_work)
        claims = claim(app, now, free) if free else []
        for one in claims:
            self._start(app, one)
        return len(claims)

    @property
    def __name__(self) -> str:
        """What the log calls this station."""
        return "deliver"

    def finish(self, seconds: float) -> None:
        """Wait for the answers that are still due, but no longer than this."""
        with self._lock:
            left = list(self._at_work)
        wait(left, seconds)  # type: ignore[arg-type] # they are futures
        self._pool.shutdown(wait=False)

    def _start(self, app: App, one: Claim) -> None:
        done = self._pool.submit(_send_and_settle, app, one)
        with self._lock:
            self._at_work.add(done)
        done.add_done_callback(self._end)

    def _end(self, done: object) -> None:
        with self._lock:
            self._at_work.discard(done)


def claim(app: App, now: datetime, limit: int = AT_ONCE) -> list[Claim]:
    """Lease what may go out now, at most one message a channel, and see to what is stuck."""
    return app.database.repeat(partial(_claim, app, now, limit))


def _claim(app: App, now: datetime, limit: int, session: Session) -> list[Claim]:
    for row in outbox.lapsed(session, now):
        settling.unknown(app, session, row, "发送中断，不知道对方是否收到", now)
    claims = _leased(app, session, now, limit)
    # Only now is it known what waits for its channel, and what for its turn.
    stuck = outbox.stuck(session, now, PATIENCE)
    for row in stuck:
        if _has_its_turn(session, row, now):
            settling.elsewhere(session, row, now)
    return claims + _leased(app, session, now, limit - len(claims)) if stuck else claims


def _leased(app: App, session: Session, now: datetime, limit: int) -> list[Claim]:
    claims: list[Claim] = []
    busy: set[str] = set()
    full: dict[tuple[str, bool], datetime] = {}
    for row in outbox.due(session, now, LOOKED_AT):
        if len(claims) == limit:
            break
        if row.channel in busy or row.status not in outbox.WAITING:
            continue  # at work, or carried by a bundle since the list was read
        chosen = _chosen(app, session, row, full, now)
        if chosen is not None:
            if outbox.lease(session, chosen, now) is not None:
                claims.append(Claim(chosen, chosen.attempts))
            busy.add(row.channel)
    return claims


def _chosen(
    app: App,
    session: Session,
    row: OutboxRow,
    full: dict[tuple[str, bool], datetime],
    now: datetime,
) -> OutboxRow | None:
    """Return what may be sent at this instant in a message's place; if nothing, note why.

    `full` remembers within one round until when a channel takes no more, of RED or of others.
    """
    if _is_settled(app, session, row, now):
        return None
    if not _has_its_turn(session, row, now):
        return None
    tier = Tier(row.priority)
    place = (row.channel, tier is Tier.RED)
    later = full.get(place) or _later(app, session, row.channel, tier, now)
    if later is None:
        return bundling.gather(session, row, now)
    row.next_at = full[place] = later
    if later - now >= settling.LONG:
        settling.elsewhere(session, row, now)
    return None


def _has_its_turn(session: Session, row: OutboxRow, now: datetime) -> bool:
    """Whether its recipient may be interrupted now; if not, the message is held until then."""
    free = budgets.free_at(session, row, now)
    if free is not None:
        row.held, row.next_at = True, free
    return free is None


def _later(app: App, session: Session, channel: str, tier: Tier, now: datetime) -> datetime | None:
    limits = {one.name: one.per_minute for one in app.settings.channels}
    return channel_limits.wait_for(session, channel, limits.get(channel, 15), tier, now)


def _is_settled(app: App, session: Session, row: OutboxRow, now: datetime) -> bool:
    """Whether a message needs no sending any more, or cannot be sent at all."""
    if lost := moot.reason(app.settings, session, row):
        row.status, row.detail = "cancelled", lost
    elif row.kind != "page" and (copy := told.told_elsewhere(session, row)):
        row.status, row.detail = "superseded", f"已由渠道「{copy.channel}」送达"
    elif row.kind in bundling.KINDS and not bundling.renew(app.settings, session, row):
        row.status, row.detail = "cancelled", "里面的消息都不用再发"
    elif row.channel not in app.channels:
        settling.give_up(app, session, row, f"通道 {row.channel} 已不在配置里", now)
    elif row.kind == cards.CARD and not cards.shows_cards(app, row.channel):
        row.status, row.detail = "cancelled", "渠道换了，改不了原来的卡片"
    else:
        return False
    return True


def _send_and_settle(app: App, one: Claim) -> None:
    delivery = _send(app, one.row)
    end = time.monotonic() + outbox.LEASE.total_seconds()
    while True:
        try:
            with app.database.transaction() as session:
                row = session.get_one(OutboxRow, one.row.id)
                settling.settle(app, session, row, one.attempt, delivery, app.clock())
        except SQLAlchemyError:
            # The answer is known here alone: an unstored «sent» would become a second copy.
            if time.monotonic() > end:
                log.exception("the answer to message %s could not be stored", one.row.id)
                return
            time.sleep(_DATABASE_PAUSE)
        else:
            return


def _send(app: App, row: OutboxRow) -> Delivery:
    message = Message(
        key=row.key,
        subject=row.subject,
        body=row.body,
        short=row.short,
        code=row.code,
        mobiles=_mobiles(app, row),
        userids=_userids(app, row),
        target=cards.target(row),
        **_ways(app, row),
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


def _ways(app: App, row: OutboxRow) -> dict[str, Any]:
    """What lets the recipient answer from the message itself: a mail's token, a card's buttons."""
    try:
        with app.database.reading() as session:
            if app.channels[row.channel].kind == "mail":
                return {"token": mail_replies.token(app, session, row)}
            return cards.dress(app, session, row)
    except SQLAlchemyError:
        return {}  # a call that nobody can answer at once is better than none


def _mobiles(app: App, row: OutboxRow) -> tuple[str, ...]:
    called = {row.recipient, *row.mentions}
    return tuple(one.mobile for one in app.settings.people if one.id in called and one.mobile)


def _userids(app: App, row: OutboxRow) -> tuple[str, ...]:
    called, kind = {row.recipient, *row.mentions}, app.channels[row.channel].kind
    found = (one.ids.get(kind) for one in app.settings.people if one.id in called)  # type: ignore[call-overload] # a kind without ids has none
    return tuple(one for one in found if one)
