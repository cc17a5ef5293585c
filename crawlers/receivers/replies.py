"""Reads a mail that answers one of ours: who, to which, and its first own line; pure.

Whatever wrote it without a person (an absence note, a bounce, a list) is marked, so that nobody
answers a machine with a machine.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.utils import parseaddr
from hashlib import sha256

from crawlers.receivers.mail import head_of, read_mail

_REFERENCE = re.compile(r"<([a-z2-7]{16})@fengsui>")
_TOKEN = re.compile(r"〔([a-z2-7]{16})〕")
# RFC 3834 §5 and what Exchange, Gmail and the Chinese mail houses write into notes of absence.
_MACHINE = re.compile(r"(?i)auto|bulk|junk|list")
_DAEMONS = ("mailer-daemon", "postmaster", "noreply", "no-reply")
# Where the quoted mail begins: Foxmail, QQ, 163, Outlook, Apple, Gmail, in both languages.
_QUOTE = re.compile(
    r"^\s*(?:>|-{2,}.*(?:原始邮件|转发|Original|Forwarded)|_{5,}|发件人\s*[:：]|From\s*:"
    r"|在\s?.*写道|.*于.*写道|On .*wrote)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One mail as an answer; `sender` is what it says of itself, which proves nothing alone."""

    sender: str
    tokens: tuple[str, ...]
    """What it carries of ours, from its references and from its subject."""
    line: str
    """Its first line of its own; empty where it has none."""
    automatic: bool
    refused: bool
    """Whether the receiving server found that the sender's domain did not send it (DMARC)."""
    key: str
    """By which it is known again."""


def read_reply(raw: bytes) -> Reply:
    """Return what a mail answers; never raises for what a sender wrote."""
    letter = read_mail(raw, forwarded=False)
    head = message_from_bytes(head_of(raw), policy=policy.compat32)
    named = " ".join(str(head.get(name, "")) for name in ("In-Reply-To", "References"))
    tokens = dict.fromkeys([*_REFERENCE.findall(named), *_TOKEN.findall(letter.subject)])
    number = str(head.get("Message-ID", "")).strip() or letter.key
    return Reply(
        sender=letter.sender,
        tokens=tuple(tokens)[:40],
        line=_first(letter.text),
        automatic=_automatic(head, letter.sender),
        refused=_refused(head),
        key=sha256(f"{letter.sender}\n{number}".encode(errors="replace")).hexdigest(),
    )


def _first(text: str) -> str:
    seen = "".join(one for one in text if one == "\n" or unicodedata.category(one) != "Cf")
    line = next((one for one in seen.splitlines() if one.strip()), "")
    return "" if _QUOTE.match(line) else line.strip()


def _automatic(head: Message, sender: str) -> bool:
    submitted = str(head.get("Auto-Submitted", "no")).strip().lower()
    empty_path = parseaddr(str(head.get("Return-Path", "x")))[1] == ""
    return (
        submitted != "no"
        or bool(_MACHINE.search(str(head.get("Precedence", ""))))
        or any(head.get(name) for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
        or head.get_content_type() == "multipart/report"
        or empty_path
        or sender.partition("@")[0] in _DAEMONS
    )


def _refused(head: Message) -> bool:
    """Only the topmost line is the receiving server's own; a sender can write those below it."""
    said = head.get_all("Authentication-Results") or [""]
    return bool(re.search(r"(?i)\bdmarc\s*=\s*fail\b", str(said[0])))
