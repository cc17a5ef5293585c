"""The queue of captures that wait for a time stamp; the authority may be out of reach for days."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawlers.visit import Limits, VisitError, exchange
from monitor.app import App
from monitor.evidence import custody, timestamp
from monitor.evidence.shelf import MANIFEST, STAMP, Shelf
from monitor.store.evidence_schema import EvidenceRow

# Minutes, then hours, then daily: an authority that is down for a day is not asked 1,440 times.
WAITS = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=6), timedelta(days=1))
LEASE = timedelta(minutes=2)  # longer than LIMITS: nobody else asks meanwhile
LIMITS = Limits(bytes=256 * 1024, seconds=30)  # a stamp with its certificates is some 6 KB
OK = 200


def stamp_due(app: App, now: datetime) -> int:
    """Ask for the stamps that are due; returns how many were asked for."""
    asked = 0
    while app.settings.evidence.timestamp and (number := _claim(app, now)) is not None:
        _settle(app, number, now)
        asked += 1
    return asked


def _claim(app: App, now: datetime) -> int | None:
    """Take the first that is due, so that daemon and command line never ask twice."""
    with app.database.transaction() as session:
        row = session.scalar(
            select(EvidenceRow)
            .where(
                EvidenceRow.stamp == "pending",
                EvidenceRow.stamp_due_at <= now,
                EvidenceRow.purged_at.is_(None),
            )
            .order_by(EvidenceRow.stamp_due_at)
            .limit(1)
        )
        if row is None:
            return None
        row.stamp_due_at = now + LEASE
        return row.id


def _settle(app: App, number: int, now: datetime) -> None:
    with app.database.reading() as session:
        code = session.get_one(EvidenceRow, number).code
    shelf = Shelf(app.settings.data_dir)
    try:
        answer, stamp = _ask(app, shelf.read(code, MANIFEST))
    except (VisitError, timestamp.StampError) as error:
        _later(app, number, str(error), now)
        return
    shelf.add(code, STAMP, answer)
    app.database.repeat(lambda session: _note(session, number, stamp, now))


def _ask(app: App, manifest: bytes | None) -> tuple[bytes, timestamp.Stamp]:
    if manifest is None:
        raise timestamp.StampError("清单文件不见了，没法申请时间戳：请运行 fengsui evidence verify")
    question = timestamp.question(manifest)
    url, login = _address(app.settings.evidence.timestamp)
    answer = exchange(
        url,
        app.clock,
        trusted={urlsplit(url).hostname or ""},  # the operator may run one inside
        limits=LIMITS,
        body=question.as_bytes(),
        headers={"Content-Type": "application/timestamp-query", **login},
    )
    if answer.status != OK:
        raise timestamp.StampError(f"时间戳机构回答 {answer.status}，没有给时间戳")
    roots = timestamp.load_roots(app.settings.evidence.timestamp_roots)
    return answer.body, timestamp.accept(question, answer.body, manifest, roots)


def _address(written: str) -> tuple[str, dict[str, str]]:
    """The address without the account in it, and the header that says the account."""
    parts = urlsplit(written)
    if parts.username is None:
        return written, {}
    account = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    token = b64encode(account.encode()).decode()
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    return bare.geturl(), {"Authorization": f"Basic {token}"}


def _note(session: Session, number: int, stamp: timestamp.Stamp, now: datetime) -> None:
    row = session.get_one(EvidenceRow, number)
    row.stamp, row.stamped_at, row.stamp_problem = "done", stamp.at, ""
    sworn = stamp.at.isoformat(timespec="seconds")
    custody.append(session, custody.SYSTEM, "stamped", row.code, now, stamped_at=sworn)


def _later(app: App, number: int, problem: str, now: datetime) -> None:
    with app.database.transaction() as session:
        row = session.get_one(EvidenceRow, number)
        wait = WAITS[min(row.stamp_tries, len(WAITS) - 1)]
        row.stamp_tries += 1
        row.stamp_due_at, row.stamp_problem = now + wait, problem
