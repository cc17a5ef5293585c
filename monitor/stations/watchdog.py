"""Watches the installation itself: tells the operator of trouble, beats outward in health."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Thread
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from alerts.facts import AlertFacts, Kind
from alerts.message import Message, Status
from alerts.rendering import operator_text, subject
from crawlers.visit import Limits as Cost
from crawlers.visit import VisitError, exchange
from monitor.app import App
from monitor.domain.self_watch import Limits, Pulse, Trouble, news, troubles
from monitor.stations import notices
from monitor.store import meta, pulse

log = logging.getLogger("fengsui")

COST = Cost(bytes=64 * 1024, seconds=20)  # a monitor answers «OK»


def watch_self(
    app: App,
    rounds: Mapping[str, timedelta],
    failing: Mapping[str, tuple[timedelta, str]],
    now: datetime,
) -> tuple[Trouble, ...]:
    """Look at every part once, tell what is new, and return all that is wrong."""
    settings = app.settings.watchdog
    limits = Limits(settings.disk_free_mb * 2**20, settings.channel_failing)
    with app.database.transaction() as session:
        found = troubles(_pulse(app, session, rounds, failing), limits, now)
        told = news(found, pulse.known_troubles(session), now)
        for cause, text in told.tell:
            notices.operator(app, session, text, now, cause=f"self-{cause}")
        pulse.keep_troubles(session, told.known)
    return found


def _pulse(
    app: App,
    session: Session,
    rounds: Mapping[str, timedelta],
    failing: Mapping[str, tuple[timedelta, str]],
) -> Pulse:
    in_use = {one.name for one in app.settings.channels}
    failed = pulse.failing_channels(session)
    return Pulse(
        rounds=rounds,
        failing=failing,
        channels={name: since for name, since in failed.items() if name in in_use},
        ears=app.listening.deaf(),
        free_bytes=shutil.disk_usage(app.settings.data_dir).free,
        unjudged=pulse.unjudged(session),
        late_call=pulse.late_call(session),
        late_page=pulse.late_page(session),
    )


def beat_outward(app: App, found: tuple[Trouble, ...], now: datetime) -> bool:
    """Tell the monitor outside that all is well, once a period; silent while a grave trouble lasts.

    Its answer is awaited elsewhere: a slow monitor must not hold up what it watches.
    """
    settings = app.settings.watchdog
    if not settings.heartbeat or any(one.grave for one in found):
        return False
    with app.database.transaction() as session:
        if not meta.due(session, "outward-heartbeat", settings.every, now):
            return False
    Thread(target=_ping, args=(app, settings.heartbeat), daemon=True, name="heartbeat").start()
    return True


def _ping(app: App, url: str) -> None:
    try:
        host = urlsplit(url).hostname or ""
        answer = exchange(url, app.clock, trusted={host}, limits=COST)
    except VisitError:
        # The address is a key: it must not end in a log.
        log.warning("outward heartbeat: the monitor did not answer")
        return
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's own numbers
        log.warning("outward heartbeat: the monitor answered %s", answer.status)


def cry_out(app: App, text: str, now: datetime) -> bool:
    """Tell the operator past the store, which cannot be written; whether anybody was told."""
    facts = AlertFacts(kind=Kind.META, at=now, reasons=(text,))
    key = f"store-{now:%Y%m%d%H}"  # the same words within an hour are the same message
    message = Message(key=key, subject=subject(facts), body=operator_text(facts))
    for name in app.settings.operator_channels:
        try:
            if app.send(app.channels[name], message).status is Status.SENT:
                return True
        except Exception as error:  # noqa: BLE001 - the edge of a channel; the next is tried
            log.error("channel %s failed: %s", name, type(error).__name__)  # noqa: TRY400 - its words may hold keys
    return False
