"""Scores batches with the folded network."""

import numpy as np
import numpy.typing as npt
from numba import njit

from sentiment.encoded_texts import EncodedTexts
from sentiment.folded import LANES, Layout, Weights, check, fold


class FoldedEngine:
    """Texts' ids to probabilities, without Keras; on one thread, since a worker takes one core."""

    name = "folded"

    def __init__(self, tables: npt.NDArray[np.float32], layout: Layout) -> None:
        self.classes = layout.classes
        self._widths = layout.tile_widths
        vocabulary, tiles = layout.settings.vocabulary_size, len(self._widths)
        sizes = [
            int(self._widths.sum()) * vocabulary * LANES,
            tiles * LANES,
            layout.features * self.classes,
            self.classes,
        ]
        self._products, self._bias, kernel, self._output_bias = np.split(
            tables, np.cumsum(sizes)[:-1]
        )
        self._kernel = kernel.reshape(layout.features, self.classes)
        self._vocabulary_size = vocabulary

    @classmethod
    def fold(cls, weights: Weights, layout: Layout) -> "FoldedEngine":
        """Make the engine from a network's weights.

        Raises:
            NotFoldable: They are another network's.
        """
        check(weights, layout)
        return cls(np.concatenate(list(fold(weights, layout))), layout)

    def score(self, batch: EncodedTexts) -> npt.NDArray[np.float32]:
        """Return the probabilities of each text: float32 (texts, classes), rows sum to 1.

        The GIL is released meanwhile.
        """
        features = np.zeros((len(batch), len(self._kernel)), np.float32)
        _strongest(
            batch.ids.copy(),
            batch.offsets.copy(),
            self._products,
            self._bias,
            self._widths,
            self._vocabulary_size,
            features,
        )
        logits = features @ self._kernel + self._output_bias
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities: npt.NDArray[np.float32] = shares / shares.sum(axis=1, keepdims=True)
        return probabilities


@njit(
    "void(int32[::1], int64[::1], float32[::1], float32[::1], int64[::1], int64, float32[:, ::1])",
    nogil=True,
    fastmath=True,
)
def _strongest(ids, offsets, products, bias, widths, vocabulary_size, features):  # type: ignore[no-untyped-def]
    """Write what each filter gives at most in each text."""
    tile_start = 0
    for tile, width in enumerate(widths):
        left = (width - 1) // 2
        for text in range(len(offsets) - 1):
            first, end = offsets[text], offsets[text + 1]
            for place in range(first, end):
                for lane in range(LANES):
                    total = bias[tile * LANES + lane]
                    for j in range(width):
                        token = place - left + j
                        if first <= token < end:
                            start = tile_start + (ids[token] * width + j) * LANES
                            total += products[start + lane]
                    here = tile * LANES + lane
                    features[text, here] = max(features[text, here], total)
        tile_start += vocabulary_size * width * LANES
