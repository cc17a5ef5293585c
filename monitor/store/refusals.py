"""People whose posts are never collected: they said so, and nothing of theirs is stored again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.store.evidence_schema import RefusalRow


class RefusalList:
    """The list as one batch of items needs it: read once, asked for every author."""

    def __init__(self, rows: Iterable[tuple[str, str]]) -> None:
        """Pairs of author key and platform; an empty platform means all."""
        self._known = frozenset(rows)

    def __bool__(self) -> bool:
        return bool(self._known)

    def holds(self, author_key: str, platform: str) -> bool:
        """Whether this author is never to be collected on this platform."""
        return not self._known.isdisjoint({(author_key, ""), (author_key, platform)})


def refusal_list(session: Session) -> RefusalList:
    """Everybody on the list."""
    found = session.execute(select(RefusalRow.author_key, RefusalRow.platform))
    return RefusalList((key, platform) for key, platform in found)


def refuse(session: Session, author_key: str, platform: str, reason: str, now: datetime) -> bool:
    """Put somebody on the list; False when they stand there already."""
    if refusal_list(session).holds(author_key, platform):
        return False
    session.add(RefusalRow(author_key=author_key, platform=platform, reason=reason, at=now))
    return True
