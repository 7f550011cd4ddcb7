"""Scores batches with the folded network: no Keras, no TensorFlow, no matrix products."""

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from sentiment.errors import BundleError
from sentiment.serving.cache import Cache, Making
from sentiment.serving.folded import Weights, fold
from sentiment.serving.folded_layout import LANES, Layout
from sentiment.serving.machine_code import EXPLAIN, SCORE, Kernel, load_kernel
from sentiment.serving.unseen_rows import UnseenRows
from sentiment.storage.archive import BadArchive
from sentiment.storage.arrays import ArrayArchive
from sentiment.storage.bundle import Bundle
from sentiment.storage.bundle_files import MOST_BYTES, WEIGHTS
from sentiment.text.encoded_texts import EncodedTexts

# What makes the tables; when it changes, they are made anew.
_SOURCES = ("folded.py", "folded_layout.py")
# Words whose rows are held at once: some 50 MB of them. A batch with more is scored in parts.
MOST_UNSEEN = 8192
_NO_ROWS = np.zeros(LANES, np.float32)
# Of ours there are 5 to 140, and what is more is of another network.
_MOST_WEIGHTS = 4_096


class Weighed(NamedTuple):
    """What each n-gram of a batch's texts adds to the classes, and what is left without any.

    For each text and class, the weights of its n-grams and the bias add up to the logarithm of the
    probability, less the mean of the classes' logarithms.

    Attributes:
        probabilities: Of each text: float32 (texts, classes), those of `score`.
        weights: Of each n-gram: float32 (tokens, longest, classes). An n-gram that begins at token
            `t` of the batch and has `n` tokens is at `[t, n - 1]`; those that never won are zero.
        bias: Of each text: float32 (texts, classes).
    """

    probabilities: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]


