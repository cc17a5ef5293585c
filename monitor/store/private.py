"""Reads, guards and forgets private records: one key, own retention, counts for everybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from monitor.store.database import Database
from monitor.store.private_schema import PrivateRow, TipRow
from monitor.store.schema import MetaRow, TopicRow
from monitor.vault import Vault, VaultError

KEY = "vault"
BATCH = 500
Sealed = type[PrivateRow] | type[TipRow]
SEALED: tuple[Sealed, ...] = (PrivateRow, TipRow)
NEAR = timedelta(hours=72)  # mentions of one event lie as near (incidents.md §2 B)


def unlocked(session: Session, vault: Vault, now: datetime) -> Vault:
    """Return the vault once it is known to hold this database's key.

    The first time there is none, and it is made. Raises VaultError afterwards for a file that is
    missing, broken or another one's: a second key would split the store in two. Who seals holds
    the row until the commit, so that `rekey` misses nothing that was sealed with the old key.
    """
    known = session.get(MetaRow, KEY, with_for_update={"read": True})
    if known is None:
        vault.forget()
        if not vault.exists():
            vault.make()
        session.merge(MetaRow(key=KEY, value=vault.marks[0], at=now))
    else:
        _compare(known.value, vault)
    return vault


def begin_anew(session: Session) -> None:
    """Let an empty store have another key: there is nothing left that the old one opens."""
    left = [session.scalar(select(table.id).limit(1)) for table in SEALED]
    if left == [None] * len(SEALED):
        session.execute(delete(MetaRow).where(MetaRow.key == KEY))


def trouble(session: Session, vault: Vault) -> str | None:
    """Say in Chinese why private records cannot be opened or kept, or None."""
    known = session.get(MetaRow, KEY)
    try:
        if known is not None:
            _compare(known.value, vault)
        if known is not None or vault.exists():
            vault.seal({})
    except VaultError as error:
        return str(error)
    return None


def _compare(mark: str, vault: Vault) -> None:
    if mark not in vault.marks:
        vault.forget()  # another process may have changed the key meanwhile
    if mark not in vault.marks:
        raise VaultError(f"{vault.path} 不是这个数据库的钥匙：请从备份恢复原来的那个文件")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records of one brand, kind and class there are, and how many of them complain."""

    brand: str
    kind: str
    risk: str | None
    total: int
    complaints: int


def tallies(session: Session, since: datetime, until: datetime) -> list[Tally]:
    """Count what happened in [since, until), the most frequent first."""
    total = func.count(PrivateRow.id)
    complaints = func.count(PrivateRow.id).filter(PrivateRow.negative)
    keys = (PrivateRow.brand, PrivateRow.kind, PrivateRow.risk)
    found = (
        select(*keys, total, complaints)
        .where(PrivateRow.happened_at >= since, PrivateRow.happened_at < until)
        .group_by(*keys)
        .order_by(total.desc(), *keys)
    )
    return [Tally(*row) for row in session.execute(found)]


def rekey(database: Database, vault: Vault, now: datetime) -> Iterator[int]:
    """Change to a fresh key; yields how many records each step has sealed anew.

    Both keys stay in the file until every record has the new one, so a run that was broken off is
    begun again without harm. What others sealed meanwhile is caught by the last step, which they
    have to wait for. Files of reports keep a key of their own, which stands in their record.
    """
    with database.transaction() as session:
        unlocked(session, vault, now)
    vault.add_key()
    for table in SEALED:
        for numbers in _all(database, table):
            with database.transaction() as session:
                yield _reseal(session, vault, table, table.id.in_(numbers))
    with database.transaction() as session:
        mark = session.get_one(MetaRow, KEY, with_for_update=True)
        for table in SEALED:
            _reseal(session, vault, table, table.id > 0)
        mark.value, mark.at = vault.marks[0], now
    vault.drop_old_keys()


def _reseal(session: Session, vault: Vault, table: Sealed, which: ColumnElement[bool]) -> int:
    found = select(table).where(which).execution_options(yield_per=BATCH)
    rows = cast("Iterator[PrivateRow | TipRow]", session.scalars(found))
    count = 0
    for row in rows:
        row.content = vault.reseal(row.content)
        count += 1
    return count


def _all(database: Database, table: Sealed) -> Iterator[list[int]]:
    last = 0
    while True:
        with database.reading() as session:
            found = select(table.id).where(table.id > last).order_by(table.id)
            numbers = list(session.scalars(found.limit(BATCH)))
        if not numbers:
            return
        yield numbers
        last = numbers[-1]


def known(session: Session, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], PrivateRow]:
    """Records by platform and keyed number."""
    wanted = list(keys)
    found = select(PrivateRow).where(PrivateRow.record_key.in_([key for _, key in wanted]))
    rows = {(row.platform, row.record_key): row for row in session.scalars(found)}
    return {key: rows[key] for key in wanted if key in rows}


def of_author(author_key: str, platform: str, before: datetime | None) -> list[ColumnElement[bool]]:
    """What one person told us, on one platform or all, before an instant if there is one."""
    found: list[ColumnElement[bool]] = [PrivateRow.author_key == author_key]
    if platform:
        found.append(PrivateRow.platform == platform)
    if before is not None:
        found.append(PrivateRow.happened_at < before)
    return found


def beside(session: Session, topic: TopicRow, detected_at: datetime) -> tuple[int, int]:
    """Count the records that tell the same as a topic, and the others of its brand and class.

    The others are those of three days before and after the incident was found.
    """
    merged = select(TopicRow.id).where(TopicRow.merged_into == topic.id)
    own = or_(PrivateRow.topic_id == topic.id, PrivateRow.topic_id.in_(merged))
    near = PrivateRow.happened_at.between(detected_at - NEAR, detected_at + NEAR)
    code = topic.metrics.get("code")
    others = (
        PrivateRow.topic_id.is_(None),
        PrivateRow.brand == topic.brand,
        PrivateRow.risk == code,
    )
    same = session.scalar(select(func.count(PrivateRow.id)).where(own)) or 0
    if code is None:
        return same, 0
    return same, session.scalar(select(func.count(PrivateRow.id)).where(*others, near)) or 0
