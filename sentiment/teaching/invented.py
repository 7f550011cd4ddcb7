"""Texts that nobody wrote, made of pieces of others, for a teacher to label.

Whoever learns from a teacher learns from whatever it labels, and gains by many more texts than
there are, even where these say nothing (Tang et al., "Distilling Task-Specific Knowledge from BERT
into Simple Neural Networks", 2019). Short spans teach what single words and phrases mean.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate
from math import sqrt

_SHORTEST, _LONGEST = 2, 12
_REPLACED = 0.2
_LEFT_OUT = 0.1
# Of a text; then there are too few pieces to make another one of.
_MOST_ATTEMPTS = 20
# Texts in a row that are not new for all these; then there are no more of any kind to be found.
_MOST_IN_VAIN = 100

_Pieces = list[str]


def invented(
    texts: Sequence[str], number: int, draw: random.Random, others: Sequence[str] = ()
) -> list[str]:
    """Return texts that are no two the same, and none of them one of `texts`.

    Half of them are spans of 2 to 12 pieces (what white space parts) of a text. A quarter are texts
    with a fifth of the pieces replaced and a tenth left out; pieces come instead by the square
    root of how often they are there, so that rare words get into many contexts, and of each second
    such text half of what comes is of `others`. A quarter are the first half of a text and the
    second half of another.

    Args:
        texts: What they are made of.
        number: How many to make; there are fewer where the texts do not have them.
        draw: What decides.
        others: Words of elsewhere.
    """
    split = [pieces for pieces in map(str.split, texts) if len(pieces) >= _SHORTEST]
    if not split:
        return []
    replaced, replaced_by_others = _replacing(split, draw), _replacing(split, draw, others)

    def span() -> _Pieces:
        pieces = draw.choice(split)
        length = draw.randint(_SHORTEST, min(_LONGEST, len(pieces)))
        first = draw.randint(0, len(pieces) - length)
        return pieces[first : first + length]

    def two_halves() -> _Pieces:
        one, other = draw.choice(split), draw.choice(split)
        return one[: -(-len(one) // 2)] + other[len(other) // 2 :]

    kinds = (span, replaced, span, two_halves, span, replaced_by_others, span, two_halves)
    there = {" ".join(text.split()) for text in texts}
    made: dict[str, None] = {}
    in_vain = 0
    for place in range(number):
        make = kinds[place % len(kinds)]
        candidates = (" ".join(make()) for _ in range(_MOST_ATTEMPTS))
        new = next((each for each in candidates if each not in made and each not in there), None)
        if new:
            made[new] = None
        in_vain = 0 if new else in_vain + 1
        if in_vain > _MOST_IN_VAIN:
            break
    return list(made)


def _replacing(
    split: Sequence[_Pieces], draw: random.Random, others: Sequence[str] = ()
) -> Callable[[], _Pieces]:
    counts = Counter(piece for pieces in split for piece in pieces)
    ours = list(counts)
    shares = list(accumulate(map(sqrt, counts.values())))

    def replaced() -> _Pieces:
        found = []
        for piece in draw.choice(split):
            chance = draw.random()
            if chance < _REPLACED:
                found.append(
                    draw.choice(others)
                    if others and draw.random() < 0.5
                    else draw.choices(ours, cum_weights=shares)[0]
                )
            elif chance < 1 - _LEFT_OUT:
                found.append(piece)
        return found

    return replaced
