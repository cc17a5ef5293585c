"""Topics in the store: what the index says of strands, written onto rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from monitor.clustering import Signature, signature, signature_from_text
from monitor.domain.naming import NAME_LENGTH
from monitor.store.lookup import chunks
from monitor.store.schema import BrandMentionRow, MentionRow, TopicRow


class Topics:
    """The topics that one batch touches."""

    def __init__(self, session: Session, now: datetime) -> None:
        """Nothing is read before it is asked for."""
        self._session, self._now = session, now
        self._known: dict[tuple[str, str], TopicRow] = {}

    def get(self, brand: str, key: str, first: MentionRow) -> TopicRow:
        """The topic of a key; made, and named after this mention for now, if there is none."""
        topic = self.find(brand, key)
        if topic is not None and topic.merged_into is not None:
            return self._session.get_one(TopicRow, topic.merged_into)
        if topic is None:
            topic = TopicRow(
                brand=brand,
                key=key,
                name=(first.title or first.text).replace("\n", " ")[:NAME_LENGTH],
                first_published_at=first.published_at,
                last_published_at=first.published_at,
            )
            self._session.add(topic)
            self._session.flush()
            self._known[brand, key] = topic
        return topic

    def find(self, brand: str, key: str) -> TopicRow | None:
        """The topic of a key, if there is one."""
        topic = self._known.get((brand, key))
        if topic is None:
            found = select(TopicRow).where(TopicRow.brand == brand, TopicRow.key == key)
            topic = self._session.scalar(found)
            if topic is not None:
                self._known[brand, key] = topic
        return topic

    def dated(self, topic: TopicRow, at: datetime) -> None:
        """Take over the time of a mention; the topic is due for a look."""
        topic.first_published_at = min(topic.first_published_at, at)
        topic.last_published_at = max(topic.last_published_at, at)
        self._due(topic)

    def merge_strand(self, brand: str, old: str, new: str, topic_key: str) -> None:
        """Let a strand's mentions belong to another, in the topic of that one."""
        self._session.execute(
            update(BrandMentionRow)
            .where(BrandMentionRow.brand == brand, BrandMentionRow.strand == old)
            .values(strand=new)
        )
        self._follow(brand, old, new, topic_key)

    def move_strand(self, brand: str, strand: str, topic_key: str) -> None:
        """Let a strand belong to another topic."""
        self._follow(brand, strand, strand, topic_key)

    def _follow(self, brand: str, old: str, strand: str, topic_key: str) -> None:
        target = self._target(brand, strand, topic_key)
        own = self.find(brand, old)
        if own is not None and own is not target and own.merged_into is None:
            self.merge(own, target)
            return
        if own is not None and own is not target:
            own.merged_into = target.id
        self._take(brand, strand, target)

    def _target(self, brand: str, strand: str, key: str) -> TopicRow:
        """The topic to move into; one that had been part of another stands alone again."""
        topic = self.find(brand, key)
        if topic is None:
            topic = self.get(brand, key, self._earliest(brand, strand))
        if topic.merged_into is not None:
            self.alone(topic)
        return topic

    def _earliest(self, brand: str, strand: str) -> MentionRow:
        found = (
            select(MentionRow)
            .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
            .where(BrandMentionRow.brand == brand, BrandMentionRow.strand == strand)
            .order_by(MentionRow.published_at, MentionRow.id)
            .limit(1)
        )
        return self._session.scalars(found).one()

    def merge(self, old: TopicRow, new: TopicRow) -> None:
        """Move all of a topic's mentions to another; it is told to whom they went."""
        of_old = BrandMentionRow.topic_id == old.id
        self._session.execute(update(BrandMentionRow).where(of_old).values(topic_id=new.id))
        self._session.execute(
            update(TopicRow).where(TopicRow.merged_into == old.id).values(merged_into=new.id)
        )
        old.merged_into, old.check_at = new.id, self._now
        new.has_case = new.has_case or old.has_case
        new.first_published_at = min(new.first_published_at, old.first_published_at)
        self.dated(new, old.last_published_at)

    def split(self, topic: TopicRow, made: TopicRow, mention_ids: Sequence[int]) -> None:
        """Move some mentions to a topic that was made for them, as one strand."""
        for chunk in chunks(mention_ids):
            self._session.execute(
                update(BrandMentionRow)
                .where(BrandMentionRow.brand == topic.brand, BrandMentionRow.mention_id.in_(chunk))
                .values(topic_id=made.id, strand=made.key)
            )
        self._redate(topic)
        self._redate(made)

    def give_back(self, topic: TopicRow, strands: Mapping[str, str]) -> int:
        """Move mentions to a topic under the strands they had, with all of those strands since."""
        by_strand: dict[str, list[int]] = {}
        for number, strand in strands.items():
            by_strand.setdefault(strand, []).append(int(number))
        moved = 0
        left: set[int | None] = set()
        for strand, numbers in by_strand.items():
            for chunk in chunks(numbers):
                mine = (BrandMentionRow.brand == topic.brand, BrandMentionRow.mention_id.in_(chunk))
                left |= set(self._session.scalars(select(BrandMentionRow.topic_id).where(*mine)))
                self._session.execute(
                    update(BrandMentionRow).where(*mine).values(topic_id=topic.id, strand=strand)
                )
            moved += len(numbers)
            self._take(topic.brand, strand, topic)
        for other in left:
            if other is not None:
                self._redate(self._session.get_one(TopicRow, other))
        self._redate(topic)
        return moved

    def alone(self, topic: TopicRow) -> None:
        """Let a topic that had been part of another stand alone again, as if it were new."""
        topic.merged_into, topic.tier = None, 0
        topic.tier_since = topic.quiet_since = None
        self._due(topic)

    def _take(self, brand: str, strand: str, topic: TopicRow) -> None:
        """Move one strand's mentions; the topics that they leave are looked at again."""
        of_strand = (BrandMentionRow.brand == brand, BrandMentionRow.strand == strand)
        left = set(self._session.scalars(select(BrandMentionRow.topic_id).where(*of_strand)))
        self._session.execute(update(BrandMentionRow).where(*of_strand).values(topic_id=topic.id))
        for number in {*left, topic.id} - {None}:
            self._redate(self._session.get_one(TopicRow, number))

    def _redate(self, topic: TopicRow) -> None:
        at = BrandMentionRow.published_at
        found = select(func.min(at), func.max(at)).where(BrandMentionRow.topic_id == topic.id)
        first, last = self._session.execute(found).one()
        if first is not None:
            topic.first_published_at, topic.last_published_at = first, last
        self._due(topic)

    def _due(self, topic: TopicRow) -> None:
        topic.check_at = min(topic.check_at or self._now, self._now)


def signature_of(row: MentionRow) -> Signature:
    """The stored signature; made anew where an older version of us wrote it."""
    try:
        return signature_from_text(row.signature)
    except ValueError:
        return signature(row.text)
