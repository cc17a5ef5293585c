"""The tables of what is collected and counted: mentions, predictions, topics and sources."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

from monitor.store.instants import UtcDateTime


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """All tables; one metadata, so that SQLite and PostgreSQL get the same schema."""

    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012 - SQLAlchemy reads it as is


class MentionRow(Base, kw_only=True):
    """A checked post: clean and masked text, hashed author, counters as last read."""

    __tablename__ = "mentions"
    __table_args__ = (
        UniqueConstraint("platform", "native_id"),
        Index("ix_mentions_parent", "platform", "parent_id"),
        Index("ix_mentions_todo", "state", "id"),
        Index("ix_mentions_turn", "state", "suspected", "published_at"),
        Index("ix_mentions_published", "published_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    platform: Mapped[str]
    native_id: Mapped[str]
    source: Mapped[str]
    """Name of the source or file it came from."""
    authority: Mapped[str] = mapped_column(default="social")
    url: Mapped[str | None] = mapped_column(default=None)
    title: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    signature: Mapped[str]
    """Compact form of clustering.Signature, for duplicates and independence."""
    author_key: Mapped[str | None] = mapped_column(default=None)
    followers: Mapped[int | None] = mapped_column(BigInteger, default=None)
    verified: Mapped[bool | None] = mapped_column(default=None)
    parent_id: Mapped[str | None] = mapped_column(default=None)
    published_at: Mapped[datetime]
    observed_at: Mapped[datetime]
    stored_at: Mapped[datetime]
    views: Mapped[int | None] = mapped_column(BigInteger, default=None)
    likes: Mapped[int | None] = mapped_column(BigInteger, default=None)
    comments: Mapped[int | None] = mapped_column(BigInteger, default=None)
    reposts: Mapped[int | None] = mapped_column(BigInteger, default=None)
    heat: Mapped[float | None] = mapped_column(default=None)
    private: Mapped[bool] = mapped_column(default=False)
    gone_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was found deleted; without a hold its text goes some days later."""
    edited_at: Mapped[datetime | None] = mapped_column(default=None)
    """When its words were last found changed; the words kept are the newest."""
    looks: Mapped[int] = mapped_column(default=0)
    """How often it was looked at again while its topic was live."""
    state: Mapped[str] = mapped_column(default="new")
    """orphan (waits for its original) → new → done (asked about and grouped)."""
    suspected: Mapped[bool] = mapped_column(default=False)
    """Whether plain words in it may light a tier, so that the model reads it before others."""


class SnapshotRow(Base, kw_only=True):
    """Counters of one mention at one reading; append-only, since heat is a time series."""

    __tablename__ = "snapshots"

    mention_id: Mapped[int] = mapped_column(
        ForeignKey("mentions.id", ondelete="CASCADE"), primary_key=True
    )
    observed_at: Mapped[datetime] = mapped_column(primary_key=True)
    views: Mapped[int | None] = mapped_column(BigInteger, default=None)
    likes: Mapped[int | None] = mapped_column(BigInteger, default=None)
    comments: Mapped[int | None] = mapped_column(BigInteger, default=None)
    reposts: Mapped[int | None] = mapped_column(BigInteger, default=None)
    heat: Mapped[float | None] = mapped_column(default=None)


class BrandMentionRow(Base, kw_only=True):
    """A mention as it concerns one brand: the hits, the brand's own words, its topic and claim."""

    __tablename__ = "brand_mentions"
    __table_args__ = (
        Index("ix_brand_mentions_topic", "topic_id", "published_at"),
        Index("ix_brand_mentions_brand", "brand", "published_at"),
        Index("ix_brand_mentions_model", "model", "published_at"),
        Index("ix_brand_mentions_strand", "brand", "strand"),
    )

    mention_id: Mapped[int] = mapped_column(
        ForeignKey("mentions.id", ondelete="CASCADE"), primary_key=True
    )
    brand: Mapped[str] = mapped_column(primary_key=True)
    hits: Mapped[list[Any]]
    own_words: Mapped[str]
    """The sentences about this brand: what the model judges."""
    words_hash: Mapped[str] = mapped_column(index=True)
    own: Mapped[bool] = mapped_column(default=False)
    """Whether the brand itself wrote it: then it is no source and claims nothing."""
    rule: Mapped[str | None] = mapped_column(default=None)
    """The first watch rule that holds for the text."""
    published_at: Mapped[datetime]
    """Copied from the mention, so that windows need no join."""
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"), default=None)
    strand: Mapped[str] = mapped_column(default="")
    """Key of what it hangs together with by itself: a part of its topic, or all of it."""
    attention: Mapped[float] = mapped_column(default=0.0)
    negative: Mapped[bool] = mapped_column(default=False)
    risk: Mapped[str | None] = mapped_column(default=None)
    """The code of the claim: alleged, a critical one first; None when nothing is alleged."""
    risk_score: Mapped[float] = mapped_column(default=0.0)
    about: Mapped[str | None] = mapped_column(default=None)
    """The code that the words are about; `stance` is what they say of it."""
    stance: Mapped[str] = mapped_column(default="none")
    signs: Mapped[list[Any]] = mapped_column(default_factory=list)
    floors: Mapped[list[Any]] = mapped_column(default_factory=list)
    attributed: Mapped[bool] = mapped_column(default=False)
    blamed: Mapped[bool] = mapped_column(default=False)
    model: Mapped[str | None] = mapped_column(default=None)
    """The model that was last asked about the words; None while none has been."""
    unread: Mapped[str | None] = mapped_column(default=None)
    """Why that model could not read them, unless a person did; the last reading then stands."""


