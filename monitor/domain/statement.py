"""A public statement on its way: facts, draft, two approvals of one text, publication."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

# person id -> role keys; `medical` and `legal` are those an approval needs.
Directory = Mapping[str, frozenset[str]]

_LABELS = {"medical": "医务", "legal": "法务"}
_NEEDED = frozenset(_LABELS)  # issue 2 station 8, incidents.md §3 T+60m: medical and legal
_APPROVERS = 2
_FINAL = "声明已经发布，不能再改：要更正请另起一份声明。"


class StatementStatus(StrEnum):
    """How far the statement is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"

    @property
    def label(self) -> str:
        """The word people read."""
        words = {
            "draft": "草稿",
            "submitted": "待审批",
            "approved": "已批准",
            "published": "已发布",
        }
        return words[self]


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
    submitted_by: str | None = None
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
    lines = unicodedata.normalize("NFC", text).splitlines()
    trimmed = "\n".join(line.rstrip() for line in lines).strip("\n")
    return hashlib.sha256(trimmed.encode()).hexdigest()


def draft(
    id: int,  # noqa: A002 - the field's own name
    incident_id: int,
    facts: tuple[str, ...],
    text: str,
    actor: str,
) -> Statement:
    """Begin a statement."""
    return Statement(
        id=id,
        incident_id=incident_id,
        facts=facts,
        text=text,
        text_hash=text_hash(text),
        status=StatementStatus.DRAFT,
        drafted_by=actor,
        authors=(actor,),
    )


def revise(
    statement: Statement, text: str, actor: str, facts: tuple[str, ...] | None = None
) -> StatementOutcome:
    """Change the words or the facts; approvals fall away and the reviser becomes an author."""
    if statement.status is StatementStatus.PUBLISHED:
        return StatementOutcome(statement, _FINAL)
    after = replace(statement, text=text, text_hash=text_hash(text), facts=facts or statement.facts)
    if after == statement:
        return StatementOutcome(statement)
    authors = tuple(dict.fromkeys((*statement.authors, actor)))
    after = replace(after, status=StatementStatus.DRAFT, authors=authors, approvals=())
    return StatementOutcome(after)


def submit(statement: Statement, actor: str) -> StatementOutcome:
    """Ask for approval; refused without facts or words."""
    if statement.status is not StatementStatus.DRAFT:
        return StatementOutcome(statement)
    if not statement.text.strip():
        return StatementOutcome(statement, "声明还没有正文：请先写好正文再提交。")
    if not any(fact.strip() for fact in statement.facts):
        return StatementOutcome(statement, "还没有列出事实：请至少写一条已核实的事实再提交。")
    after = replace(statement, status=StatementStatus.SUBMITTED, submitted_by=actor)
    return StatementOutcome(after)


def approve(
    statement: Statement,
    actor: str,
    text_hash: str,
    directory: Directory,
    now: datetime,
    *,
    role: str | None = None,
) -> StatementOutcome:
    """Say yes to exactly this text.

    It takes two people who did not write it: one medical and one legal where the house has such
    roles. `role` says as which of their roles a person signs, if they have both.
    """
    refused = _may_not_approve(statement, actor, text_hash, directory)
    if refused:
        return StatementOutcome(statement, refused)
    signed = _role(statement, directory, actor, role)
    if signed is None:
        return StatementOutcome(statement, _wrong_role(directory, role))
    approvals = (*statement.approvals, Approval(actor, signed, text_hash, now))
    return _counted(replace(statement, approvals=approvals), directory)


def _may_not_approve(
    statement: Statement, actor: str, text_hash: str, directory: Directory
) -> str | None:
    if statement.status is StatementStatus.DRAFT:
        return "声明还是草稿：请先提交（statement submit），再审批。"
    if statement.status is not StatementStatus.SUBMITTED:
        return f"声明{statement.status.label}，不需要再审批。"
    if text_hash != statement.text_hash:
        return "你看到的不是最新的文字：请重新打开声明，看过新版本再批准。"
    return _may_not_sign(statement, actor, directory)


def _may_not_sign(statement: Statement, actor: str, directory: Directory) -> str | None:
    if actor in statement.authors:
        return "起草或修改过这份声明的人不能批准它：请另一位同事审批。"
    if actor in {approval.actor for approval in statement.approvals}:
        return "你已经批准过：还需要另一位同事审批。"
    if actor not in directory:
        return "名册里没有你：请管理员先把你和你的角色写进配置。"
    return None


def _role(statement: Statement, directory: Directory, actor: str, role: str | None) -> str | None:
    """Choose the role to sign with, a missing one first; None if the person has none that fits."""
    mine, needed = directory[actor], _needed(directory)
    if role is not None:
        return role if role in mine else None
    fitting = mine & _missing(statement, directory) or mine & needed
    if not fitting:
        return None if len(needed) >= _APPROVERS else min(mine, default="")
    return min(fitting, key=lambda held: (_others(statement, directory, actor, held), held))


def _others(statement: Statement, directory: Directory, actor: str, role: str) -> int:
    """Count who else could sign in this role: who has two signs in the scarcer one."""
    barred = {actor, *statement.authors}
    return sum(role in roles for person, roles in directory.items() if person not in barred)


def _needed(directory: Directory) -> frozenset[str]:
    return _NEEDED & frozenset().union(*directory.values())


def _missing(statement: Statement, directory: Directory) -> frozenset[str]:
    return _needed(directory) - {approval.role for approval in statement.approvals}


def _wrong_role(directory: Directory, role: str | None) -> str:
    if role is not None:
        return f"名册里你没有「{_LABELS.get(role, role)}」角色：请换一个角色，或请有它的同事审批。"
    return f"这份声明要由{_names(_needed(directory))}审批：请找有该角色的同事。"


def _names(roles: frozenset[str]) -> str:
    return "和".join(_LABELS[role] for role in sorted(roles, reverse=True))


def _counted(statement: Statement, directory: Directory) -> StatementOutcome:
    missing = _missing(statement, directory)
    if missing:
        return StatementOutcome(statement, note=f"已批准，还差{_names(missing)}的审批。")
    if len(statement.approvals) < _APPROVERS:
        return StatementOutcome(statement, note="已批准，还差另一位同事的审批。")
    return StatementOutcome(replace(statement, status=StatementStatus.APPROVED))


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
    if statement.status is StatementStatus.PUBLISHED and statement.url == url:
        return StatementOutcome(statement)
    refused = _may_not_publish(statement, url, actor, (commander, spokesperson))
    if refused:
        return StatementOutcome(statement, refused)
    return StatementOutcome(
        replace(statement, status=StatementStatus.PUBLISHED, url=url, published_at=now)
    )


def _may_not_publish(
    statement: Statement, url: str, actor: str, allowed: tuple[str | None, str | None]
) -> str | None:
    if statement.status is StatementStatus.PUBLISHED:
        return _FINAL
    if statement.status is not StatementStatus.APPROVED:
        return f"声明{statement.status.label}，还不能发布：请先完成两人审批。"
    if actor not in allowed:
        return "只有唯一发言人或总指挥可以登记发布：请联系他们，或先用 assign 指定。"
    if not _is_web_address(url):
        return "网址要以 http:// 或 https:// 开头，并写明网站：请从浏览器里完整复制。"
    return None


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
