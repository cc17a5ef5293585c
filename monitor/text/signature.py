"""Fingerprints of texts for telling copies apart: exact hash, simhash, MinHash, event features."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

import numpy as np
import rensa
from numpy.typing import NDArray

from monitor.text.features import event_features
from monitor.text.repost import strip_repost
from monitor.text.telling import telling_words

Hashes = NDArray[np.uint64]

# Below this many characters MinHash has too few shingles to estimate anything.
MINHASH_FROM = 30
# 64 permutations put two standard errors of a Jaccard of 0.7 at 0.11, for 256 bytes a mention.
_PERMUTATIONS = 64
_SHINGLE = 3
# A shorter text inside a longer one is a copy only when it is long enough to be no stock phrase.
_COPY_FROM = 12
_SEED = 42
# A digest means the same only to the same algorithm of the library and the same segmenter.
_VERSION = f"2.{rensa.RMinHash.ALGORITHM_VERSION}"
_DROPPED = re.compile(r"https?://[!-~]+|@[^\s@::,，。!！?？]{1,30}|\[[^\[\]\s]{1,8}\]")
_GOLDEN, _MIX_A, _MIX_B = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)


@dataclass(frozen=True, slots=True)
class Signature:
    """What is kept of a text's wording: enough to find copies, not enough to read it."""

    exact: str
    length: int
    simhash: int
    minhash: tuple[int, ...]
    features: tuple[str, ...]


def signature(text: str) -> Signature:
    """Return the fingerprints of a cleaned text's own words."""
    words = normalised(text)
    hashes = _shingle_hashes(words)
    return Signature(
        exact=hashlib.blake2b(words.encode(), digest_size=8).hexdigest(),
        length=len(words),
        simhash=_simhash(hashes),
        minhash=_minhash(words) if len(words) >= MINHASH_FROM else (),
        features=_features(strip_repost(text)),
    )


def _features(own: str) -> tuple[str, ...]:
    """What identifies the event, then ~words that tell this story from others."""
    words = (word for word in telling_words(own) if " " not in word)
    return (*event_features(own), *(f"~{word}" for word in words))


def similarity(a_text: str, b_text: str) -> float:
    """Return how much of the shorter wording is in the other, 0 to 1; a text without words is 1.

    A bare repost adds no words of its own, so it counts as a copy of anything.
    """
    a, b = normalised(a_text), normalised(b_text)
    if not a or not b or a == b:
        return 1.0
    a_grams, b_grams = _shingles(a), _shingles(b)
    shared = len(a_grams & b_grams)
    if min(len(a), len(b)) >= _COPY_FROM:
        return shared / min(len(a_grams), len(b_grams))
    return shared / len(a_grams | b_grams)


def normalised(text: str) -> str:
    """Return the author's own letters, digits and characters, without links, names, marks."""
    own = _DROPPED.sub("", strip_repost(text)).casefold()
    return "".join(c for c in own if c.isalnum())


def minhash_jaccard(a: Signature, b: Signature) -> float:
    """Return the estimated Jaccard similarity; 0 where a text is too short for it."""
    if not a.minhash or not b.minhash:
        return 0.0
    return sum(x == y for x, y in zip(a.minhash, b.minhash, strict=True)) / _PERMUTATIONS


def signature_to_text(value: Signature) -> str:
    """Return the signature as one line of ASCII and Chinese feature words for the store."""
    packed = np.array(value.minhash, dtype="<u4").tobytes()
    minhash = base64.b85encode(packed).decode()
    numbers = f"{value.length} {value.simhash:016x}"
    return " ".join((_VERSION, value.exact, numbers, minhash or "-", *value.features))


def signature_from_text(line: str) -> Signature:
    """Return the signature again; raises ValueError for a line of another version or shape."""
    version, exact, length, simhash, minhash, *features = line.split(" ")
    if version != _VERSION:
        raise ValueError(f"signature version {version} is not {_VERSION}: compute it again")
    packed = b"" if minhash == "-" else base64.b85decode(minhash)
    values = tuple(int(one) for one in np.frombuffer(packed, dtype="<u4"))
    return Signature(exact, int(length), int(simhash, 16), values, tuple(features))


def _shingles(words: str) -> set[str]:
    size = min(_SHINGLE, len(words))
    return {words[i : i + size] for i in range(len(words) - size + 1)}


def _shingle_hashes(words: str) -> Hashes:
    """Hash all three-character shingles at once."""
    codes = np.frombuffer(words.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    if len(codes) < _SHINGLE:
        return _mixed(codes)
    joined = (codes[:-2] << np.uint64(42)) ^ (codes[1:-1] << np.uint64(21)) ^ codes[2:]
    return _mixed(np.unique(joined))


def _mixed(values: Hashes) -> Hashes:
    """Spread the bits (splitmix64's finisher); the same on every machine."""
    mixed = values + _GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_A
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_B
    return mixed ^ (mixed >> np.uint64(31))


def _simhash(hashes: Hashes) -> int:
    """Let every shingle vote on each of 64 bits."""
    bits = np.unpackbits(hashes.astype("<u8").view(np.uint8), bitorder="little").reshape(-1, 64)
    majority = bits.sum(axis=0, dtype=np.int64) * 2 > len(hashes)
    return int.from_bytes(np.packbits(majority, bitorder="little").tobytes(), "little")


def _minhash(words: str) -> tuple[int, ...]:
    """Give the MinHash of all shingles; seed and algorithm fix it on every machine."""
    sketch = rensa.RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
    sketch.update([words[i : i + _SHINGLE] for i in range(len(words) - _SHINGLE + 1)])
    return tuple(sketch.digest())
