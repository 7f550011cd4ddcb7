"""What the filters say to words that the vocabulary lacks, made when they come and remembered."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sentiment.networks.subwords import means_of_parts, ngram_ids
from sentiment.serving.folded_layout import Layout
from sentiment.text.vocabulary import UNKNOWN_ID

# Most words that come once do not come again soon: more of them would only fill the memory.
_MOST_BYTES = 1 << 25
_ROWS_AT_ONCE = 16
# Up to so many multiplications OpenBLAS stays on one thread. On two, where others want the
# processor too, one waits for the other: 500 us a word were seen, and it takes 3 on one.
_MOST_PRODUCTS = 1 << 18


class UnseenRows:
    """Words to rows of products, as those of the vocabulary are.

    The row of a word is that of the unknown one, plus what the filters say to the mean of the
    vectors of its n-grams.
    """

    def __init__(self, tables: npt.NDArray[np.float32], layout: Layout) -> None:
        size, dimensions = layout.shape.row_size, layout.dimensions
        self._unknown = tables[UNKNOWN_ID * size : (UNKNOWN_ID + 1) * size]
        end = layout.spelling_at + dimensions * size
        by_dimension = tables[layout.spelling_at : end].reshape(dimensions, size)
        width = max(1, _MOST_PRODUCTS // (_ROWS_AT_ONCE * dimensions))
        self._columns = [
            np.ascontiguousarray(by_dimension[:, first : first + width])
            for first in range(0, size, width)
        ]
        self._vectors = tables[end : end + layout.vectors * dimensions].reshape(-1, dimensions)
        self._most = max(1, _MOST_BYTES // (4 * size))
        self._known: dict[str, npt.NDArray[np.float32]] = {}

    def __call__(self, words: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return the words' rows: float32 (words, products)."""
        rows = np.empty((len(words), len(self._unknown)), np.float32)
        new = []
        for place, word in enumerate(words):
            known = self._known.get(word)
            if known is None:
                new.append(place)
            else:
                rows[place] = known
        if new:
            rows[new] = made = self._made([words[place] for place in new])
            if len(self._known) + len(new) > self._most:
                self._known.clear()
            if len(new) <= self._most:
                self._known.update(
                    (words[place], row) for place, row in zip(new, made, strict=True)
                )
        return rows

    def _made(self, words: Sequence[str]) -> npt.NDArray[np.float32]:
        means = means_of_parts(self._vectors, ngram_ids(words, len(self._vectors) - 1))
        # A product of other size may be added up in another order, and a word's row must not
        # depend on the words beside it.
        filled_up = np.pad(means, ((0, -len(means) % _ROWS_AT_ONCE), (0, 0)))
        blocks = filled_up.reshape(-1, _ROWS_AT_ONCE, means.shape[1])
        parts = [np.concatenate([block @ columns for block in blocks]) for columns in self._columns]
        made: npt.NDArray[np.float32] = np.concatenate(parts, axis=1)[: len(means)] + self._unknown
        return made
