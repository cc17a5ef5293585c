"""People's word on what is one story: merge topics, split mentions off, take either back.

A person's word beats the grouping and outlives later arrivals: what they merged stays together
(the strands of one hang on the other), what they split never joins again by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.clustering import topic_key
from monitor.stations.grouping import cluster_item
from monitor.stations.obey import RefusedError
from monitor.stations.portrait import rename
from monitor.stations.restriction import hidden_topics
from monitor.store.regrouping_schema import RegroupingRow
from monitor.store.schema import BrandMentionRow, MentionRow, TopicRow
from monitor.store.topics import Topics, signature_of

COPIED_FROM = 8  # characters: shorter words are everybody's (as in the index)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a wish."""

    number: int
    """Of the decision, for taking it back."""
    topic: int
    """The topic that holds the mentions now."""
    mentions: int
    """How many moved."""


def merge(app: App, child_id: int, root_id: int, actor: str, reason: str) -> Done:
    """Make one topic part of another; incidents follow with the next look (incidents.md §2).

    Raises RefusedError for topics that cannot be merged.
    """
    now = app.clock()
    with app.database.transaction() as session:
        _may_touch(app, session, actor, child_id, root_id)
        return merge_in(session, child_id, root_id, actor, reason, now)


def merge_in(
    session: Session, child_id: int, root_id: int, actor: str, reason: str, now: datetime
) -> Done:
    """The same within a transaction that does more."""
    child, root = _topic(session, child_id), _topic(session, root_id)
    _check(child, root)
    _end_parting(session, child, root, actor, now)
    strands = _strands(session, child)
    row = _noted(session, "merge", child, root, strands, actor, reason, now)
    Topics(session, now).merge(child, root)
    rename(session, root)
    return Done(row.id, root.id, len(strands))


def split(app: App, topic_id: int, mentions: Sequence[int], actor: str, reason: str) -> Done:
    """Make mentions, with their reposts and copies, a topic of their own.

    Raises RefusedError where a mention is not in the topic, or nothing would be left of it.
    """
    now = app.clock()
    with app.database.transaction() as session:
        _may_touch(app, session, actor, topic_id)
        return split_off(session, topic_id, mentions, actor, reason, now)


def split_off(
    session: Session,
    topic_id: int,
    mentions: Sequence[int],
    actor: str,
    reason: str,
    now: datetime,
) -> Done:
    """The same within a transaction that does more."""
    topic = _topic(session, topic_id)
    family = _family(session, topic, mentions)
    first = min(family, key=lambda pair: (pair[0].published_at, pair[0].id))
    topics = Topics(session, now)
    key = topic_key(cluster_item(*first))
    if topics.find(topic.brand, key) is not None:
        key = uuid4().hex[:16]  # it opened the old topic, whose key it gave
    before = {str(row.id): part.strand for row, part in family}
    made = topics.get(topic.brand, key, first[0])
    made.has_case = topic.has_case
    topics.split(topic, made, [row.id for row, _ in family])
    row = _noted(session, "split", made, topic, before, actor, reason, now)
    rename(session, made)
    rename(session, topic)
    return Done(row.id, made.id, len(family))


def undo(app: App, number: int, actor: str, reason: str) -> Done:
    """Take a decision back: what was merged parts, what was split comes together again.

    Raises RefusedError for a decision that is unknown or has been taken back.
    """
    now = app.clock()
    with app.database.transaction() as session:
        row = session.get(RegroupingRow, number)
        hidden = hidden_topics(app, session, actor)
        if row is None or {row.topic_id, row.other_id} & hidden:
            raise RefusedError(
                f"没有编号为 {number} 的合并或拆分；运行 fengsui topics show 话题编号 查看"
            )
        if row.undone_at is not None:
            raise RefusedError(f"{number} 号已经撤回过，不用再撤")
        row.undone_at, row.undone_by, row.undone_reason = now, actor, reason
        session.flush()
        moved, kept = _part(session, row, now) if row.kind == "merge" else _unite(session, row, now)
        return Done(row.id, kept.id, moved)


def decisions_of(session: Session, topic: TopicRow) -> list[RegroupingRow]:
    """What people have decided about a topic, newest first."""
    found = select(RegroupingRow).where(
        (RegroupingRow.topic_id == topic.id) | (RegroupingRow.other_id == topic.id)
    )
    return list(session.scalars(found.order_by(RegroupingRow.id.desc())))


def _may_touch(app: App, session: Session, actor: str, *numbers: int) -> None:
    """Refuse a topic that would tell the actor of an incident they may not know of."""
    for number in hidden_topics(app, session, actor) & {*numbers}:
        raise _unknown(number)


def _unknown(number: int) -> RefusedError:
    return RefusedError(f"没有编号为 {number} 的话题；运行 fengsui topics list 查看")


