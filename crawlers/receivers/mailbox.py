"""Reads a mailbox over IMAP with TLS, changing nothing in it (RFC 3501: EXAMINE, UID, PEEK)."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from crawlers.connectors.base import RefusedError
from crawlers.receivers.mail import LARGEST

PATIENCE = 20.0  # seconds for one answer; a mail of 30 MB takes a few on an office line
PORT = 993
MOST_MAILS = 20  # in one run; the rest a minute later
FIRST = timedelta(days=3)  # back from the first look, so that a report sent on a Friday is read
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# A mail on which the line breaks again and again is passed over, so that those behind it come; a
# server that is out of order for a while breaks the line before it has named a single mail.
MOST_TRIES, LONGEST_TRY = 5, timedelta(minutes=10)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class HeldUpError(Exception):
    """A mail that does not come: `cursor` remembers the tries, `passed` is its UID once it is left.

    The trouble itself is the cause of this error.
    """

    def __init__(self, cursor: dict[str, Any], passed: int | None) -> None:
        super().__init__()
        self.cursor, self.passed = cursor, passed


def new_mails(
    options: Mapping[str, Any], secrets: Mapping[str, str], cursor: Mapping[str, Any], now: datetime
) -> tuple[list[tuple[bytes, bool]], dict[str, Any]]:
    """Return the new mails, each with whether it is whole, and the cursor after them.

    A mail over the limit comes with its headers alone. Raises RefusedError for a login that is
    refused, HeldUpError when the first new mail does not come, OSError (ssl.SSLError,
    TimeoutError) and imaplib.IMAP4.error for the rest.
    """
    with _opened(options, secrets) as box:
        version = _version(box)
        last = int(cursor.get("uid", 0)) if cursor.get("version") == version else 0
        mails = []
        for uid in _uids(box, last, now)[:MOST_MAILS]:
            try:
                mails.append(_fetched(box, uid))
            except (OSError, imaplib.IMAP4.error) as error:
                if not mails:
                    raise _held_up({"version": version, "uid": last}, cursor, uid, now) from error
                break  # what has come is not asked for again; the next look meets the trouble
            last = uid
        return mails, {"version": version, "uid": last}


def _held_up(
    place: dict[str, Any], cursor: Mapping[str, Any], uid: int, now: datetime
) -> HeldUpError:
    before = cursor.get("tried", {})
    same = cursor.get("version") == place["version"] and before.get("uid") == uid
    since = datetime.fromisoformat(before["since"]) if same else now
    times = before["times"] + 1 if same else 1
    if times >= MOST_TRIES and now - since >= LONGEST_TRY:
        return HeldUpError({**place, "uid": uid}, uid)
    tried = {"uid": uid, "times": times, "since": since.isoformat()}
    return HeldUpError({**place, "tried": tried}, None)


@contextmanager
def _opened(options: Mapping[str, Any], secrets: Mapping[str, str]) -> Iterator[imaplib.IMAP4_SSL]:
    trust = ssl.create_default_context(cafile=options.get("ca") or None)
    port = int(str(options.get("port") or PORT))
    box = imaplib.IMAP4_SSL(str(options["host"]), port, ssl_context=trust, timeout=PATIENCE)
    try:
        try:
            box.login(secrets["user"], secrets["password"])
        except imaplib.IMAP4.error:
            raise RefusedError("forbidden", "的用户名或密码不对，或邮箱没有开 IMAP") from None
        folder = str(options.get("mailbox") or "INBOX").replace("\\", "").replace('"', "")
        status, _ = box.select(f'"{folder}"', readonly=True)
        if status != "OK":
            raise RefusedError("not_found", f"里没有文件夹 {folder}")
        yield box
    finally:
        _leave(box)


def _leave(box: imaplib.IMAP4_SSL) -> None:
    try:
        box.logout()
    except (OSError, imaplib.IMAP4.error):
        box.shutdown()


def _version(box: imaplib.IMAP4_SSL) -> str:
    """The UIDVALIDITY: when it changes the server counts its mails anew."""
    _, said = box.response("UIDVALIDITY")
    return said[0].decode("ascii", "replace") if said and isinstance(said[0], bytes) else ""


def _uids(box: imaplib.IMAP4_SSL, last: int, now: datetime) -> list[int]:
    """Numbers of the mails after the last one, oldest first."""
    since = now - FIRST
    day = f"{since.day:02d}-{MONTHS[since.month - 1]}-{since.year}"
    asked = ("UID", f"{last + 1}:*") if last else ("SINCE", day)
    _, found = box.uid("SEARCH", *asked)
    numbers = (found[0] or b"").split() if found else []
    # «n:*» gives the last mail even when its number is smaller.
    return sorted(int(one) for one in numbers if one.isdigit() and int(one) > last)


def _fetched(box: imaplib.IMAP4_SSL, uid: int) -> tuple[bytes, bool]:
    """One mail whole, or its headers where it is too large or does not say how large it is."""
    _, said = box.uid("FETCH", str(uid), "(RFC822.SIZE)")
    sizes = _SIZE.search(b" ".join(one for one in said or () if isinstance(one, bytes)))
    whole = sizes is not None and int(sizes[1]) <= LARGEST
    _, parts = box.uid("FETCH", str(uid), "(BODY.PEEK[])" if whole else "(BODY.PEEK[HEADER])")
    content = next((one[1] for one in parts or () if isinstance(one, tuple)), b"")
    return bytes(content)[: LARGEST + 1], whole
