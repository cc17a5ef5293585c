"""Points: one wording of one brand over a stretch of time, however often it was copied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.prediction import RISK_CODES
from monitor.clustering.item import ClusterItem
from monitor.clustering.strand import Order, Strand
from monitor.text.features import event_keys
from monitor.text.shelf_keys import Key, band_keys
from monitor.text.signature import Signature
from monitor.text.telling import rarity, without_names

# Weights beside those of telling words (0.5 to 6): a kind of happening tells most, a number less,
# a party or a department («孩子», «急诊») hardly anything by itself.
_HAPPENING, _NUMBER, _PARTY = 5.0, 3.0, 1.5
# What two posts allege says as much as a number; alone it makes nothing one event.
CODE = 3.0
# Sums of whole tenths are the same in any order.
TENTHS = 10


@dataclass(eq=False, slots=True)
class Point:
    """Copies of one wording, each within the window of the next, and where they belong."""

    wording: Key
    signature: Signature
    codes: int
    """A bit a risk code."""
    main: bool
    weights: Mapping[str, int]
    """What it tells, each with its weight in tenths."""
    keys: tuple[Key, ...]
    """Shelves: whoever shares one tells of the same event."""
    bands: tuple[Key, ...]
    strand: Strand
    id: int | str
    low: int
    high: int
    """Its first and last copy, in microseconds."""
    slot: int = -1

    @property
    def tie(self) -> int:
        """A number that two wordings hardly share: it settles what nothing else does."""
        return int(self.signature.exact, 16) >> 2

    def near(self, other: Point, window: int) -> bool:
        """Whether some copy of one lies within the window of some copy of the other."""
        return self.low - other.high <= window and other.low - self.high <= window

    def holds(self, at: int, window: int) -> bool:
        """Whether a copy at this moment is within the window of another."""
        return self.low - at <= window and at - self.high <= window


def point(item: ClusterItem) -> Point:
    """Make the point of a mention that speaks for itself."""
    at = micros(item.at)
    return Point(
        wording=wording(item),
        signature=item.signature,
        codes=sum(1 << RISK_CODES.index(code) for code in set(item.codes) & set(RISK_CODES)),
        main=is_main(item),
        weights=_weights(item),
        keys=tuple(_event_shelves(item)),
        bands=tuple(band_keys(item.brand, item.signature)),
        strand=Strand(order(item), ""),
        id=item.id,
        low=at,
        high=at,
    )


def wording(item: ClusterItem) -> Key:
    """What two mentions must share to be one point: all that any link is found by."""
    told = item.signature.features if item.parent_id is None else ()
    return (item.signature.exact, is_main(item), *item.codes, "", *item.names, "", *told)


def is_main(item: ClusterItem) -> bool:
    """Whether the mention alleges a case with particulars of its own."""
    return item.particular and bool(item.codes)


def order(item: ClusterItem) -> Order:
    """The mention's place in the one order of all."""
    return (item.at, item.platform, item.native_id)


def micros(at: datetime) -> int:
    """An instant as a whole number: comparisons are exact and the same both ways."""
    return round(at.timestamp() * 1e6)


def _weights(item: ClusterItem) -> dict[str, int]:
    """The weight of all that a post tells; a repost's comment tells nothing by itself."""
    if item.parent_id is not None:
        return {}
    told = item.signature.features
    words = without_names((one[1:] for one in told if one[0] == "~"), item.names)
    weights = {f"~{word}": rarity(word) for word in words}
    for one in told:
        if one[0] != "~":
            weights[one] = {"!": _HAPPENING, "#": _NUMBER}.get(one[0], _PARTY)
    weights |= {f"={code}": CODE for code in item.codes}
    return {one: round(weight * TENTHS) for one, weight in weights.items()}


def _event_shelves(item: ClusterItem) -> list[Key]:
    if item.parent_id is not None:
        return []
    plain = tuple(one for one in item.signature.features if one[0] != "~")
    return [("e", item.brand, *key) for key in sorted(event_keys(plain, item.codes))]