def _topic(session: Session, number: int) -> TopicRow:
    topic = session.get(TopicRow, number)
    if topic is None:
        raise _unknown(number)
    if topic.merged_into is not None:
        raise RefusedError(f"话题 {number} 已并入话题 {topic.merged_into}，请用那个编号")
    return topic


def _check(child: TopicRow, root: TopicRow) -> None:
    if child is root:
        raise RefusedError("不能把话题并入它自己：请写两个不同的编号")
    if child.brand != root.brand:
        raise RefusedError("两个话题属于不同的品牌，不能合并")
    if child.origin == "public" and root.origin != "public":
        # No level is decided for a topic that people or calls began: its posts would go unheard.
        raise RefusedError(
            f"话题 {root.id} 不是由网帖立的，并进去就没人给网帖定级了；请反过来并："
            f"fengsui topics merge {root.id} {child.id} --reason 理由"
        )


def _end_parting(
    session: Session, child: TopicRow, root: TopicRow, actor: str, now: datetime
) -> None:
    """A later word replaces an earlier one: merging takes back that the two were split."""
    pair = {child.id, root.id}
    for row in session.scalars(_active("split").where(RegroupingRow.brand == root.brand)):
        if {row.topic_id, row.other_id} == pair:
            row.undone_at, row.undone_by, row.undone_reason = now, actor, "后来又合并"


def _active(kind: str) -> Select[RegroupingRow]:
    return select(RegroupingRow).where(
        RegroupingRow.kind == kind, RegroupingRow.undone_at.is_(None)
    )


def _noted(
    session: Session,
    kind: str,
    topic: TopicRow,
    other: TopicRow,
    mentions: dict[str, str],
    actor: str,
    reason: str,
    now: datetime,
) -> RegroupingRow:
    row = RegroupingRow(
        brand=topic.brand,
        kind=kind,
        topic_id=topic.id,
        other_id=other.id,
        mentions=mentions,
        actor=actor,
        reason=reason,
        at=now,
    )
    session.add(row)
    session.flush()
    return row


def _strands(session: Session, topic: TopicRow) -> dict[str, str]:
    """Mentions of a topic with their strands."""
    part = BrandMentionRow
    found = select(part.mention_id, part.strand).where(part.topic_id == topic.id)
    return {str(number): strand or topic.key for number, strand in session.execute(found)}


def _family(
    session: Session, topic: TopicRow, mentions: Sequence[int]
) -> list[tuple[MentionRow, BrandMentionRow]]:
    """The named mentions with their reposts, at any depth, and copies of their words."""
    found = (
        select(MentionRow, BrandMentionRow)
        .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
        .where(BrandMentionRow.topic_id == topic.id)
        .order_by(MentionRow.published_at, MentionRow.id)
    )
    rows = {row.id: (row, part) for row, part in session.execute(found)}
    for number in mentions:
        if number not in rows:
            raise RefusedError(
                f"话题 {topic.id} 里没有提及 {number}；运行 fengsui topics show {topic.id} 查看"
            )
    chosen = _grown(rows, set(mentions))
    if len(chosen) == len(rows):
        raise RefusedError(f"这样拆，话题 {topic.id} 就空了：请少写几条")
    return [rows[number] for number in sorted(chosen)]


def _grown(rows: dict[int, tuple[MentionRow, BrandMentionRow]], chosen: set[int]) -> set[int]:
    """Add reposts and copies until nothing more belongs."""
    words = {number: signature_of(row) for number, (row, _) in rows.items()}
    before = 0
    while len(chosen) > before:
        before = len(chosen)
        names = {(rows[one][0].platform, rows[one][0].native_id) for one in chosen}
        said = {words[one].exact for one in chosen if words[one].length >= COPIED_FROM}
        chosen = chosen | {
            number
            for number, (row, _) in rows.items()
            if (row.platform, row.parent_id or "") in names
            or (words[number].length >= COPIED_FROM and words[number].exact in said)
        }
    return chosen


def _part(session: Session, row: RegroupingRow, now: datetime) -> tuple[int, TopicRow]:
    """Give a merged topic its mentions back."""
    child = session.get_one(TopicRow, row.topic_id)
    topics = Topics(session, now)
    topics.alone(child)
    moved = topics.give_back(child, row.mentions)
    rename(session, child)
    return moved, child


def _unite(session: Session, row: RegroupingRow, now: datetime) -> tuple[int, TopicRow]:
    """Put what was split off, and what has joined it since, back where it came from."""
    made, root = _end(session, row.topic_id), _end(session, row.other_id)
    topics = Topics(session, now)
    moved = len(_strands(session, made))
    if made is not root:
        topics.give_back(root, row.mentions)
        topics.merge(made, root)
        rename(session, root)
    return moved, root


def _end(session: Session, number: int) -> TopicRow:
    topic = session.get_one(TopicRow, number)
    return topic if topic.merged_into is None else session.get_one(TopicRow, topic.merged_into)
