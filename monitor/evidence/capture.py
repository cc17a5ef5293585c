"""Captures one page: read, pictured, described, sealed, put on the shelf and into the log."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from crawlers.gates import gate
from crawlers.screenshot import NoPicture, find_browser, take
from crawlers.visit import Exchange, visit
from monitor.app import App
from monitor.evidence import custody, manifest
from monitor.evidence.sealing import seal
from monitor.evidence.shelf import MANIFEST, SEALED, Shelf
from monitor.evidence.warc import NAME as WARC
from monitor.evidence.warc import pack
from monitor.store.evidence_schema import EvidenceRow
from monitor.store.schema import MentionRow
from monitor.text.pii import author_key, mask

SOFTWARE = "Fengsui/0.1"
PICTURE = "screenshot.png"
RECORD = "record.json"
GONE = frozenset({404, 410})
OK = 200


class NoRecipientError(ValueError):
    """Nobody is named to whom evidence could be sealed."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a person wants captured."""

    url: str
    actor: str
    account: str = ""
    """As the platform shows it; sealed, and kept outside only as a keyed hash."""
    incident: str | None = None
    mention_id: int | None = None
    note: str = ""
    picture: bool = True


@dataclass(slots=True)
class Captured:
    """What became of an order."""

    code: str
    status: int
    manifest_sha256: str
    warnings: list[str] = field(default_factory=list)


def capture(app: App, order: Order) -> Captured:
    """Do it; raises VisitError when the page cannot be had, NoRecipientError without a key."""
    recipients = app.settings.evidence.recipients
    if not recipients:
        raise NoRecipientError
    inside = _trusted(app)
    visits = visit(order.url, app.clock, trusted=inside)
    page = visits[-1]
    contents, warnings = {WARC: pack(visits, SOFTWARE)}, _warnings(page)
    if order.picture:
        _add_picture(app, page.url, inside, contents, warnings)
    contents[RECORD] = custody.canonical(_record(app, order, visits)).encode()
    sealed = seal(manifest.bundle(contents), recipients)
    code, digest = app.database.repeat(
        lambda session: _keep(app, session, order, page, contents, sealed)
    )
    return Captured(code, page.status, digest, warnings)


def _trusted(app: App) -> frozenset[str]:
    """Hosts of our own network that the configuration names as sources."""
    return frozenset(urlsplit(one.url).hostname or "" for one in app.settings.sources)


def _add_picture(
    app: App,
    url: str,
    inside: frozenset[str],
    contents: dict[str, bytes],
    warnings: list[str],
) -> None:
    try:
        browser = find_browser(app.settings.evidence.browser)
        contents[PICTURE] = take(url, browser, trusted=inside)
    except NoPicture as reason:
        warnings.append(str(reason))


def _warnings(page: Exchange) -> list[str]:
    """What a person should know of the page before they rely on it."""
    if page.status in GONE:
        return [f"页面已经不在了（{page.status}）：固定下来的是「已删除」这个事实"]
    if page.status != OK:
        return [f"网站回答的是 {page.status}，不是正常页面：请打开内容核对"]
    shut = gate(page.status, page.url, page.body.decode("utf-8", "replace"))
    return [f"看起来不是帖子本身（{shut[1]}）：请打开内容核对"] if shut else []


def _record(app: App, order: Order, visits: list[Exchange]) -> dict[str, Any]:
    """The words around the page, which are sealed with it."""
    with app.database.reading() as session:
        row = session.get(MentionRow, order.mention_id) if order.mention_id else None
        mention = _mention(row) if row else None
    return {
        "url": order.url,
        "account": order.account or None,
        "note": order.note or None,
        "incident": order.incident,
        "mention": mention,
        "hops": [
            {
                "url": one.url,
                "status": one.status,
                "at": one.at.isoformat(timespec="microseconds"),
                "server_date": one.header("date") or None,
                "address": one.address,
                "certificate_sha256": one.certificate or None,
                "body_sha256": manifest.describe("", one.body).sha256,
            }
            for one in visits
        ],
    }


def _mention(row: MentionRow) -> dict[str, Any]:
    """Our own copy, masked as it is stored: the page may have changed since."""
    return {
        "number": row.id,
        "platform": row.platform,
        "native_id": row.native_id,
        "title": row.title,
        "text": row.text,
        "published_at": row.published_at.isoformat(),
        "observed_at": row.observed_at.isoformat(),
        "stored_at": row.stored_at.isoformat(),
    }


def _keep(
    app: App,
    session: Session,
    order: Order,
    page: Exchange,
    contents: dict[str, bytes],
    sealed: bytes,
) -> tuple[str, str]:
    """Row, folder and custody entry together; the folder is in place before the commit."""
    now = page.at
    row = _row(app, order, page)
    session.add(row)
    session.flush()
    made = manifest.make(_facts(app, row), contents, sealed, custody.head(session))
    written = made.to_bytes()
    row.manifest_sha256 = manifest.describe(MANIFEST, written).sha256
    custody.append(
        session, order.actor, "captured", row.code, now, manifest_sha256=row.manifest_sha256
    )
    _mark_gone(session, order, page, now)
    Shelf(app.settings.data_dir).place(row.code, {MANIFEST: written, SEALED: sealed})
    return row.code, row.manifest_sha256


def _row(app: App, order: Order, page: Exchange) -> EvidenceRow:
    stamped = bool(app.settings.evidence.timestamp)
    return EvidenceRow(
        url=mask(order.url),
        status=page.status,
        incident=order.incident,
        mention_id=order.mention_id,
        account_key=author_key(order.account, app.author_secret) if order.account else None,
        actor=order.actor,
        at=page.at,
        stamp="pending" if stamped else "off",
        stamp_due_at=page.at if stamped else None,
    )


def _facts(app: App, row: EvidenceRow) -> dict[str, Any]:
    return {
        "software": SOFTWARE,
        "code": row.code,
        "captured_at": row.at.isoformat(timespec="microseconds"),
        "captured_by": row.actor,
        "url": row.url,
        "http_status": row.status,
        "incident": row.incident,
        "mention": row.mention_id,
        "account_key": row.account_key,
        "recipients": list(app.settings.evidence.recipients),
    }


def _mark_gone(session: Session, order: Order, page: Exchange, now: datetime) -> None:
    """A post that is found deleted is marked, so that retention knows of it."""
    row = session.get(MentionRow, order.mention_id) if order.mention_id else None
    if row is not None and page.status in GONE and row.gone_at is None:
        row.gone_at = now
