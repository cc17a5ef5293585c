"""The tables of what people work on: incidents, calls, messages, playbook steps, statements."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.schema import Base

ACTIVE = "lifecycle IN ('candidate', 'open', 'acked', 'responding', 'stable')"


class IncidentRow(Base, kw_only=True):
    """One incident; `data` holds the domain object's other fields, `version` guards every write."""

    __tablename__ = "incidents"
    __table_args__ = (
        # One open incident per topic, by the database itself (incidents.md §2, keys).
        Index(
            "ux_incidents_open_topic",
            "brand",
            "topic_key",
            unique=True,
            sqlite_where=text(ACTIVE),
            postgresql_where=text(ACTIVE),
        ),
        Index("ix_incidents_due", "check_at"),
        Index("ix_incidents_loud", "tier", "lifecycle"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    """Given by us, not by the database: the code is made from it."""
    code: Mapped[str] = mapped_column(unique=True)
    brand: Mapped[str]
    topic_key: Mapped[str]
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"), index=True)
    tier: Mapped[int]
    lifecycle: Mapped[str]
    version: Mapped[int]
    first_public_at: Mapped[datetime | None]
    detected_at: Mapped[datetime] = mapped_column(index=True)
    check_at: Mapped[datetime | None] = mapped_column(default=None)
    """When a lease, a candidate or a pin runs out next."""
    leased_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    """When the present lease began at the earliest; in the future after a clock was set back."""
    data: Mapped[dict[str, Any]]
    policy: Mapped[dict[str, Any]]
    """The policy at opening: editing thresholds does not disturb a running crisis."""


class TransitionRow(Base, kw_only=True):
    """One line of the append-only audit trail."""

    __tablename__ = "transitions"
    __table_args__ = (UniqueConstraint("incident_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    version: Mapped[int]
    kind: Mapped[str]
    from_lifecycle: Mapped[str | None]
    to_lifecycle: Mapped[str]
    from_tier: Mapped[int]
    to_tier: Mapped[int]
    actor: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[str]
    command_id: Mapped[str | None] = mapped_column(default=None, index=True)


class CommandRow(Base, kw_only=True):
    """What a person asked for; the id makes a repeated wish one wish."""

    __tablename__ = "commands"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
    subject: Mapped[str]
    refused: Mapped[str | None]


class RunRow(Base, kw_only=True):
    """The escalation run of an incident's present open episode."""

    __tablename__ = "runs"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    active: Mapped[bool]
    next_deadline: Mapped[datetime | None] = mapped_column(index=True)
    paged_at: Mapped[datetime] = mapped_column(index=True)
    """When the present wait began; in the future after the clock was set back."""
    grows_at: Mapped[int | None] = mapped_column(default=None, index=True)
    """Mentions of its topic from which on a yellow does not wait for the morning."""
    data: Mapped[dict[str, Any]]


class StepRow(Base, kw_only=True):
    """One step of an incident's playbook run."""

    __tablename__ = "steps"
    __table_args__ = (Index("ix_steps_due", "status", "due_at"),)

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    step_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    title: Mapped[str]
    role: Mapped[str]
    due_at: Mapped[datetime]
    status: Mapped[str]
    done_by: Mapped[str | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="")
    warned_at: Mapped[datetime | None] = mapped_column(default=None)


class StatementRow(Base, kw_only=True):
    """A public statement: facts, text, approvals on one text hash, and where it stands."""

    __tablename__ = "statements"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    version: Mapped[int]
    status: Mapped[str]
    data: Mapped[dict[str, Any]]


class OutboxRow(Base, kw_only=True):
    """A message to one recipient on one channel, and what became of it."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "status", "next_at"),
        Index("ix_outbox_incident", "incident_id"),
        Index("ix_outbox_recipient", "recipient", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    key: Mapped[str] = mapped_column(unique=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), default=None)
    kind: Mapped[str]
    """page, ring (the telephone beside a page), group, notice, meta, bundle, digest, briefing,
    reply, card, trial or test; digests and briefings are not resent when UNKNOWN, the others
    once."""
    recipient: Mapped[str]
    """Person id, `group:` with its channel, or `operator`."""
    channel: Mapped[str]
    fallbacks: Mapped[list[Any]] = mapped_column(default_factory=list)
    """Channels still untried for this recipient, best first."""
    meant_for: Mapped[list[Any]] = mapped_column(default_factory=list)
    """In a trial: the recipients in whose place its owner got it."""
    subject: Mapped[str]
    body: Mapped[str]
    short: Mapped[str] = mapped_column(default="")
    """The same in the fewest words, for a channel that finds the body too long, and for bundles."""
    code: Mapped[str] = mapped_column(default="")
    mentions: Mapped[list[Any]] = mapped_column(default_factory=list)
    """Ids of the people to @ in a group."""
    priority: Mapped[int] = mapped_column(default=0)
    """The tier; RED sorts before everything."""
    urgent: Mapped[bool] = mapped_column(default=False)
    """A RED that this recipient has not heard of yet: it waits for nobody's hourly budget."""
    status: Mapped[str] = mapped_column(default="pending")
    """pending → leased → sent | retry | unknown | dead, plus cancelled and superseded."""
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]
    held: Mapped[bool] = mapped_column(default=False)
    """Whether it had to wait for the recipient's hourly budget: no channel was at fault."""
    carried_by: Mapped[int | None] = mapped_column(default=None)
    """The bundle that told it in its place."""
    origin: Mapped[int | None] = mapped_column(default=None)
    """The message whose words this one says on another channel of the recipient: the first one."""
    worker: Mapped[str] = mapped_column(default="")
    """Who holds the lease: host and process."""
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    resent: Mapped[bool] = mapped_column(default=False)
    """True once a page of unknown fate was sent again, marked 「可能重复」."""
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    receipt: Mapped[str] = mapped_column(default="")
    """The platform's own number of the message, where it gives one: a card is changed by it."""
    detail: Mapped[str] = mapped_column(default="")


class AttemptRow(Base, kw_only=True):
    """One try to deliver, written before the I/O so that a crash leaves a trace."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_channel", "channel", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    message_id: Mapped[int] = mapped_column(ForeignKey("outbox.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    channel: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    status: Mapped[str | None] = mapped_column(default=None)
    detail: Mapped[str] = mapped_column(default="")
    platform_code: Mapped[str] = mapped_column(default="")


class BucketRow(Base, kw_only=True):
    """What a platform demanded of one channel; how much it was used stand the attempts for."""

    __tablename__ = "buckets"

    channel: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    """When the demand was made."""
    blocked_until: Mapped[datetime | None] = mapped_column(default=None)
