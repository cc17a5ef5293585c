"""Seals the files of a staff report to the legal department, like a capture."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.app import App
from monitor.evidence import custody, manifest
from monitor.evidence.capture import SOFTWARE
from monitor.evidence.sealing import seal
from monitor.evidence.shelf import MANIFEST, SEALED, Shelf
from monitor.store.evidence_schema import EvidenceRow

NO_PAGE = 0  # no site was asked


def shelve(
    app: App,
    session: Session,
    contents: Mapping[str, bytes],
    subject: str,
    actor: str,
    incident: str,
    now: datetime,
) -> str | None:
    """Put the files on the shelf of evidence; None when nobody is named to seal them to."""
    recipients = app.settings.evidence.recipients
    if not recipients or not contents:
        return None
    stamped = bool(app.settings.evidence.timestamp)
    row = EvidenceRow(
        url=f"员工上报 {subject}",
        status=NO_PAGE,
        incident=incident,
        actor=actor,
        at=now,
        stamp="pending" if stamped else "off",
        stamp_due_at=now if stamped else None,
    )
    session.add(row)
    session.flush()
    sealed = seal(manifest.bundle(contents), recipients)
    facts = {
        "software": SOFTWARE,
        "code": row.code,
        "captured_at": now.isoformat(timespec="microseconds"),
        "captured_by": actor,
        "url": row.url,
        "http_status": row.status,
        "incident": incident,
        "mention": None,
        "account_key": None,
        "recipients": list(recipients),
    }
    made = manifest.make(facts, contents, sealed, custody.head(session))
    written = made.to_bytes()
    row.manifest_sha256 = manifest.describe(MANIFEST, written).sha256
    custody.append(session, actor, "captured", row.code, now, manifest_sha256=row.manifest_sha256)
    Shelf(app.settings.data_dir).place(row.code, {MANIFEST: written, SEALED: sealed})
    return row.code