class FoldedEngine:
    """Texts' ids to probabilities, on one thread: a worker takes one core, more workers more.

    Args:
        tables: What `fold` makes.
        layout: Theirs.
        kernel: That scores.
        cache: Keeps the machine code of the kernel that explains, once that is asked for.
    """

    name = "folded"

    def __init__(
        self, tables: npt.NDArray[np.float32], layout: Layout, kernel: Kernel, cache: Cache
    ) -> None:
        self.classes = layout.classes
        self._vocabulary_size = layout.settings.vocabulary_size
        self._kernel = kernel
        self._cache = cache
        self._margin = layout.shape.margin
        self._values = int(layout.sizes.sum())
        self._effects = 2 * self.classes * int(layout.sizes[:-1].max()) + 2 * LANES
        self._tables, self._shape = tables, layout.shape
        self._network = (layout.widths, layout.sizes)
        self._rows_of = UnseenRows(tables, layout) if layout.settings.subwords else None

    @classmethod
    def load(cls, bundle: Bundle, cache: Cache) -> "FoldedEngine":
        """Take the tables and the machine code from the cache, or make and keep them.

        Raises:
            NotFoldable: The network is another than the bundle's settings describe.
            BundleError: The weights are missing, changed since the bundle was loaded, damaged, or
                no numbers.
        """
        layout = Layout(bundle.manifest.network, len(bundle.manifest.labels))
        layout.check_settings()

        def make() -> Making:
            return Making(4 * layout.size, fold(_weights(bundle, layout), layout))

        here = Path(__file__)
        sources = [here.with_name(name).read_text(encoding="utf-8") for name in _SOURCES]
        facts = msgspec.json.encode((sources, layout, bundle.manifest.files[WEIGHTS]))
        name = hashlib.sha256(facts).hexdigest()[:32]
        # The kernel reads as far as the layout says.
        tables = cache.kept(f"tables/{name}", make, 4 * layout.size).view(np.float32)
        return cls(tables, layout, load_kernel(SCORE, cache), cache)

    def score(self, batch: EncodedTexts) -> npt.NDArray[np.float32]:
        """Return the probabilities of each text: float32 (texts, classes), rows sum to 1.

        The GIL is released meanwhile.

        Raises:
            ValueError: It is no batch of texts of this vocabulary.
        """
        if self._rows_of and len(batch.unseen) > MOST_UNSEEN:
            return np.concatenate([self.score(part) for part in batch.parts(MOST_UNSEEN)])
        probabilities = np.empty((len(batch), self.classes), np.float32)
        self._run(self._kernel, batch, probabilities)
        return probabilities

    def explain(self, batch: EncodedTexts) -> Weighed:
        """Score texts, and tell what each of their n-grams adds.

        It takes three times as long as to score; the machine code is made at the first call, in
        seconds, where none was kept. The GIL is released meanwhile.

        Raises:
            ValueError: It is no batch of texts of this vocabulary.
        """
        probabilities = np.empty((len(batch), self.classes), np.float32)
        weights = np.zeros((len(batch.ids), self._margin + 1, self.classes), np.float32)
        bias = np.empty_like(probabilities)
        effects = np.empty(self._effects, np.float32)
        self._run(self._explaining, batch, probabilities, effects, weights, bias)
        return Weighed(probabilities, weights, bias)

    @property
    def weights_of_token(self) -> int:
        """Weights that `explain` gives for each token."""
        return (self._margin + 1) * self.classes

    @cached_property
    def _explaining(self) -> Kernel:
        return load_kernel(EXPLAIN, self._cache)

    def _run(self, kernel: Kernel, batch: EncodedTexts, *out: npt.NDArray[Any]) -> None:
        ids, offsets = self._checked(batch)
        longest = int(np.diff(offsets).max(initial=0))
        starts = np.zeros(longest + 2 * self._margin, np.int64)
        unseen = _NO_ROWS
        if self._rows_of and batch.unseen:
            unseen, places = self._rows_of(batch.unseen)
            ids = np.where(ids < 0, -1 - places[np.maximum(-1 - ids, 0)], ids)
        # Both hold float32, and so lie a whole number of them apart.
        apart = (unseen.ctypes.data - self._tables.ctypes.data) // 4
        shape = np.array(self._shape._replace(unseen_at=apart), np.int64)
        values = np.empty(self._values, np.float32)
        arrays: tuple[npt.NDArray[Any], ...]
        arrays = (ids, offsets, self._tables, shape, *self._network, starts, values, *out)
        kernel(len(batch), *(array.ctypes.data for array in arrays))

    def _checked(self, batch: EncodedTexts) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """Return ids and offsets as the kernel takes them, which reads wherever they point."""
        ids = np.ascontiguousarray(batch.ids, np.int32)
        offsets = np.ascontiguousarray(batch.offsets, np.int64)
        unseen = len(batch.unseen) if self._rows_of else 0
        if ids.max(initial=0) >= self._vocabulary_size or ids.min(initial=0) < -unseen:
            raise ValueError(
                f"an id is not among the {self._vocabulary_size:,} of the vocabulary and the "
                f"{unseen:,} of unseen words"
            )
        if offsets[0] < 0 or offsets[-1] > len(ids) or np.diff(offsets).min(initial=0) < 0:
            raise ValueError("the offsets are not those of the texts")
        return ids, offsets


def _weights(bundle: Bundle, layout: Layout) -> Weights:
    """Read the weights, once it is known that they are those of the network described."""
    try:
        archive = ArrayArchive(bundle.read(WEIGHTS), _MOST_WEIGHTS, MOST_BYTES[WEIGHTS])
        layout.check(archive.headers)
        weights = {name: archive.read(name) for name in archive.headers}
    except BadArchive as error:
        raise BundleError(
            f"{bundle.path / WEIGHTS} {error}: restore or retrain the model"
        ) from error
    for name, weight in weights.items():
        if not np.isfinite(weight).all():
            raise BundleError(
                f"{bundle.path / WEIGHTS} holds values that are no finite numbers in {name}: "
                "restore or retrain the model"
            )
    return weights
