"""Proves who types: a code from the person's own phone, six digits that hold half a minute.

TOTP as in RFC 6238, through pyotp. The secret lies in a file of its own, not in the database, so
that no backup of the database lets anybody speak for somebody else.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from hmac import compare_digest
from pathlib import Path
from unicodedata import normalize

import pyotp
from sqlalchemy.orm import Session

from monitor import files
from monitor.app import App
from monitor.stations.refusal import RefusedError
from monitor.store import meta

FOLDER = "codes"
ISSUER = "烽燧"
DRIFT = 1  # steps of 30 s either way: what RFC 6238 §5.2 allows for slow typing and slow clocks
# A million codes: after five wrong ones a guess every three minutes hits one of three valid ones
# once in two years of trying. It slows down whoever guesses, and never the person guessed at.
GUESSES, PAUSE = 5, timedelta(minutes=3)


def enrol(app: App, person: str) -> str:
    """Make a fresh secret and return its otpauth:// address, for the person's phone alone."""
    secret = pyotp.random_base32()
    files.put(_file(app, person), f"{secret}\n".encode())
    name = next(one.name for one in app.settings.people if one.id == person)
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def revoke(app: App, person: str) -> bool:
    """Throw the secret away; whether there was one."""
    file = _file(app, person)
    there = file.exists()
    file.unlink(missing_ok=True)
    return there


def is_enrolled(app: App, person: str) -> bool:
    """Whether the person has a code."""
    return _file(app, person).exists()


def check(app: App, person: str, code: str, by: str) -> None:
    """Accept one right code once; raises RefusedError with a sentence in Chinese.

    `by` is the system user who types: wrong codes slow down their guessing alone.
    """
    if not is_enrolled(app, person):
        raise RefusedError(
            f"{person} 还没有动态码，不能替人操作：请本人登录后运行，"
            f"或请运维运行 fengsui people enrol {person}"
        )
    secret = _file(app, person).read_text(encoding="ascii").strip()

    def work(session: Session) -> str | None:
        return _judged(session, person, by, secret, code, app.clock())

    refused = app.database.repeat(work)
    if refused is not None:
        raise RefusedError(refused)


def _judged(
    session: Session, person: str, by: str, secret: str, code: str, now: datetime
) -> str | None:
    """Why the code is refused, or None; the try is recorded either way."""
    proven, guessed = meta.get(session, f"code:{person}"), meta.get(session, f"code:{person}:{by}")
    failures = int(guessed.value) if guessed else 0
    if guessed and failures >= GUESSES and guessed.at <= now < guessed.at + PAUSE:
        return "动态码连错太多次：请过 3 分钟再试，每次只能试一个"
    step = _step_of(secret, code, now)
    spent = json.loads(proven.value)["step"] if proven else 0
    if step is None or step <= spent:
        meta.put(session, f"code:{person}:{by}", str(failures + 1), now)
        used = step is not None
        return "这个动态码刚用过：请等下一个" if used else "动态码不对：请看手机上最新的六位数"
    meta.put(session, f"code:{person}", json.dumps({"step": step}), now)
    meta.put(session, f"code:{person}:{by}", "0", now)
    return None


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that this code belongs to; None for a wrong one."""
    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // totp.interval
    typed = normalize("NFKC", code).strip().encode("ascii", "replace").decode()
    for step in range(present - DRIFT, present + DRIFT + 1):
        if compare_digest(totp.generate_otp(step), typed):
            return step
    return None


def _file(app: App, person: str) -> Path:
    return Path(app.settings.data_dir) / FOLDER / f"{person}.secret"