class PredictionRow(Base, kw_only=True):
    """What a model said of one text; doubles as the cache by text hash."""

    __tablename__ = "predictions"

    words_hash: Mapped[str] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    negative: Mapped[float]
    neutral: Mapped[float]
    positive: Mapped[float]
    risk: Mapped[list[Any]]
    """Pairs of code and score, highest first."""
    stance: Mapped[str]
    at: Mapped[datetime]


class CorrectionRow(Base, kw_only=True):
    """What a person said of a brand's words; append-only, the newest row on them counts."""

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_words", "words_hash", "brand"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    brand: Mapped[str]
    words_hash: Mapped[str]
    text: Mapped[str]
    """The words, masked as they were stored: training needs them when the mention is forgotten."""
    mention_id: Mapped[int]
    """Where they were read; no foreign key, since retention forgets mentions first."""
    polarity: Mapped[str | None]
    """negative, neutral or positive; None takes back what was said before."""
    risk: Mapped[list[Any] | None] = mapped_column(default=None)
    """Codes; empty when there is none, None when nothing was said of it."""
    stance: Mapped[str | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="")
    actor: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class TopicRow(Base, kw_only=True):
    """Near-duplicate and same-event mentions of one brand, and the engine's memory of them."""

    __tablename__ = "topics"
    __table_args__ = (UniqueConstraint("brand", "key"), Index("ix_topics_due", "check_at"))

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    brand: Mapped[str]
    key: Mapped[str]
    name: Mapped[str]
    first_published_at: Mapped[datetime]
    last_published_at: Mapped[datetime]
    tier: Mapped[int] = mapped_column(default=0)
    tier_since: Mapped[datetime | None] = mapped_column(default=None)
    quiet_since: Mapped[datetime | None] = mapped_column(default=None)
    check_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the engine must look again; NULL when nothing can change by itself."""
    metrics: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    merged_into: Mapped[int | None] = mapped_column(default=None)
    has_case: Mapped[bool] = mapped_column(default=False)
    """Whether it tells of a case with particulars; only such a topic takes remarks in."""
    origin: Mapped[str] = mapped_column(default="public")
    """public, which the engine looks at alone, or what began it: person, calls, report."""


class DecisionRow(Base, kw_only=True):
    """One change of tier with everything behind it: numbers, thresholds, mentions, way down."""

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    from_tier: Mapped[int]
    to_tier: Mapped[int]
    reason: Mapped[str]
    evidence: Mapped[list[Any]]
    metrics: Mapped[dict[str, Any]]
    policy: Mapped[str]
    would_lower: Mapped[str]


class SourceRow(Base, kw_only=True):
    """Freshness record of one source: when it last answered, brought something, and is due."""

    __tablename__ = "sources"

    name: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    since: Mapped[datetime]
    """When we began to watch it; silence before that is not its fault."""
    cursor: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    last_run_at: Mapped[datetime | None] = mapped_column(default=None)
    last_ok_at: Mapped[datetime | None] = mapped_column(default=None)
    """Last run that read the source, even if nothing was new."""
    last_item_at: Mapped[datetime | None] = mapped_column(default=None)
    failures: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(default="new")
    """A SourceState."""
    problem: Mapped[str] = mapped_column(default="")
    had_rows: Mapped[bool] = mapped_column(default=False)
    """Whether it ever showed anything; a list that did and is empty now is being withheld."""
    blind_since: Mapped[datetime | None] = mapped_column(default=None)
    alerted_at: Mapped[datetime | None] = mapped_column(default=None)
    """When people were told of this blindness."""
    stopped: Mapped[str] = mapped_column(default="")
    """Why it is asked no more until a person says so: a session connector met a captcha."""


class CrawlRow(Base, kw_only=True):
    """One run of one source and what became of it."""

    __tablename__ = "crawls"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    source: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[str]
    items: Mapped[int]
    new: Mapped[int]
    rejected: Mapped[int]
    problems: Mapped[list[Any]]
    facts: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="")
    """The state of the source after it."""


class RejectRow(Base, kw_only=True):
    """An item that did not go in, with the reason and its masked text."""

    __tablename__ = "rejects"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    at: Mapped[datetime] = mapped_column(index=True)
    source: Mapped[str]
    place: Mapped[str]
    reason: Mapped[str]
    text: Mapped[str]


class MetaRow(Base, kw_only=True):
    """Small facts about the installation: heartbeat, versions."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    at: Mapped[datetime]
