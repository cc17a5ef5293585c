"""Small facts about the installation: the daemon's heartbeat and process."""

from __future__ import annotations

import os
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.store.schema import MetaRow


def beat(session: Session, now: datetime, *, stopped: bool = False) -> None:
    """Record that the daemon is alive, or that it has stopped in order."""
    session.merge(MetaRow(key="daemon", value="stopped" if stopped else str(os.getpid()), at=now))


def heartbeat(session: Session) -> MetaRow | None:
    """The last beat of the daemon; None when none ever ran."""
    return session.get(MetaRow, "daemon")
