"""Finds all pairs of texts that are nearly the same, among hundreds of thousands.

Two texts are near when the Jaccard similarity of their words and pairs of words ("shingles")
reaches `SIMILARITY`. No such pair is missed: with shingles sorted by how rare they are, two near
texts share enough of the first few (prefix filtering; Xiao, Wang, Lin, Yu and Wang, "Efficient
similarity joins for near-duplicate detection", TODS 2011). Only those are held in memory.

On one core, all near pairs of 49,416 tweets take 2 s; those of 494,160 texts made of these, with
three words in ten replaced, 44 s and 640 MB; of 10,000 texts of 840 words, 12 s and 920 MB.
Of texts of one template each shares its rarest shingles with all, so that time grows with the
square of their number: clusters of 20,000 such posts take 6 s.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

# One word changed in fifteen gives 0.81, two give 0.66.
SIMILARITY = 0.75

# Texts and words whose shingles are sorted at once, which takes some 20 MB.
_TEXT_BITS = 14
_WORDS_AT_ONCE = 250_000
# A shingle is a hash of so many bits, which leave room for the text's number and for how frequent
# the shingle is, so that plain numbers are sorted. Among 10 million shingles some three pairs have
# one hash, and then texts are looked at in vain.
_HASH_BITS = 44
_LEVEL_BITS = 64 - _TEXT_BITS - _HASH_BITS
_HASH = np.uint64((1 << _HASH_BITS) - 1)
# Shingles are counted by at most this many bits of their hashes. A shingle that is taken for a more
# frequent one costs time, never a pair: any order does, so long as it is the same for all texts.
_MOST_COUNTED_BITS = 24
_MIX = tuple(np.uint64(odd) for odd in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))


class _Prefixes(NamedTuple):
    """The rarest shingles of each text that another text has among its rarest, too.

    In runs of the same shingle, each in order of the texts.

    Attributes:
        texts: Place of the text: int32 (entries,).
        ends: Where the run of each entry ends: int64 (entries,).
        sizes: Different shingles of each text: int64 (texts,).
    """

    texts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]


def near(keys: Sequence[str], held_out: Sequence[str]) -> list[int]:
    """Return the places of the `keys` that are the same as, or near to, one `held_out`."""
    if not keys or not held_out:
        return []
    every = [*keys, *held_out]
    found = np.zeros(len(keys), bool)
    for one, others in _candidates(every, len(keys)):
        if not found[one]:
            found[one] = any(_similar(every[one], every[other]) for other in others)
    return np.flatnonzero(found).tolist()


def clusters(keys: Sequence[str]) -> list[int]:
    """Return for each key the place of the first that it is near to, directly or through others."""
    if not keys:
        return []
    cluster = np.arange(len(keys))
    members: dict[int, list[int]] = {}
    for one, others in _candidates(keys, joined=cluster):
        for other in others:
            mine, its = int(cluster[one]), int(cluster[other])
            if mine != its and _similar(keys[one], keys[other]):
                small, large = sorted((mine, its), key=lambda each: len(members.get(each, ())))
                moved = members.pop(small, [small])
                cluster[moved] = large
                members.setdefault(large, [large]).extend(moved)
    first: dict[int, int] = {}
    return [first.setdefault(each, place) for place, each in enumerate(cluster.tolist())]


def _candidates(
    keys: Sequence[str], first_held_out: int = 0, joined: npt.NDArray[np.int64] | None = None
) -> Iterator[tuple[int, list[int]]]:
    """Yield a text, and others after it that may be near to it; each near pair is among them.

    With `first_held_out`, the others are from that place on, and the text is before it. `joined`
    has one number for texts whose nearness is known; they are not paired. It may change meanwhile.
    """
    texts, ends, sizes = _prefixes(keys)
    if first_held_out:
        held_out = np.concatenate([[0], np.cumsum(texts >= first_held_out)])
        entries = np.arange(len(texts))
        begins = ends - (held_out[ends] - held_out[entries])
        kept = (texts < first_held_out) & (begins < ends)
    else:
        begins = np.arange(1, len(texts) + 1)
        kept = begins < ends
    entries = np.flatnonzero(kept)
    entries = entries[np.argsort(texts[entries], kind="stable")]
    starts = np.flatnonzero(np.diff(texts[entries], prepend=-1)).tolist()
    runs = list(zip(begins[entries].tolist(), ends[entries].tolist(), strict=True))
    for start, end in pairwise([*starts, len(entries)]):
        one = int(texts[entries[start]])
        sharing = np.concatenate([texts[begin:stop] for begin, stop in runs[start:end]])
        if joined is not None:
            sharing = sharing[joined[sharing] != joined[one]]
        others, shared = np.unique(sharing, return_counts=True)
        enough = others[shared >= _fewest_shared(sizes[one], sizes[others])]
        if len(enough):
            yield one, enough.tolist()


def _fewest_shared(
    size: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return how many of the rarest shingles a text shares with each that is near to it.

    Of the two, let one be that whose prefix ends first in the order of shingles. What they have in
    common is in both prefixes, or behind that one's.
    """
    common = (SIMILARITY / (1 + SIMILARITY)) * (size + sizes)
    behind = np.ceil(SIMILARITY * np.maximum(size, sizes)) - 1
    return np.asarray(common - behind - 1e-6, np.float64)


