"""Groups judged mentions into topics: the index says where, the store remembers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.clustering import Assignment, ClusterItem, TopicIndex
from monitor.stations.portrait import rename
from monitor.store.lookup import parts, posts
from monitor.store.regroupings import regroupings, revision
from monitor.store.schema import BrandMentionRow, MentionRow, TopicRow
from monitor.store.topics import Topics, signature_of

# Mentions of one event lie within three days (the longest rest before a story counts as new,
# incidents.md §2 B); a mention may come in this much late and still find its neighbours.
WINDOW = timedelta(hours=72)
LATENESS = timedelta(hours=2)
# A claim tells of a case of its own with two of the four signs of DESIGN §7, or with a death, a
# minor, a notice or national media in it; anything less may be a remark on a running case.
PARTICULAR_SIGNS = 2
PARTICULAR_FLOORS = frozenset({"death", "minor", "official_notice", "national_media"})


class Grouping:
    """Places one batch of mentions; `rows` are all of them, so that parents are read at once."""

    def __init__(
        self, app: App, session: Session, rows: Iterable[MentionRow], now: datetime
    ) -> None:
        """Read the parents' topics; rebuild the index if it is new or no longer to be trusted."""
        self._app, self._session, self._now = app, session, now
        if not app.indexed or app.regrouped != revision(session):
            restore_index(app, session, now)
        app.index.expire(now - WINDOW - LATENESS)
        self._topics = Topics(session, now)
        self._spoken: set[int] = set()
        self._recall_parents(rows)

    def _recall_parents(self, rows: Iterable[MentionRow]) -> None:
        """Know parents again that the index has forgotten: the store knows where they belong."""
        keys = [(row.platform, row.parent_id) for row in rows if row.parent_id]
        known = posts(self._session, keys)
        of_parent = parts(self._session, [row.id for row in known.values()])
        for row in known.values():
            for part in of_parent.get(row.id, ()):
                if part.topic_id is not None and not self._app.index.knows(
                    part.brand, row.platform, row.native_id
                ):
                    _recall(self._app.index, self._session, row, part)

    def group(self, row: MentionRow, part: BrandMentionRow) -> None:
        """Give one mention its topic, which is then due for a look."""
        item = cluster_item(row, part)
        placed = self._app.index.assign(item)
        if placed.merged or placed.moved:
            self._session.flush()
            self._move(part.brand, placed)
        topic = self._topics.get(part.brand, placed.topic_key, row)
        part.topic_id, part.strand = topic.id, placed.strand_key
        topic.has_case = topic.has_case or is_particular(part)
        self._topics.dated(topic, row.published_at)
        if row.parent_id is None:
            self._spoken.add(topic.id)

    def finish(self) -> None:
        """Name the topics anew in which somebody has said something."""
        self._session.flush()
        for number in sorted(self._spoken):
            rename(self._session, self._session.get_one(TopicRow, number))

    def _move(self, brand: str, placed: Assignment) -> None:
        for old, new in placed.merged:
            self._topics.merge_strand(brand, old, new, placed.topic_key)
        for strand, topic in placed.moved:
            self._topics.move_strand(brand, strand, topic)


def restore_index(app: App, session: Session, now: datetime) -> None:
    """Rebuild the topic index from the store after a start or a lost transaction."""
    app.index = TopicIndex(WINDOW)
    _obey_people(app.index, session)
    found = (
        select(MentionRow, BrandMentionRow)
        .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
        .where(
            MentionRow.published_at > now - WINDOW - LATENESS,
            BrandMentionRow.topic_id.is_not(None),
        )
        .order_by(MentionRow.published_at, MentionRow.id)
    )
    for row, part in session.execute(found):
        _recall(app.index, session, row, part, words=True)
    app.indexed, app.regrouped = True, revision(session)


def _obey_people(index: TopicIndex, session: Session) -> None:
    """Hang together what people merged, and keep apart what they split."""
    for row, topic, other in regroupings(session):
        there = index.strand(other.brand, other.key, other.first_published_at, main=other.has_case)
        if row.kind == "merge":
            for key in {*row.mentions.values(), topic.key}:
                index.hang(index.strand(topic.brand, key, topic.first_published_at), there)
        else:
            here = index.strand(topic.brand, topic.key, topic.first_published_at)
            index.part(here, there)


def _recall(
    index: TopicIndex,
    session: Session,
    row: MentionRow,
    part: BrandMentionRow,
    *,
    words: bool = False,
) -> None:
    """Tell the index where a stored mention is; with its words only while it is young."""
    topic = session.get_one(TopicRow, part.topic_id)
    strand = index.strand(
        part.brand,
        part.strand or topic.key,
        topic.first_published_at,
        main=topic.has_case and part.strand in {"", topic.key},
        topic=topic.key,
    )
    item = cluster_item(row, part)
    if words:
        index.restore(item, strand)
    else:
        index.recall(item, strand)


def cluster_item(row: MentionRow, part: BrandMentionRow) -> ClusterItem:
    """A mention of one brand as the index knows it."""
    return ClusterItem(
        id=row.id,
        brand=part.brand,
        platform=row.platform,
        native_id=row.native_id,
        parent_id=row.parent_id,
        signature=signature_of(row),
        at=row.published_at,
        codes=_codes(part),
        particular=is_particular(part),
        names=tuple(sorted({term for hit in part.hits for term, _, _ in hit["terms"]})),
    )


def _codes(part: BrandMentionRow) -> tuple[str, ...]:
    """What it alleges, or denies: a rumour and its denial are one topic. Talk is about no case."""
    code = part.about if part.stance == "denied" else part.risk
    return (code,) if code else ()


def is_particular(part: BrandMentionRow) -> bool:
    """Whether the mention's claim tells of a case of its own."""
    enough = len(part.signs) >= PARTICULAR_SIGNS
    return part.risk is not None and (enough or bool(PARTICULAR_FLOORS & set(part.floors)))
