"""Groups judged mentions into topics: the index says where, the store remembers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.clustering import ClusterItem, TopicIndex, signature_from_text
from monitor.store.lookup import parts, posts
from monitor.store.schema import BrandMentionRow, MentionRow, TopicRow

# Mentions of one event lie within three days (the longest rest before a story counts as new,
# incidents.md §2 B); a mention may come in this much late and still find its neighbours.
WINDOW = timedelta(hours=72)
LATENESS = timedelta(hours=2)


class Grouping:
    """Places one batch of mentions; `rows` are all of them, so that parents are read at once."""

    def __init__(
        self, app: App, session: Session, rows: Iterable[MentionRow], now: datetime
    ) -> None:
        """Read the parents' topics; rebuild the index if it is new or no longer to be trusted."""
        self._app, self._session, self._now = app, session, now
        if not app.indexed:
            restore_index(app, session, now)
        app.index.expire(now - WINDOW - LATENESS)
        self._topics: dict[tuple[str, str], TopicRow] = {}
        self._of_post: dict[tuple[str, str, str], int] = {}
        self._read_parents(rows)

    def _read_parents(self, rows: Iterable[MentionRow]) -> None:
        keys = [(row.platform, row.parent_id) for row in rows if row.parent_id]
        known = posts(self._session, keys)
        of_parent = parts(self._session, [row.id for row in known.values()])
        for (platform, native_id), row in known.items():
            for part in of_parent.get(row.id, ()):
                if part.topic_id is not None:
                    self._of_post[platform, native_id, part.brand] = part.topic_id

    def group(self, row: MentionRow, part: BrandMentionRow) -> None:
        """Give one mention its topic, which is then due for a look."""
        item = cluster_item(row, part)
        topic = self._parents_topic(row, part.brand)
        if topic is None:
            placed = self._app.index.assign(item)
            topic = self._topic(row, part, placed.topic_key)
        else:
            # The index forgets after three days; the store knows what an old post belonged to.
            placed = self._app.index.restore(item, topic.key, topic.first_published_at)
        for source, target in placed.merged:
            self._session.flush()
            merge_topics(self._session, part.brand, source, target, self._now)
            self._topics.clear()
            self._of_post.clear()
            self._read_parents([row])
        self._join(row, part, self._root(topic))

    def _join(self, row: MentionRow, part: BrandMentionRow, topic: TopicRow) -> None:
        part.topic_id = topic.id
        self._of_post[row.platform, row.native_id, part.brand] = topic.id
        topic.first_published_at = min(topic.first_published_at, row.published_at)
        topic.last_published_at = max(topic.last_published_at, row.published_at)
        topic.check_at = min(topic.check_at or self._now, self._now)

    def _parents_topic(self, row: MentionRow, brand: str) -> TopicRow | None:
        number = self._of_post.get((row.platform, row.parent_id or "", brand))
        return self._root(self._session.get_one(TopicRow, number)) if number else None

    def _root(self, topic: TopicRow) -> TopicRow:
        if topic.merged_into is None:
            return topic
        return self._session.get_one(TopicRow, topic.merged_into)

    def _topic(self, row: MentionRow, part: BrandMentionRow, key: str) -> TopicRow:
        known = self._topics.get((part.brand, key)) or self._stored(part.brand, key)
        if known is None:
            known = TopicRow(
                brand=part.brand,
                key=key,
                name=(row.title or row.text).replace("\n", " ")[:40],
                first_published_at=row.published_at,
                last_published_at=row.published_at,
            )
            self._session.add(known)
            self._session.flush()
        self._topics[part.brand, key] = known
        return known

    def _stored(self, brand: str, key: str) -> TopicRow | None:
        found = select(TopicRow).where(TopicRow.brand == brand, TopicRow.key == key)
        return self._session.scalar(found)


def restore_index(app: App, session: Session, now: datetime) -> None:
    """Rebuild the topic index from the store after a start or a lost transaction."""
    app.index = TopicIndex(WINDOW)
    found = (
        select(MentionRow, BrandMentionRow, TopicRow)
        .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
        .join(TopicRow, TopicRow.id == BrandMentionRow.topic_id)
        .where(MentionRow.published_at > now - WINDOW - LATENESS)
        .order_by(MentionRow.published_at, MentionRow.id)
    )
    for row, part, topic in session.execute(found):
        app.index.restore(cluster_item(row, part), topic.key, topic.first_published_at)
    app.indexed = True


def cluster_item(row: MentionRow, part: BrandMentionRow) -> ClusterItem:
    """A mention of one brand as the index knows it."""
    return ClusterItem(
        id=row.id,
        brand=part.brand,
        platform=row.platform,
        native_id=row.native_id,
        parent_id=row.parent_id,
        signature=signature_from_text(row.signature),
        at=row.published_at,
        codes=(part.risk,) if part.risk else (),
    )


def merge_topics(session: Session, brand: str, source: str, target: str, now: datetime) -> None:
    """Move a topic's mentions to the one that turned out to be the same event's."""
    rows = {
        topic.key: topic
        for topic in session.scalars(
            select(TopicRow).where(TopicRow.brand == brand, TopicRow.key.in_((source, target)))
        )
    }
    old, new = rows.get(source), rows.get(target)
    if old is None or new is None or old is new:
        return
    session.execute(
        update(BrandMentionRow).where(BrandMentionRow.topic_id == old.id).values(topic_id=new.id)
    )
    session.execute(
        update(TopicRow).where(TopicRow.merged_into == old.id).values(merged_into=new.id)
    )
    old.merged_into, old.check_at = new.id, now
    new.first_published_at = min(new.first_published_at, old.first_published_at)
    new.last_published_at = max(new.last_published_at, old.last_published_at)
    new.check_at = now
