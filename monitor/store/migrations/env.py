"""Alembic's entry: runs migrations on the connection that Database.upgrade hands in."""

from __future__ import annotations

from typing import Any

from alembic import context

from monitor.store import (  # noqa: F401 - their tables join it
    baseline_schema,
    duty_schema,
    evidence_schema,
    first_week_schema,
    private_schema,
    regrouping_schema,
    response_schema,
    silence_schema,
)
from monitor.store.instants import UtcDateTime
from monitor.store.schema import Base


def _render(kind: str, thing: object, _context: Any) -> str | bool:  # noqa: ANN401 - Alembic's own
    """Write our time type as the plain one: a migration must not import the present schema."""
    return "sa.DateTime()" if kind == "type" and isinstance(thing, UtcDateTime) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
