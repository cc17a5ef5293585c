"""Takes items in: clean, mask, match, recognise the same post, store; one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawlers.items import Item
from monitor.app import App
from monitor.clustering import signature, signature_to_text
from monitor.matching import Hit
from monitor.stations.own_voice import OwnVoice, is_own_article
from monitor.stations.parts import attach, attention_of, restate
from monitor.stations.private import PrivateIntake
from monitor.store.lookup import PostKey, orphans, parts, posts
from monitor.store.refusals import RefusalList, refusal_list
from monitor.store.schema import BrandMentionRow, MentionRow, RejectRow, SnapshotRow, TopicRow
from monitor.text.clean import clean, clean_page
from monitor.text.pii import author_key, mask

# A feed's clock may run ahead a little; more than this and the date is wrong.
FUTURE_TOLERANCE = timedelta(minutes=10)
# A text this long is a page and may carry a site's furniture; Weibo's long posts end at 2,000.
PAGE_LENGTH = 2000
FULLER = 0.5  # as crawlers.entries chooses between an article and the words of the feed
COUNTERS = ("views", "likes", "comments", "reposts", "heat")


@dataclass(slots=True)
class Intake:
    """What became of a batch of items."""

    new: int = 0
    again: int = 0
    """Posts already known; their counters and edits were taken over."""
    unmatched: int = 0
    waiting: int = 0
    """Reposts whose original has not been seen yet."""
    private: int = 0
    """New in the sealed store: no mention, no topic, no public source."""
    private_again: int = 0
    refused: int = 0
    """Written by people on the refusal list; nothing of them was stored."""
    rejected: list[tuple[str, str]] = field(default_factory=list)
    """Native id and reason."""

    @property
    def total(self) -> int:
        """All items of the batch."""
        return (
            self.new
            + self.again
            + self.unmatched
            + self.waiting
            + self.private
            + self.private_again
            + self.refused
            + len(self.rejected)
        )


def take_in(
    app: App,
    session: Session,
    items: Iterable[Item],
    now: datetime,
    *,
    source: str,
    authority: str = "social",
) -> Intake:
    """Store what concerns a brand; every item is counted once, and a bad one costs only itself."""
    batch = _Batch(app, session, now, source, authority)
    batch.take(sorted(items, key=lambda item: item.published_at or now))
    return batch.intake


def refusal(item: Item, now: datetime) -> str | None:
    """Say in Chinese why an item cannot go in, or None."""
    if not item.id.strip():
        return "缺少编号 id：没有编号就认不出同一条帖子，请在来源里补上"
    if item.published_at is not None and item.published_at > now + FUTURE_TOLERANCE:
        return f"发布时间 {item.published_at:%Y-%m-%d %H:%M} 在未来，请检查来源的时钟或时区"
    return None


class _Batch:
    """One batch of items on its way into the store, with what the store knows of their posts."""

    def __init__(
        self, app: App, session: Session, now: datetime, source: str, authority: str
    ) -> None:
        self.app, self.session, self.now = app, session, now
        self.source, self.authority = source, authority
        self.intake = Intake()
        self.known: dict[PostKey, MentionRow] = {}
        self.brands: dict[PostKey, set[str]] = {}
        self.hits: dict[PostKey, list[Hit]] = {}
        self.words: dict[PostKey, dict[str, str]] = {}
        self.fresh: list[MentionRow] = []
        self.refusals = RefusalList(())
        self.voice = OwnVoice(app.settings.brands, app.author_secret)
        self.own: set[PostKey] = set()
        """Articles of our own 公众号."""
        self.closed = PrivateIntake(app, session, now, source)

    def take(self, items: list[Item]) -> None:
        """Take each item in, then write what is new in few statements."""
        self._remember(items)
        with self.session.no_autoflush:
            for item in items:
                if self._is_refused(item):
                    self.intake.refused += 1
                    continue
                reason = refusal(item, self.now)
                if reason is None and item.private:
                    self._keep(item)
                elif reason is None:
                    self._take(item)
                else:
                    self.intake.rejected.append((item.id, reason))
                    self.session.add(_reject(item, reason, self.source, self.now))
            self._write()
        self.session.flush()

    def _is_refused(self, item: Item) -> bool:
        if not (self.refusals and item.author):
            return False
        return self.refusals.holds(author_key(item.author, self.app.author_secret), item.platform)

    def _keep(self, item: Item) -> None:
        fresh = self.closed.keep(item, full_text(item))
        self.intake.private += fresh
        self.intake.private_again += not fresh

    def _remember(self, items: list[Item]) -> None:
        self.refusals = refusal_list(self.session)
        self.closed.remember(item for item in items if item.private)
        items = [item for item in items if not item.private]
        keys = [(item.platform, item.id) for item in items]
        keys += [(item.platform, item.parent_id) for item in items if item.parent_id]
        self.known = posts(self.session, keys)
        stored = parts(self.session, [row.id for row in self.known.values()])
        for key, row in self.known.items():
            self.words[key] = {part.brand: part.own_words for part in stored.get(row.id, ())}
            self.brands[key] = set(self.words[key])

    def _take(self, item: Item) -> None:
        text, key = full_text(item), (item.platform, item.id)
        if key in self.known:
            self._again(self.known[key], item, text)
            return
        hits = self.app.matcher.match(text)
        brands = {hit.brand for hit in hits}
        parent = (item.platform, item.parent_id or "")
        brands |= self.brands.get(parent, set())
        lost = parent not in self.known or self.known[parent].state == "orphan"
        if not brands and not (item.parent_id and lost):
            self.intake.unmatched += 1
            return
        row = _row(self.app, item, text, self.now, self.source, self.authority)
        # Its original may still come, within the lateness window; upkeep forgets the rest.
        row.state = "new" if brands else "orphan"
        self.intake.new += bool(brands)
        self.intake.waiting += not brands
        self.known[key], self.brands[key], self.hits[key] = row, brands, hits
        if is_own_article(item):
            self.own.add(key)
        self.fresh.append(row)

    def _again(self, row: MentionRow, item: Item, text: str) -> None:
        self.intake.again += 1
        self._write()  # the same post may stand twice in one batch
        again(self.app, self.session, row, item, text, self.now)

    def _write(self) -> None:
        """Insert the new rows, then what hangs on them, then reposts that waited for them."""
        self.session.add_all(self.fresh)
        self.session.flush()
        for row in self.fresh:
            self.session.add(_snapshot(row))
            self._attach(row, self.hits[row.platform, row.native_id])
        matched = {(row.platform, row.native_id) for row in self.fresh if row.state == "new"}
        self.fresh = []
        self._adopt(matched)

    def _attach(self, row: MentionRow, hits: list[Hit]) -> None:
        original = self.words.get((row.platform, row.parent_id or ""), {})
        key = (row.platform, row.native_id)
        own = self.brands[key] if key in self.own else self.voice.brands(row)
        self.words[key] = attach(self.session, row, self.brands[key], hits, original, own)

    def _adopt(self, parents: set[PostKey]) -> None:
        """Give waiting reposts the brands of their original, and so on down the chain."""
        while parents:
            children = orphans(self.session, parents)
            for child in children:
                key = (child.platform, child.native_id)
                self.brands[key] = self.brands[(child.platform, child.parent_id or "")]
                child.state = "new"
                self._attach(child, [])
            self.intake.new += len(children)
            self.session.flush()
            parents = {(child.platform, child.native_id) for child in children}


def _reject(item: Item, reason: str, source: str, now: datetime) -> RejectRow:
    # What a customer told us in private is written nowhere in the clear, refused or not.
    text = "" if item.private else mask(clean(f"{item.title}\n{item.text}"))[:2000]
    return RejectRow(at=now, source=source, place=item.id, reason=reason, text=text)


def full_text(item: Item) -> str:
    """Title and text of an item, cleaned and masked; a title the text repeats appears once."""
    page = len(item.text) > PAGE_LENGTH
    title, text = clean(item.title), (clean_page if page else clean)(item.text)
    joined = text if title and text.startswith(title) else f"{title}\n{text}".strip()
    return mask(joined)


def _row(app: App, item: Item, text: str, now: datetime, source: str, authority: str) -> MentionRow:
    observed = item.observed_at or now
    author = author_key(item.author, app.author_secret) if item.author else None
    return MentionRow(
        platform=item.platform,
        native_id=item.id,
        source=source,
        authority=authority,
        url=mask(item.url) if item.url else None,
        title=mask(clean(item.title))[:300],
        text=text,
        signature=signature_to_text(signature(text)),
        author_key=author,
        followers=item.author_followers,
        verified=item.author_verified,
        parent_id=item.parent_id,
        published_at=item.published_at or observed,
        observed_at=observed,
        stored_at=now,
        views=item.views,
        likes=item.likes,
        comments=item.comments,
        reposts=item.reposts,
        heat=item.heat,
    )


def _snapshot(row: MentionRow) -> SnapshotRow:
    counters = {name: getattr(row, name) for name in COUNTERS}
    return SnapshotRow(mention_id=row.id, observed_at=row.observed_at, **counters)


def again(
    app: App, session: Session, row: MentionRow, item: Item, text: str, now: datetime
) -> None:
    """Take over newer counters and edits of a post that is known already."""
    observed = item.observed_at or now
    if row.gone_at is not None and observed > row.gone_at:
        row.gone_at = None  # it is there again
    # A crawler that saw nothing new but the counters sends the feed's short text along.
    edited = text != row.text and not item.raw.get("counters_only") and _is_whole(item, row)
    if edited and observed >= row.observed_at:
        row.edited_at = now
        _edit(app, session, row, item, text)
    read = {name: getattr(item, name) for name in COUNTERS if getattr(item, name) is not None}
    if not read or session.get(SnapshotRow, (row.id, observed)) is not None:
        return
    session.add(SnapshotRow(mention_id=row.id, observed_at=observed, **read))
    if observed >= row.observed_at:
        for name, value in read.items():
            setattr(row, name, value)
        row.observed_at = observed
        _refresh_attention(session, row, now)


def _is_whole(item: Item, row: MentionRow) -> bool:
    """Whether a text read again is no teaser; the feed's words were fuller than such a page."""
    return not item.raw.get("looked_again") or len(item.text) >= FULLER * len(row.text)


def _edit(app: App, session: Session, row: MentionRow, item: Item, text: str) -> None:
    """Take over an edited text; it is judged anew, what was decided stays decided."""
    row.text, row.signature = text, signature_to_text(signature(text))
    row.title = mask(clean(item.title))[:300]
    own = OwnVoice(app.settings.brands, app.author_secret).brands(row)
    if restate(session, row, app.matcher.match(text), own):
        row.state = "new"  # a repost that waits for its original goes on waiting


def _refresh_attention(session: Session, row: MentionRow, now: datetime) -> None:
    found = select(BrandMentionRow).where(BrandMentionRow.mention_id == row.id)
    for one in session.scalars(found):
        one.attention = 0.0 if one.own else attention_of(row)
        if one.topic_id is not None:
            topic = session.get_one(TopicRow, one.topic_id)
            topic.check_at = min(topic.check_at or now, now)
