"""What colleagues sent, as one run of a mailbox or of a folder: who may, and what is new."""

from __future__ import annotations

import imaplib
import unicodedata
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from crawlers.connectors.base import RefusedError
from crawlers.cursor import digest
from crawlers.protocol import CrawlOutcome, CrawlRequest, CrawlStatus, Facts, Problem
from crawlers.receivers.folder import at_rest
from crawlers.receivers.intake import failed, outcome
from crawlers.receivers.mail import LARGEST, Letter, read_mail
from crawlers.receivers.mailbox import HeldUpError, new_mails
from crawlers.system_errors import reason

SUFFIXES = frozenset({".eml"})
PASSED_OVER = "passed_over"  # the kind of problem that a person must look at
MOST = 20  # mails in one run
TOO_LARGE = f"邮件超过 {LARGEST // 1_000_000} MB，只读了标题"


@dataclass(frozen=True)
class LettersOutcome(CrawlOutcome):
    """The outcome of a run that brought letters instead of items."""

    letters: list[Letter] = field(default_factory=list)


def read_mailbox(request: CrawlRequest) -> CrawlOutcome:
    """Read the new mails of a mailbox; whatever goes wrong outside is a failed outcome."""
    try:
        mails, cursor = new_mails(request.options, request.secrets, request.cursor, request.now)
    except HeldUpError as error:
        return _held_up(request, error)
    except (RefusedError, OSError, imaplib.IMAP4.error, ValueError, KeyError) as error:
        return _failed(request, error)
    return _taken(request, [_read(raw, whole=whole) for raw, whole in mails], cursor)


def _failed(request: CrawlRequest, error: BaseException | None) -> CrawlOutcome:
    if isinstance(error, RefusedError):
        return failed(request, error.kind, str(error))
    if isinstance(error, TimeoutError):
        return failed(request, "timeout", "的邮箱没有回应")
    if isinstance(error, OSError):
        return failed(request, "unreachable", f"的邮箱连不上（{reason(error)}）；请核对地址和证书")
    return failed(request, "schema", f"的邮箱回答得不对（{type(error).__name__}）")


def _held_up(request: CrawlRequest, error: HeldUpError) -> CrawlOutcome:
    """A mail that does not come fails the run, until it is left lying and named."""
    if error.passed is None:
        return replace(_failed(request, error.__cause__), cursor=error.cursor)
    said = f"「{request.source}」{passed_over(error.passed)}；里面若是上报，用 fengsui tip add 补上"
    return outcome([], error.cursor, [Problem(PASSED_OVER, "", said)])


def passed_over(uid: int) -> str:
    """What the operator is told of a mail that was left lying, by its number alone."""
    return (
        f"有一封邮件（UID {uid}）每次收到一半都断线，先跳过了它，后面的照收；请到邮箱里看看这一封"
    )


def _read(raw: bytes, *, whole: bool) -> Letter:
    letter = read_mail(raw)
    return letter if whole else replace(letter, left_out=(*letter.left_out, TOO_LARGE))


def read_drop(request: CrawlRequest) -> CrawlOutcome:
    """Read the new mails of a folder of .eml files, or of a Maildir (`new` and `cur`)."""
    folder = Path(str(request.options["folder"]))
    kept: dict[str, str] = request.cursor.get("files", {})
    maildir = [folder / name for name in ("new", "cur") if (folder / name).is_dir()]
    try:
        paths = {
            place: {path.name: digest(path.name) for path in place.iterdir()}
            for place in maildir or [folder]
        }
        known = {
            name: kept[mark] for one in paths.values() for name, mark in one.items() if mark in kept
        }
        found = [
            one
            for place in paths
            for one in at_rest(place, known, request.now, None if maildir else SUFFIXES)
        ][:MOST]
        letters = [_read(_start(path), whole=size <= LARGEST) for path, _, size in found]
    except OSError as error:
        return failed(request, "folder", f"的文件夹打不开（{reason(error)}）：{folder}")
    stamps = {digest(name): stamp for name, stamp in known.items()}
    stamps |= {digest(path.name): stamp for path, stamp, _ in found}
    return _taken(request, letters, {"files": stamps})


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST)


def _taken(request: CrawlRequest, letters: list[Letter], cursor: dict[str, Any]) -> CrawlOutcome:
    """Keep what comes from whom the configuration names, with the word if it asks for one."""
    good = [_unworded(request, one) for one in letters if _may(request, one)]
    strangers = len(letters) - len(good)
    said = f"「{request.source}」有 {strangers} 封不是名单上的人寄来的，或标题里没有口令，没有收"
    problems = [Problem("stranger", "", said)] if strangers else []
    done = outcome([], cursor, problems)
    facts: Facts = {"rows": len(letters), "parsed": len(letters), "strangers": strangers}
    status: CrawlStatus = "ok" if letters else "not_modified"
    return LettersOutcome(status, [], done.cursor, problems, facts, letters=good)


def _may(request: CrawlRequest, letter: Letter) -> bool:
    allowed = {str(one).strip().lower() for one in request.options.get("allow", ())}
    domain = letter.sender.partition("@")[2]
    named = letter.sender in allowed or (bool(domain) and f"@{domain}" in allowed)
    word = _folded(request.secrets.get("word", ""))
    return bool(letter.sender) and named and (not word or word in _folded(letter.subject))


def _unworded(request: CrawlRequest, letter: Letter) -> Letter:
    """Take the shared word out of the subject: it is a secret, and stored nowhere."""
    word = request.secrets.get("word", "")
    return replace(letter, subject=letter.subject.replace(word, "").strip()) if word else letter


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
