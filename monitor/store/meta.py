"""Small facts about the installation: the daemon's heartbeat and process."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.store.schema import MetaRow


def beat(session: Session, now: datetime, *, stopped: bool = False) -> None:
    """Record that the daemon is alive, or that it has stopped in order."""
    session.merge(MetaRow(key="daemon", value="stopped" if stopped else str(os.getpid()), at=now))


def heartbeat(session: Session) -> MetaRow | None:
    """The last beat of the daemon; None when none ever ran."""
    return session.get(MetaRow, "daemon")


def due(session: Session, name: str, every: timedelta, now: datetime) -> bool:
    """Whether a regular work is due, which is then noted as done at `now`."""
    last = session.get(MetaRow, name)
    # A clock that was set back must not put the work off for ever.
    if last is not None and last.at <= now < last.at + every:
        return False
    session.merge(MetaRow(key=name, value="done", at=now))
    return True


def remember_model(session: Session, name: str, now: datetime) -> None:
    """Record which model the daemon reads with: `status`, another process, learns it from here."""
    if model(session) != name:
        session.merge(MetaRow(key="model", value=name, at=now))


def model(session: Session) -> str | None:
    """The model that the daemon reads with; None before its first round."""
    row = session.get(MetaRow, "model")
    return row.value if row else None


def get(session: Session, key: str) -> MetaRow | None:
    """A fact by its key."""
    return session.get(MetaRow, key)


def put(session: Session, key: str, value: str, now: datetime) -> None:
    """Record a fact."""
    session.merge(MetaRow(key=key, value=value, at=now))
