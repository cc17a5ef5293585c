"""Groups a brand's mentions into topics: reposts, copies, other words on the event, remarks on it.

Links depend on two mentions alone, so what hangs together is the same in any order of arrival.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import NamedTuple

from monitor.clustering.arrival import Arrival, Link
from monitor.clustering.item import Assignment, ClusterItem
from monitor.clustering.point import Point, micros, order, point, wording
from monitor.clustering.shelves import Found, Shelves
from monitor.clustering.strand import BY_HAND, Strand, settle
from monitor.text.shelf_keys import Key
from monitor.text.signature import MINHASH_FROM

# Shorter texts («太可怕了», «怎么回事») are everybody's words; equal ones are no copies.
_EXACT_FROM = 8
# Beyond these the oldest leave first; a parent whose name has left is found in the store.
MOST_NAMES, MOST_POINTS = 300_000, 40_000


class _Known(NamedTuple):
    """What is known of a post by its name; without an id only its reposts have been seen."""

    strand: Strand
    at: int
    id: int | str | None


class TopicIndex:
    """Live mentions in memory; old ones leave it by time, and the oldest when it is full."""

    def __init__(
        self,
        window: timedelta = timedelta(hours=72),
        *,
        most_names: int = MOST_NAMES,
        most_points: int = MOST_POINTS,
    ) -> None:
        """Start empty; mentions farther apart than the window join only by repost."""
        self._window = window // timedelta(microseconds=1)
        self._most_names, self._most_points = most_names, most_points
        self._names: OrderedDict[Key, _Known] = OrderedDict()
        self._shelves: dict[str, Shelves] = {}
        self._ages: list[tuple[int, int, Point, str]] = []
        self._added = 0
        self._strands: dict[tuple[str, str], Strand] = {}

    def __len__(self) -> int:
        """Posts known by name."""
        return len(self._names)

    @property
    def points(self) -> int:
        """Wordings in memory."""
        return sum(shelves.count for shelves in self._shelves.values())

    def assign(self, item: ClusterItem) -> Assignment:
        """Return the topic of a mention; a mention that is known already keeps its place."""
        known = self._names.get(_name(item))
        if known is not None and known.id is not None:
            strand = known.strand.root()
            return Assignment(strand.topic().key, strand.key, "exact", known.id)
        return self._place(item, None)

    def restore(self, item: ClusterItem, strand: Strand) -> Assignment:
        """Take in a stored mention under the strand that it had; nothing else moves."""
        root = strand.root()
        if root.key == topic_key(item):
            root.first = order(item)  # it is the strand's first mention: now its place is exact
        return self._place(item, strand)

    def strand(
        self, brand: str, key: str, first_at: datetime, *, main: bool = False, topic: str = ""
    ) -> Strand:
        """The stored strand of a key, made if it is new; `topic` is the key of its topic."""
        made = Strand((first_at, "", ""), key)
        strand = self._strands.setdefault((brand, key), made).root()
        strand.main = strand.main or main
        if topic not in {"", key} and strand.anchor is None:
            strand.anchor = self.strand(brand, topic, first_at)
        return strand

    def hang(self, child: Strand, parent: Strand) -> None:
        """Make a strand part of another's topic because a person said so."""
        one, there = child.root(), parent.topic()
        if one is not there:
            one.anchor, one.score = there, BY_HAND

    def part(self, one: Strand, other: Strand) -> None:
        """Keep two strands apart because a person said so."""
        one.root().apart.append(other.root())
        other.root().apart.append(one.root())

    def recall(self, item: ClusterItem, strand: Strand) -> None:
        """Know a stored post by name again, so that its reposts find it."""
        self._names[_name(item)] = _Known(strand, micros(item.at), item.id)

    def knows(self, brand: str, platform: str, native_id: str) -> bool:
        """Whether a post is known by name."""
        return (brand, platform, native_id) in self._names

    def expire(self, before: datetime) -> int:
        """Forget what was last seen before this moment; returns how many wordings have left."""
        limit, count = micros(before), 0
        while self._ages and (self._ages[0][0] < limit or self.points > self._most_points):
            count += self._age(limit)
        while self._names and self._name_leaves(limit):
            self._names.popitem(last=False)
        self._strands = {k: s for k, s in self._strands.items() if s.into is None}
        return count

    def _name_leaves(self, limit: int) -> bool:
        oldest = next(iter(self._names.values()))
        return oldest.at < limit or len(self._names) > self._most_names

    def _age(self, limit: int) -> bool:
        """Forget the oldest point, or put it back in line if it has been copied since."""
        seen, _, one, brand = heappop(self._ages)
        if one.high > max(seen, limit - 1):
            self._queue(one, brand)
            return False
        shelves = self._shelves[brand]
        shelves.remove(one)
        if not shelves.count:
            del self._shelves[brand]
        return True

    def _queue(self, one: Point, brand: str) -> None:
        self._added += 1
        heappush(self._ages, (one.high, self._added, one, brand))

    def _place(self, item: ClusterItem, stored: Strand | None) -> Assignment:
        """Link a mention to all that it belongs to, and make one strand of those."""
        links, remarks, one = [*self._family(item)], [], None
        if _speaks_for_itself(item):
            one, found = self._point(item, links)
            remarks = found.remarks
            links += [Link("near", other.strand, other.id) for other in found.near]
            links += [Link("event", other.strand, other.id) for other in found.event]
        own = Strand(order(item), topic_key(item))
        arrival = Arrival(own, stored, links)
        if one is not None:
            self._shelve(item.brand, one, own.root())
            arrival.hang(one, remarks)
        self._remember(item, own.root())
        return arrival.assignment()

    def _family(self, item: ClusterItem) -> Iterator[Link]:
        """Link to the parent at any distance in time, and to own reposts that came before."""
        for name in _family_names(item):
            known = self._names.get(name)
            if known is not None:
                own = name == _name(item)
                yield Link("new" if own else "repost", known.strand, known.id)

    def _point(self, item: ClusterItem, links: list[Link]) -> tuple[Point, Found]:
        """Find the mention's point among copies, or make it, and what it newly reaches."""
        at = micros(item.at)
        shelves = self._shelves.setdefault(item.brand, Shelves(self._window))
        copies = [one for one in shelves.same(wording(item)) if one.holds(at, self._window)]
        links += [Link("exact", one.strand, one.id) for one in copies]
        if not copies:
            one = point(item)
            return one, shelves.find(one)
        one = copies[0]
        return one, shelves.find(one) if shelves.stretch(one, at) else Found()

    def _shelve(self, brand: str, one: Point, strand: Strand) -> None:
        """Put a new point in its place once it is known where it belongs."""
        strand.main = strand.main or one.main
        settle(strand)
        if one.slot < 0:
            one.strand = strand
            self._shelves[brand].add(one)
            self._queue(one, brand)

    def _remember(self, item: ClusterItem, strand: Strand) -> None:
        at = micros(item.at)
        self._names[_name(item)] = _Known(strand, at, item.id)
        for name in _family_names(item):
            known = self._names.get(name, _Known(strand, at, None))
            self._names[name] = known._replace(at=max(at, known.at))
            self._names.move_to_end(name)


def topic_key(item: ClusterItem) -> str:
    """Derive a topic's key from its first mention: the same in every run."""
    name = f"{item.brand}\x1f{item.platform}\x1f{item.native_id}"
    return hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=8).hexdigest()


def _name(item: ClusterItem) -> Key:
    return (item.brand, item.platform, item.native_id)


def _speaks_for_itself(item: ClusterItem) -> bool:
    """Say whether the wording counts: a repost's short comment belongs to its parent alone."""
    enough = _EXACT_FROM if item.parent_id is None else MINHASH_FROM
    return item.signature.length >= enough


def _family_names(item: ClusterItem) -> list[Key]:
    """Give the names of the post that this one passes on, and its own."""
    ids = (item.parent_id, item.native_id) if item.parent_id else (item.native_id,)
    return [(item.brand, item.platform, one) for one in dict.fromkeys(ids)]
