"""Scores batches with the folded network: no Keras, no TensorFlow, no matrix products."""

import hashlib
import io
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from sentiment.bundle import WEIGHTS, Bundle
from sentiment.cache import Cache, Making
from sentiment.encoded_texts import EncodedTexts
from sentiment.folded import Layout, NotFoldable, Weights, fold
from sentiment.machine_code import Kernel, load_kernel

# What makes the tables; when it changes, they are made anew.
_SOURCE = "folded.py"


class FoldedEngine:
    """Texts' ids to probabilities, on one thread: a worker takes one core, more workers more."""

    name = "folded"

    def __init__(self, tables: npt.NDArray[np.float32], layout: Layout, kernel: Kernel) -> None:
        self.classes = layout.classes
        self._vocabulary_size = layout.settings.vocabulary_size
        self._kernel = kernel
        self._margin = layout.shape.margin
        self._values = int(layout.sizes.sum())
        self._network = (tables, np.array(layout.shape, np.int64), layout.widths, layout.sizes)

    @classmethod
    def load(cls, bundle: Bundle, cache: Cache) -> "FoldedEngine":
        """Take the tables and the machine code from the cache, or make and keep them.

        Raises:
            NotFoldable: The network is another than the bundle's settings describe.
            BundleError: The weights are missing or changed since the bundle was loaded.
        """
        layout = Layout(bundle.manifest.network, len(bundle.manifest.labels))

        def make() -> Making:
            weights = _weights(bundle)
            layout.check(weights)
            return Making(4 * layout.size, fold(weights, layout))

        source = Path(__file__).with_name(_SOURCE).read_text(encoding="utf-8")
        facts = msgspec.json.encode((source, layout, bundle.manifest.files[WEIGHTS]))
        name = hashlib.sha256(facts).hexdigest()[:32]
        # The kernel reads as far as the layout says.
        tables = cache.kept(f"tables/{name}", make, 4 * layout.size).view(np.float32)
        return cls(tables, layout, load_kernel(cache))

    def score(self, batch: EncodedTexts) -> npt.NDArray[np.float32]:
        """Return the probabilities of each text: float32 (texts, classes), rows sum to 1.

        The GIL is released meanwhile.

        Raises:
            ValueError: It is no batch of texts of this vocabulary.
        """
        ids, offsets = self._checked(batch)
        longest = int(np.diff(offsets).max(initial=0))
        starts = np.zeros(longest + 2 * self._margin, np.int64)
        values = np.empty(self._values, np.float32)
        probabilities = np.empty((len(batch), self.classes), np.float32)
        arrays = (ids, offsets, *self._network, starts, values, probabilities)
        self._kernel(len(batch), *(array.ctypes.data for array in arrays))
        return probabilities

    def _checked(self, batch: EncodedTexts) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """Return ids and offsets as the kernel takes them, which reads wherever they point."""
        ids = np.ascontiguousarray(batch.ids, np.int32)
        offsets = np.ascontiguousarray(batch.offsets, np.int64)
        if ids.view(np.uint32).max(initial=0) >= self._vocabulary_size:
            raise ValueError(f"an id is not among the {self._vocabulary_size:,} of the vocabulary")
        if offsets[0] < 0 or offsets[-1] > len(ids) or np.diff(offsets).min(initial=0) < 0:
            raise ValueError("the offsets are not those of the texts")
        return ids, offsets


def _weights(bundle: Bundle) -> Weights:
    content = bundle.read(WEIGHTS)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return dict(arrays)
    except Exception as error:  # Damaged archives raise anything.
        raise NotFoldable(f"its {WEIGHTS} cannot be read: {error}") from error
