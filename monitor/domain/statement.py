"""A public statement on its way: facts, draft, two approvals of one text, publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# person id -> role keys; `medical` and `legal` are those an approval needs.
Directory = Mapping[str, frozenset[str]]


class StatementStatus(StrEnum):
    """How far the statement is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's yes to exactly one text."""

    actor: str
    role: str
    text_hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Statement:
    """What the house says in public; `authors` are all who wrote on it and may not approve it."""

    id: int
    incident_id: int
    facts: tuple[str, ...]
    text: str
    text_hash: str
    status: StatementStatus
    drafted_by: str
    authors: tuple[str, ...]
    approvals: tuple[Approval, ...] = ()
    url: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatementOutcome:
    """The statement after the wish, and a Chinese sentence if it was refused."""

    statement: Statement
    refused: str | None = None
    note: str = ""


def text_hash(text: str) -> str:
    """Return the SHA-256 of the text in NFC, line ends trimmed, as hexadecimal."""
    raise NotImplementedError


def draft(id: int, incident_id: int, facts: tuple[str, ...], text: str, actor: str) -> Statement:  # noqa: A002
    """Begin a statement."""
    raise NotImplementedError


def revise(
    statement: Statement, text: str, actor: str, facts: tuple[str, ...] | None = None
) -> StatementOutcome:
    """Change the words; approvals of the old ones fall away."""
    raise NotImplementedError


def submit(statement: Statement, actor: str) -> StatementOutcome:
    """Ask for approval; refused without facts or words."""
    raise NotImplementedError


def approve(
    statement: Statement,
    actor: str,
    text_hash: str,
    directory: Directory,
    now: datetime,
    *,
    role: str | None = None,
) -> StatementOutcome:
    """Say yes to exactly this text; two people, medical and legal where the house has them."""
    raise NotImplementedError


def publish(
    statement: Statement,
    url: str,
    actor: str,
    now: datetime,
    *,
    commander: str | None,
    spokesperson: str | None,
) -> StatementOutcome:
    """Record where the approved text stands in public."""
    raise NotImplementedError
