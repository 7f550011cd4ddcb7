"""Finds texts that say the same, so that none is learnt from and measured with at once."""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import pairwise
from math import ceil

from sentiment.normalize import URL, USER, normalize

# Share of the words and pairs of words that two texts have in common for them to be near. One word
# changed in fifteen gives 0.81, two give 0.66.
SIMILARITY = 0.75

_NO_WORD = re.compile(rf"{USER}|{URL}|\brt\b|[^\w]+")


def key(text: str) -> str:
    """Returns the words of a text, without handles, links, case and punctuation."""
    return " ".join(_NO_WORD.sub(" ", normalize(text)).split())


def first_of_each(texts: Iterable[str]) -> list[int]:
    """Returns the places of the texts that say something for the first time.

    A text of no words, such as a lone link, is compared as it stands.
    """
    first: dict[str, int] = {}
    for place, text in enumerate(texts):
        first.setdefault(key(text) or text, place)
    return list(first.values())


def near(texts: Sequence[str], held_out: Sequence[str]) -> list[int]:
    """Returns the places of the `texts` that are the same as, or near to, one of `held_out`.

    Two texts are near when the Jaccard similarity of their words and pairs of words reaches
    `SIMILARITY`. No such pair is missed: sorted by how rare their shingles are, two near texts
    share one of the first few (prefix filtering; Bayardo, Ma and Srikant, "Scaling up all pairs
    similarity search", WWW 2007), so that only those are looked up.
    """
    shingles_held_out = [_shingles(text) for text in held_out]
    frequency = Counter(shingle for shingles in shingles_held_out for shingle in shingles)
    holders: dict[Hashable, list[int]] = defaultdict(list)
    for place, shingles in enumerate(shingles_held_out):
        for shingle in _rarest(shingles, frequency):
            holders[shingle].append(place)

    def is_near(shingles: frozenset[Hashable]) -> bool:
        candidates = {
            place for shingle in _rarest(shingles, frequency) for place in holders.get(shingle, ())
        }
        return any(
            _similarity(shingles, shingles_held_out[place]) >= SIMILARITY for place in candidates
        )

    return [place for place, text in enumerate(texts) if is_near(_shingles(text))]


def _shingles(text: str) -> frozenset[Hashable]:
    words = key(text).split() or [text]
    return frozenset([*words, *pairwise(words)])


def _rarest(shingles: frozenset[Hashable], frequency: Counter[Hashable]) -> Iterator[Hashable]:
    """Returns those of which two near texts share at least one."""
    enough = len(shingles) - ceil(SIMILARITY * len(shingles)) + 1
    # The hash makes one order of all shingles where they are equally rare.
    return iter(sorted(shingles, key=lambda shingle: (frequency[shingle], hash(shingle)))[:enough])


def _similarity(one: frozenset[Hashable], other: frozenset[Hashable]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common)
