"""Groups a brand's mentions into topics: reposts, copies, and other words on the same event."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Literal

from monitor.text.features import event_keys
from monitor.text.shelf_keys import Key, band_keys, is_near
from monitor.text.signature import (
    MINHASH_FROM,
    Signature,
    signature,
    signature_from_text,
    signature_to_text,
    similarity,
)

__all__ = [
    "Assignment",
    "ClusterItem",
    "Signature",
    "TopicIndex",
    "signature",
    "signature_from_text",
    "signature_to_text",
    "similarity",
]

How = Literal["repost", "exact", "near", "event", "new"]
_Order = tuple[datetime, str, str]
_STRENGTH: tuple[How, ...] = ("repost", "exact", "near", "event")

# Shorter texts («太可怕了», «怎么回事») are everybody's words; equal ones are no copies.
_EXACT_FROM = 8


@dataclass(frozen=True, slots=True)
class ClusterItem:
    """One mention of one brand, as the index needs it."""

    id: int | str
    brand: str
    platform: str
    native_id: str
    parent_id: str | None
    signature: Signature
    at: datetime
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """The topic of a mention, the strongest reason, and topics that turned out to be the same.

    `of` is the mention that gave the reason. Every pair of `merged` says: rows of the first topic
    key now belong to the second.
    """

    topic_key: str
    how: How
    of: int | str | None = None
    merged: tuple[tuple[str, str], ...] = ()


@dataclass(eq=False, slots=True)
class _Topic:
    """A set of mentions; the earliest one gives the key, whatever came first."""

    first: _Order
    key: str
    into: _Topic | None = None


@dataclass(eq=False, slots=True)
class _Entry:
    """A mention in memory."""

    order: _Order
    item: ClusterItem
    topic: _Topic


class TopicIndex:
    """Live mentions on shelves; who shares a shelf shares a topic, in any order of arrival."""

    def __init__(self, window: timedelta = timedelta(hours=72)) -> None:
        """Start empty; mentions farther apart than the window join only by repost."""
        self._window = window
        self._entries: dict[Key, _Entry] = {}
        self._shelves: dict[Key, list[_Entry]] = {}
        self._bands: dict[Key, dict[Key, Signature]] = {}
        self._ages: list[tuple[_Order, Key]] = []
        self._restored: dict[str, _Topic] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def assign(self, item: ClusterItem) -> Assignment:
        """Return the topic of a mention; a mention that is known already keeps its place."""
        own = _Topic((item.at, item.platform, item.native_id), _topic_key(item))
        return self._place(item, own, published=False)

    def restore(self, item: ClusterItem, topic_key: str, first_at: datetime) -> Assignment:
        """Take in a stored mention under the topic it had, with the time of its first mention."""
        topic = self._restored.setdefault(topic_key, _Topic((first_at, "", ""), topic_key))
        return self._place(item, topic, published=True)

    def expire(self, before: datetime) -> int:
        """Forget mentions published before this moment (now, less window and lateness)."""
        count = 0
        while self._ages and self._ages[0][0][0] < before:
            self._forget(self._entries.pop(heappop(self._ages)[1]))
            count += 1
        if count:
            live = {id(_root(entry.topic)) for entry in self._entries.values()}
            self._restored = {k: t for k, t in self._restored.items() if id(_root(t)) in live}
        return count

    def _place(self, item: ClusterItem, own: _Topic, *, published: bool) -> Assignment:
        """Shelve a mention and join its topic with those of its neighbours."""
        name = _name(item)
        known = self._entries.get(name)
        if known is not None:
            return Assignment(_root(known.topic).key, "exact", known.item.id)
        entry = _Entry((item.at, item.platform, item.native_id), item, own)
        links = [*self._links(entry)]
        self._entries[name] = entry
        heappush(self._ages, (entry.order, name))
        return _joined(entry, links, published=published)

    def _links(self, entry: _Entry) -> Iterator[tuple[How, _Entry]]:
        """Shelve a mention under all its keys and yield its neighbours there."""
        item = entry.item
        yield from self._family(entry)
        if _speaks_for_itself(item):
            yield from (("exact", one) for one in self._shelve(_exact_key(item), entry))
            yield from (("near", one) for one in self._near(entry))
            for key in _event_shelves(item):
                yield from (("event", one) for one in self._shelve(key, entry))

    def _family(self, entry: _Entry) -> Iterator[tuple[How, _Entry]]:
        """Join the parent and its other reposts at any distance in time, and own reposts."""
        for key in _family_keys(entry.item):
            shelf = self._shelves.setdefault(key, [])
            parent = self._entries.get(key[1:])
            if shelf:
                how: How = "new" if key[1:] == _name(entry.item) else "repost"
                yield how, parent or shelf[0]
            shelf.append(entry)

    def _shelve(self, key: Key, entry: _Entry) -> list[_Entry]:
        """Put a mention in its place in time and give its neighbours within the window.

        Neighbours are enough: two on one shelf within the window are linked through those between.
        """
        shelf = self._shelves.setdefault(key, [])
        place = bisect_left(shelf, entry.order, key=_order)
        near = self._within(entry, shelf, place)
        shelf.insert(place, entry)
        return near

    def _near(self, entry: _Entry) -> Iterator[_Entry]:
        """Yield the mentions next in time among each near-duplicate wording."""
        item = entry.item
        own = _exact_key(item)
        seen = {own}
        for band in band_keys(item.brand, item.signature):
            bucket = self._bands.setdefault(band, {})
            for key, other in bucket.items():
                if key not in seen and is_near(item.signature, other):
                    shelf = self._shelves[key]
                    yield from self._within(
                        entry, shelf, bisect_left(shelf, entry.order, key=_order)
                    )
                seen.add(key)
            bucket[own] = item.signature

    def _within(self, entry: _Entry, shelf: list[_Entry], place: int) -> list[_Entry]:
        """Give the entries before and after a place that are near enough in time."""
        beside = shelf[max(0, place - 1) : place + 1]
        return [one for one in beside if abs(one.item.at - entry.item.at) <= self._window]

    def _forget(self, entry: _Entry) -> None:
        """Take a mention off all shelves, and its wording out of the buckets with the last one."""
        item = entry.item
        for key in _family_keys(item):
            self._unshelve(key, entry)
        if not _speaks_for_itself(item):
            return
        for key in (_exact_key(item), *_event_shelves(item)):
            self._unshelve(key, entry)
        if _exact_key(item) not in self._shelves:
            self._drop_wording(item)

    def _unshelve(self, key: Key, entry: _Entry) -> None:
        shelf = self._shelves[key]
        shelf.remove(entry)
        if not shelf:
            del self._shelves[key]

    def _drop_wording(self, item: ClusterItem) -> None:
        for band in band_keys(item.brand, item.signature):
            bucket = self._bands[band]
            bucket.pop(_exact_key(item), None)
            if not bucket:
                del self._bands[band]


def _joined(entry: _Entry, links: list[tuple[How, _Entry]], *, published: bool) -> Assignment:
    """Join the topics of all neighbours; report the strongest reason and the keys that moved."""
    keys = {_root(other.topic).key for _, other in links}
    keys |= {_root(entry.topic).key} if published else set()
    for _, neighbour in links:
        _join(entry.topic, neighbour.topic)
    final = _root(entry.topic).key
    reasons = [link for link in links if link[0] != "new"]
    merged = tuple((key, final) for key in sorted(keys - {final}))
    if not reasons:
        return Assignment(final, "new", merged=merged)
    how, other = min(reasons, key=lambda link: _STRENGTH.index(link[0]))
    return Assignment(final, how, other.item.id, merged)


def _join(a: _Topic, b: _Topic) -> None:
    """Make the topic with the later first mention part of the other."""
    one, other = _root(a), _root(b)
    if one is not other:
        first, later = sorted((one, other), key=lambda topic: topic.first)
        later.into = first


def _root(topic: _Topic) -> _Topic:
    """Find the topic that this one has become part of, and shorten the way there."""
    while topic.into is not None:
        if topic.into.into is not None:
            topic.into = topic.into.into
        topic = topic.into
    return topic


def _order(entry: _Entry) -> _Order:
    return entry.order


def _name(item: ClusterItem) -> Key:
    return (item.brand, item.platform, item.native_id)


def _topic_key(item: ClusterItem) -> str:
    """Derive a topic's key from its first mention: the same in every run."""
    name = f"{item.brand}\x1f{item.platform}\x1f{item.native_id}"
    return hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=8).hexdigest()


def _speaks_for_itself(item: ClusterItem) -> bool:
    """Say whether the wording counts: a repost's short comment belongs to its parent alone."""
    enough = _EXACT_FROM if item.parent_id is None else MINHASH_FROM
    return item.signature.length >= enough


def _family_keys(item: ClusterItem) -> Iterable[Key]:
    """Give the shelf of the mention's own reposts, and before it that of its parent."""
    ids = (item.parent_id, item.native_id) if item.parent_id else (item.native_id,)
    return [("r", item.brand, item.platform, one) for one in dict.fromkeys(ids)]


def _exact_key(item: ClusterItem) -> Key:
    return ("x", item.brand, item.signature.exact)


def _event_shelves(item: ClusterItem) -> list[Key]:
    """Give the event keys of a mention that starts from itself, in a fixed order."""
    if item.parent_id is not None:
        return []
    keys = event_keys(item.signature.features, item.codes)
    return [("e", item.brand, *key) for key in sorted(keys)]