def _prefixes(keys: Sequence[str]) -> _Prefixes:
    counted_bits = min(_MOST_COUNTED_BITS, sum(map(len, keys)).bit_length())
    counts = np.zeros(1 << counted_bits, np.int32)
    for _, shingles in _shingled(keys):
        np.add.at(counts, _counted(shingles & _HASH, counted_bits), 1)
    # From 0 for those that one text has to at most 31.
    levels = np.ceil(np.log2(np.maximum(counts, 1, dtype=np.float32))).astype(np.uint8)
    sizes = np.zeros(len(keys), np.int64)
    parts = []
    for first, shingles in _shingled(keys):
        hashes = shingles & _HASH
        level = levels[_counted(hashes, counted_bits)].astype(np.uint64) << np.uint64(_HASH_BITS)
        by_rarity = np.sort(
            shingles >> np.uint64(_HASH_BITS) << np.uint64(64 - _TEXT_BITS) | level | hashes
        )
        texts = (by_rarity >> np.uint64(64 - _TEXT_BITS)).astype(np.int32)
        size = np.bincount(texts)
        sizes[first : first + len(size)] = size
        positions = np.arange(len(texts)) - (np.cumsum(size) - size)[texts]
        chosen = positions <= (size - np.ceil(SIMILARITY * size))[texts]
        # What only one text has is shared by none.
        chosen &= (by_rarity >> np.uint64(_HASH_BITS)) % np.uint64(1 << _LEVEL_BITS) > 0
        parts.append((by_rarity[chosen] & _HASH, texts[chosen] + np.int32(first)))
    del counts, levels
    hashes, texts = (np.concatenate(each) for each in zip(*parts, strict=True))
    order = np.argsort(hashes, kind="stable")
    begins = np.flatnonzero(np.diff(hashes[order], prepend=~hashes[:1]))
    lengths = np.diff(begins, append=len(hashes))
    order = order[np.repeat(lengths > 1, lengths)]
    lengths = lengths[lengths > 1]
    return _Prefixes(texts[order], np.repeat(np.cumsum(lengths), lengths), sizes)


def _counted(hashes: npt.NDArray[np.uint64], bits: int) -> npt.NDArray[np.int64]:
    return (hashes >> np.uint64(_HASH_BITS - bits)).astype(np.int64)


def _shingled(keys: Sequence[str]) -> Iterator[tuple[int, npt.NDArray[np.uint64]]]:
    """Yield different shingles of some texts at once, with the place of the first text.

    Each is the number of the text among these, above `_HASH_BITS` of a hash; they are sorted.
    """
    words: list[str] = []
    lengths: list[int] = []
    first = 0
    for place, each in enumerate(keys, start=1):
        split = each.split() or [each]
        words += split
        lengths.append(len(split))
        full = len(words) >= _WORDS_AT_ONCE or len(lengths) >> _TEXT_BITS
        if full or place == len(keys):
            yield first, _hashed(words, lengths)
            words, lengths, first = [], [], place


def _hashed(words: list[str], lengths: list[int]) -> npt.NDArray[np.uint64]:
    one = np.fromiter(map(hash, words), np.int64, len(words)).view(np.uint64)
    text = np.repeat(np.arange(len(lengths), dtype=np.uint64), lengths) << np.uint64(_HASH_BITS)
    pairs = (one[:-1] * _MIX[0] + one[1:]) * _MIX[1]
    pairs ^= pairs >> np.uint64(31)
    within = text[:-1] == text[1:]
    shingles: npt.NDArray[np.uint64] = np.concatenate([one, pairs[within]]) * _MIX[2] >> np.uint64(
        64 - _HASH_BITS
    )
    shingles |= np.concatenate([text, text[1:][within]])
    shingles.sort()
    first = np.append(True, shingles[1:] != shingles[:-1])  # Quicker than np.unique.
    return np.asarray(shingles[first], np.uint64)


def _similar(one: str, other: str) -> bool:
    if one == other:
        return True
    these, those = _shingles(one), _shingles(other)
    common = len(these & those)
    return common >= SIMILARITY * (len(these) + len(those) - common)


@lru_cache(maxsize=1 << 12)
def _shingles(key: str) -> frozenset[str | tuple[str, str]]:
    words = key.split()
    return frozenset([*words, *pairwise(words)])
