"""Finds texts that say the same, so that none is learnt from and measured with at once."""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from itertools import chain, pairwise
from math import ceil

from sentiment.text.normalize import URL, USER, normalize
from sentiment.text.tokenizer import IN_WORDS

# Share of the words and pairs of words that two texts have in common for them to be near. One word
# changed in fifteen gives 0.81, two give 0.66.
SIMILARITY = 0.75

_NO_WORD = re.compile(rf"{USER}|{URL}|\brt\b|[^{IN_WORDS}]")


def key(text: str) -> str:
    """Return the words of a text, without handles, links, case and punctuation.

    A text of no words, such as a lone link, is its own key.
    """
    return " ".join(_NO_WORD.sub(" ", normalize(text)).split()) or text


def first_of_each(keys: Iterable[str]) -> list[int]:
    """Return the places of the keys that come for the first time."""
    first: dict[str, int] = {}
    for place, each in enumerate(keys):
        first.setdefault(each, place)
    return list(first.values())


def near(keys: Iterable[str], held_out: Iterable[str]) -> list[int]:
    """Return the places of the `keys` that are the same as, or near to, one `held_out`.

    Two keys are near when the Jaccard similarity of their words and pairs of words reaches
    `SIMILARITY`. No such pair is missed: with shingles sorted by how rare they are, two near texts
    share one of the first few (prefix filtering; Bayardo, Ma and Srikant, "Scaling up all pairs
    similarity search", WWW 2007), so that only those are looked up.
    """
    held_out_shingles = [_shingles(each) for each in held_out]
    frequency = Counter(chain.from_iterable(held_out_shingles))
    holders: dict[Hashable, list[int]] = defaultdict(list)
    for place, shingles in enumerate(held_out_shingles):
        for shingle in _rarest(shingles, frequency):
            holders[shingle].append(place)

    def is_near(shingles: frozenset[Hashable]) -> bool:
        rare = _rarest(shingles, frequency)
        candidates = {place for shingle in rare for place in holders.get(shingle, ())}
        return any(
            _similarity(shingles, held_out_shingles[place]) >= SIMILARITY for place in candidates
        )

    return [place for place, each in enumerate(keys) if is_near(_shingles(each))]


def _shingles(key: str) -> frozenset[Hashable]:
    words = key.split()
    return frozenset([*words, *pairwise(words)])


def _rarest(shingles: frozenset[Hashable], frequency: Counter[Hashable]) -> list[Hashable]:
    """Return those of which two near texts share at least one."""
    enough = len(shingles) - ceil(SIMILARITY * len(shingles)) + 1
    # The hash makes one order of all shingles where they are equally rare.
    return sorted(shingles, key=lambda shingle: (frequency[shingle], hash(shingle)))[:enough]


def _similarity(one: frozenset[Hashable], other: frozenset[Hashable]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common)
