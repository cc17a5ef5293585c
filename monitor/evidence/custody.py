"""The custody log: who did what to which evidence and when, each entry holding the last's hash."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.store.evidence_schema import CustodyRow

BEGINNING = "0" * 64
"""What the first entry holds in place of the last one's hash."""
SYSTEM = "fengsui"
"""The actor of what nobody asked for: a stamp that arrived, a retention that ran out."""
LABELS = {
    "captured": "固定",
    "stamped": "取得时间戳",
    "held": "下达保全令",
    "released": "解除保全令",
    "exported": "导出",
    "export_failed": "上一条导出没有写成",
    "purged": "到期清除",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log; of other evidence an export shows numbers and hashes alone."""

    number: int
    previous: str
    hash: str
    fields: Mapping[str, str] | None
    """at, actor, action, subject, detail; None where they are withheld."""

    def to_json(self) -> str:
        """One line of JSON."""
        whole = {"id": self.number, "previous": self.previous, "hash": self.hash}
        return canonical({**whole, **(self.fields or {})})

    @classmethod
    def from_json(cls, line: str) -> Entry:
        """Read such a line; raises ValueError or KeyError for another."""
        whole: dict[str, Any] = json.loads(line)
        number, previous, own = int(whole.pop("id")), whole.pop("previous"), whole.pop("hash")
        return cls(number, str(previous), str(own), whole or None)


def canonical(value: object) -> str:
    """JSON with one possible spelling, so that a hash of it means something."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def append(
    session: Session,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    **detail: object,
) -> CustodyRow:
    """Add an entry at the end; `detail` holds no personal data, it can never be taken back."""
    last = session.scalar(select(CustodyRow).order_by(CustodyRow.id.desc()).limit(1))
    number, previous = (last.id + 1, last.hash) if last else (1, BEGINNING)
    fields = {
        "at": now.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": canonical(detail),
    }
    row = CustodyRow(
        id=number,
        at=now,
        actor=actor,
        action=action,
        subject=subject,
        detail=fields["detail"],
        previous=previous,
        hash=digest(number, previous, fields),
    )
    session.add(row)
    session.flush()
    return row


def head(session: Session) -> str:
    """The hash of the last entry."""
    found = select(CustodyRow.hash).order_by(CustodyRow.id.desc()).limit(1)
    return session.scalar(found) or BEGINNING


def entries(session: Session, subjects: Iterable[str] | None = None) -> list[Entry]:
    """The whole log in order; with `subjects`, the words of all others are withheld."""
    wanted = None if subjects is None else set(subjects)
    rows = session.scalars(select(CustodyRow).order_by(CustodyRow.id))
    return [_entry(row, shown=wanted is None or row.subject in wanted) for row in rows]


def _entry(row: CustodyRow, *, shown: bool) -> Entry:
    fields = {
        "at": row.at.isoformat(timespec="microseconds"),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "detail": row.detail,
    }
    return Entry(row.id, row.previous, row.hash, fields if shown else None)


def digest(number: int, previous: str, fields: Mapping[str, str]) -> str:
    """The hash of an entry over everything in it."""
    whole = canonical({"id": number, "previous": previous, **fields})
    return sha256(whole.encode()).hexdigest()


def faults(log: Sequence[Entry]) -> list[str]:
    """What is wrong with a log, in Chinese; an empty list when every link holds."""
    found: list[str] = []
    previous = BEGINNING
    for place, entry in enumerate(log, start=1):
        if entry.number != place:
            return [*found, f"保管记录第 {place} 条不见了（接着的是第 {entry.number} 条）"]
        if entry.previous != previous:
            found.append(f"保管记录第 {place} 条接不上前一条：其中一条被改动或换掉了")
        if entry.fields is not None and digest(place, entry.previous, entry.fields) != entry.hash:
            found.append(f"保管记录第 {place} 条的内容和它的哈希对不上：被改动过")
        previous = entry.hash
    return found
