"""Texts to what moved their probabilities: weights of the network's, on the texts' characters."""

from collections.abc import Iterator, Sequence

import numpy as np

from sentiment.serving.explanation import Explanation, choose, join
from sentiment.serving.folded_engine import MOST_UNSEEN, FoldedEngine
from sentiment.settings import PreprocessorSettings
from sentiment.text.alignment import Aligner
from sentiment.text.encoded_texts import EncodedTexts

# Weights computed at once: 16 MB of them. One text's may be more.
_MOST_WEIGHTS = 1 << 22


class Explainer:
    """Explains what a folded network makes of texts."""

    def __init__(self, engine: FoldedEngine, settings: PreprocessorSettings) -> None:
        self._engine = engine
        self._align = Aligner(settings)

    def __call__(self, texts: Sequence[str], batch: EncodedTexts, most: int | None) -> Explanation:
        """Return the n-grams of each text that moved its probabilities, the strongest first.

        Args:
            texts: The original ones.
            batch: The same, prepared.
            most: How many n-grams of each text, or None for all.

        Raises:
            ValueError: It is another batch.
        """
        return join([self._part(texts[part], batch, part, most) for part in self._parts(batch)])

    def _parts(self, batch: EncodedTexts) -> Iterator[slice]:
        tokens = max(1, _MOST_WEIGHTS // self._engine.weights_of_token)
        if batch.unseen:  # Of which each token may be another.
            tokens = min(tokens, MOST_UNSEEN)
        first = 0
        while True:
            until = batch.offsets[first] + tokens
            end = max(first + 1, int(np.searchsorted(batch.offsets, until, side="right")) - 1)
            yield slice(first, min(end, len(batch)))
            first = end
            if first >= len(batch):
                return

    def _part(
        self, texts: Sequence[str], batch: EncodedTexts, part: slice, most: int | None
    ) -> Explanation:
        some = batch.part(part.start, part.stop)
        spans = self._align(texts)
        if not np.array_equal(spans.offsets, some.offsets):
            raise ValueError("the texts are not those of the batch")
        weighed = self._engine.explain(some)
        return choose(weighed, spans, most)
