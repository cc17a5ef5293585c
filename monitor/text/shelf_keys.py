"""The keys under which the topic index shelves a text: texts that share one may be one topic."""

from __future__ import annotations

from monitor.text.signature import MINHASH_FROM, Signature, minhash_jaccard

Key = tuple[str | int, ...]

# Below this simhash sees too few shingles: three of 64 bits may be half of the words.
_SIMHASH_FROM = 12
# Above it MinHash alone judges; between the two both may speak.
_SIMHASH_UP_TO = 60
_MOST_BITS_APART = 3
_NEAR_JACCARD = 0.7
# 16 bands of 4: a pair at Jaccard 0.7 meets in some band with probability 0.99.
_BAND = 4
# Four quarters: with three bits apart at least one quarter is equal.
_QUARTERS = (0, 16, 32, 48)


def band_keys(brand: str, text: Signature) -> list[Key]:
    """Return the buckets in which near-duplicates of this text meet."""
    keys: list[Key] = []
    if _SIMHASH_FROM <= text.length <= _SIMHASH_UP_TO:
        keys += [(brand, "s", shift, text.simhash >> shift & 0xFFFF) for shift in _QUARTERS]
    for start in range(0, len(text.minhash), _BAND):
        keys.append((brand, "m", start, *text.minhash[start : start + _BAND]))
    return keys


def is_near(a: Signature, b: Signature) -> bool:
    """Say whether two texts are near-duplicates, by simhash for short ones, else by MinHash."""
    lengths = (a.length, b.length)
    if min(lengths) >= _SIMHASH_FROM and max(lengths) <= _SIMHASH_UP_TO:
        close = (a.simhash ^ b.simhash).bit_count() <= _MOST_BITS_APART
    else:
        close = False
    return close or (min(lengths) >= MINHASH_FROM and minhash_jaccard(a, b) >= _NEAR_JACCARD)
