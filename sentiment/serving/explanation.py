"""From the weights of all n-grams to the few that a reader wants to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

from sentiment.evidence import Evidence
from sentiment.serving.folded_engine import Weighed
from sentiment.text.alignment import Spans

# As probabilities are written.
DECIMALS = 6

_Floats = npt.NDArray[np.float32]
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The n-grams of a batch of texts that moved the probabilities, strongest first.

    N-grams that stand at the same characters are one. How strong one is tells its largest weight.

    Attributes:
        probabilities: float32 (texts, labels), those of `Scorer.score`.
        bias: float32 (texts, labels). It and the weights of all n-grams of a text add up to the
            logarithm of each probability, less the mean of these logarithms over the labels.
        offsets: int64 (texts + 1,): text `i` has the n-grams `offsets[i]:offsets[i + 1]`.
        starts: int64 (n-grams,): where in its text each begins.
        ends: int64 (n-grams,): and before which character it ends.
        weights: float32 (n-grams, labels).
    """

    probabilities: _Floats
    bias: _Floats
    offsets: _Ints
    starts: _Ints
    ends: _Ints
    weights: _Floats

    def evidence(self, texts: Sequence[str], labels: Sequence[str]) -> list[list[Evidence]]:
        """Return the n-grams of each text as readers are told of them."""
        places = zip(
            self.starts.tolist(),
            self.ends.tolist(),
            self.weights.argmax(axis=1).tolist(),
            _strongest(self.weights).astype(np.float64).round(DECIMALS).tolist(),
            strict=True,
        )
        counts = np.diff(self.offsets).tolist()
        return [
            [
                Evidence(text[start:end], start, end, labels[winner], weight)
                for _, (start, end, winner, weight) in zip(range(count), places, strict=False)
            ]
            for text, count in zip(texts, counts, strict=True)
        ]


def choose(weighed: Weighed, spans: Spans, most: int | None) -> Explanation:
    """Return the strongest n-grams of each text.

    Args:
        weighed: Of the same texts as `spans`.
        spans: Where their tokens are.
        most: How many of each text, or None for all that have a weight.
    """
    atoms = _Atoms(spans)
    longest, classes = weighed.weights.shape[1:]
    weights = atoms.merged(weighed.weights.reshape(-1, classes), longest)
    strength = _strongest(weights)
    ngrams = np.flatnonzero(strength > 0)
    # Positive floats are in order as whole numbers too: one key, text by text the strongest first.
    text = np.searchsorted(spans.offsets, ngrams // longest, side="right") - 1
    weakness = np.uint64(0xFFFFFFFF) - strength[ngrams].view(np.uint32)
    order = np.argsort(text.astype(np.uint64) << np.uint64(32) | weakness, kind="stable")
    ngrams, text = ngrams[order], text[order]
    texts = np.arange(len(spans.offsets))
    if most is not None:
        place = np.arange(len(ngrams)) - np.searchsorted(text, texts)[text]
        ngrams, text = ngrams[place < most], text[place < most]
    starts, ends = atoms.characters(ngrams, longest)
    return Explanation(
        weighed.probabilities,
        weighed.bias,
        np.searchsorted(text, texts),
        starts,
        ends,
        weights[ngrams],
    )


def _strongest(weights: _Floats) -> _Floats:
    """Return the largest weight of each n-gram; numpy's own way to take it is 30 times as slow."""
    return reduce(np.maximum, weights.T)


def join(parts: Sequence[Explanation]) -> Explanation:
    """Return the explanation of all texts, from those of their parts."""
    before = np.cumsum([0, *(part.offsets[-1] for part in parts[:-1])])
    offsets = [part.offsets[1:] + count for part, count in zip(parts, before, strict=True)]
    return Explanation(
        np.concatenate([part.probabilities for part in parts]),
        np.concatenate([part.bias for part in parts]),
        np.concatenate([np.zeros(1, np.int64), *offsets]),
        np.concatenate([part.starts for part in parts]),
        np.concatenate([part.ends for part in parts]),
        np.concatenate([part.weights for part in parts]),
    )


class _Atoms:
    """The atoms of a batch of texts: tokens that follow one another and have the same span.

    An n-gram of atoms is numbered as one of tokens: by its first token, and how many atoms it has.
    """

    def __init__(self, spans: Spans) -> None:
        text = np.repeat(np.arange(len(spans.offsets) - 1), np.diff(spans.offsets))
        same = (spans.starts[1:] == spans.starts[:-1]) & (text[1:] == text[:-1])
        self._spans = spans
        self._alone = not same.any()
        new = np.concatenate([[True], ~same])[: len(spans.starts)]
        self._of_token = np.cumsum(new) - 1
        self._first_token = np.flatnonzero(new)

    def merged(self, weights: _Floats, longest: int) -> _Floats:
        """Return the weights of the n-grams of atoms, from those of tokens: (n-grams, classes)."""
        if self._alone:
            return weights
        ngrams = np.flatnonzero(reduce(np.logical_or, weights.T))
        first, more = np.divmod(ngrams, longest)
        atom = self._of_token[first]
        to = self._first_token[atom] * longest + self._of_token[first + more] - atom
        moved, to = ngrams[to != ngrams], to[to != ngrams]
        merged = weights.copy()
        merged[moved] = 0
        np.add.at(merged, to, weights[moved])
        return merged

    def characters(self, ngrams: _Ints, longest: int) -> tuple[_Ints, _Ints]:
        """Return where n-grams of atoms begin in their texts, and before what they end."""
        first, more = np.divmod(ngrams, longest)
        last = self._first_token[self._of_token[first] + more]
        return self._spans.starts[first], self._spans.ends[last]
