"""Reads a mail that a colleague sent: note, links and pictures; pure, and hostile until proven so.

A mail has any size, nesting, charset and file name its sender likes. Nothing is unpacked or run;
what is no picture, video, sound or PDF by its first bytes is named and left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from hashlib import sha256

from crawlers.charset import decode_body
from crawlers.parsing import html_to_text, is_web_address

LARGEST = 30_000_000  # bytes of a mail; most servers refuse more than 25 MB
MOST_PARTS = 60
MOST_FILES = 20
MOST_WORDS = 20_000  # characters of a note
MOST_LINKS = 20
LONGEST_LINK = 2000
DEEPEST = 12  # nested parts; a mail forwarded five times has six
LONGEST_NAME = 80
# First bytes, how far from the start, and the suffix that a saved copy gets.
SIGNS: tuple[tuple[bytes, int, str], ...] = (
    (b"\xff\xd8\xff", 0, "jpg"),
    (b"\x89PNG\r\n\x1a\n", 0, "png"),
    (b"GIF8", 0, "gif"),
    (b"WEBP", 8, "webp"),
    (b"ftyp", 4, "mp4"),
    (b"%PDF-", 0, "pdf"),
    (b"\x1aE\xdf\xa3", 0, "mkv"),
    (b"ID3", 0, "mp3"),
    (b"#!AMR", 0, "amr"),
)
LINK = re.compile(r"https?://[^\s<>\"'，。；、）)】」]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class File:
    """One attachment that is kept; `name` is a harmless label and never a path."""

    name: str
    suffix: str
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""
        return sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Letter:
    """What a colleague reported, by mail or on this machine."""

    sender: str
    """The address in From, in small letters; anybody can write any there."""
    subject: str
    text: str
    links: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    sent_at: datetime | None = None
    left_out: tuple[str, ...] = ()
    """In Chinese: what was not kept, and why."""
    key: str = ""
    """Of the mail as it came, by which it is known again."""


def read_mail(raw: bytes, *, forwarded: bool = True) -> Letter:
    """Return what a mail holds; never raises for what a sender wrote.

    Without `forwarded` what stands in a mail that hangs on it is left out: somebody else wrote it.
    """
    try:
        mail = message_from_bytes(raw, policy=policy.compat32)
    except RecursionError:
        mail = message_from_bytes(head_of(raw), policy=policy.compat32)
    texts: list[str] = []
    pages: list[str] = []
    files: list[File] = []
    left: list[str] = []
    for part in _parts(mail, left, forwarded=forwarded):
        kind = part.get_content_type()
        if kind in {"text/plain", "text/html"} and not part.get_filename():
            (texts if kind == "text/plain" else pages).append(_words(part))
        else:
            _attach(part, files, left)
    text = _tidy("\n".join(texts)) or _tidy("\n".join(html_to_text(one) for one in pages))
    subject = _header(mail, "Subject")
    return Letter(
        sender=parseaddr(_header(mail, "From"))[1].strip().lower(),
        subject=subject[:200],
        text=text[:MOST_WORDS],
        links=links_of(f"{subject}\n{text}"),
        files=tuple(files),
        sent_at=_sent(mail),
        left_out=tuple(left),
        key=sha256(raw).hexdigest(),
    )


def links_of(text: str) -> tuple[str, ...]:
    """Return the web addresses in a text, each once."""
    found = dict.fromkeys(LINK.findall(text))
    return tuple(one for one in found if is_web_address(one) and len(one) < LONGEST_LINK)[
        :MOST_LINKS
    ]


def file_of(name: str, content: bytes) -> File | None:
    """Return an attachment, or None for what is no picture, video, sound or PDF."""
    found = (end for sign, at, end in SIGNS if content[at : at + len(sign)] == sign)
    suffix = next(found, None)
    return File(harmless(name) or f"附件.{suffix}", suffix, content) if suffix else None


def harmless(name: str) -> str:
    """Return a file's name as a label: no folders, no control characters, not too long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFKC", name))[-1]
    seen = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    return seen[-LONGEST_NAME:]


def head_of(raw: bytes) -> bytes:
    """Return a mail without its body."""
    found = re.search(rb"\r?\n\r?\n", raw)
    return raw[: found.end()] if found else raw


def _parts(mail: Message, left: list[str], *, forwarded: bool) -> Iterator[Message]:
    """Yield the leaves, a forwarded mail's too where asked, as far as a sane mail goes."""
    waiting = [(mail, 0)]
    count = 0
    while waiting:
        part, depth = waiting.pop(0)
        count += 1
        if count > MOST_PARTS or depth > DEEPEST:
            left.append("邮件的层次或部分太多，后面的没有读")
            return
        if not forwarded and part.get_content_maintype() == "message":
            continue
        inner = part.get_payload() if part.is_multipart() else None
        if isinstance(inner, list):
            waiting = [(one, depth + 1) for one in inner if isinstance(one, Message)] + waiting
        else:
            yield part


def _attach(part: Message, files: list[File], left: list[str]) -> None:
    name = _filename(part)
    content = _bytes(part)
    made = file_of(name, content) if content else None
    if len(files) >= MOST_FILES:
        left.append(f"附件超过 {MOST_FILES} 个，「{harmless(name)}」没有收")
    elif made is not None:
        files.append(made)
    elif content:
        left.append(f"「{harmless(name) or '附件'}」不是图片、视频、录音或 PDF，没有收")


def _filename(part: Message) -> str:
    try:
        return str(make_header(decode_header(part.get_filename() or "")))
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _bytes(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AssertionError):
        return b""
    return content if isinstance(content, bytes) else b""


def _words(part: Message) -> str:
    content = _bytes(part)
    try:
        return decode_body(content, f"text/plain; charset={part.get_param('charset', '')}")
    except ValueError:  # a codec that is none for mails, such as idna
        return content.decode("utf-8", "replace")


def _header(mail: Message, name: str) -> str:
    try:
        said = str(make_header(decode_header(str(mail.get(name, "")))))
    except (ValueError, LookupError, TypeError):
        said = str(mail.get(name, ""))
    return " ".join(said.split())


def _sent(mail: Message) -> datetime | None:
    try:
        at = parsedate_to_datetime(str(mail.get("Date", "")))
    except (ValueError, TypeError, OverflowError):
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _tidy(text: str) -> str:
    kept = "".join(
        c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs", "Co"}
    )
    return re.sub(r"\n{3,}", "\n\n", kept).strip()
