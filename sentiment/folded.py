"""The network folded for serving: each token's share of every filter, computed once.

A convolution is linear in each of the tokens that it sees. With the vectors `E` and the kernel `W`
of a filter that is `k` tokens wide, what it gives at place `i` is

    bias + sum over j < k of (E · W[j])[token at i + j]

So the products `E · W[j]` of the whole vocabulary are made beforehand, and to score a text is to
look rows up, to add them and to keep the largest sum. Parts of words cost nothing here: a bundle's
embedding holds the sums already (see `composition`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sentiment.settings import NetworkSettings

# Filters computed at once, the lanes of a tile: as many float32 as a line of the cache holds.
LANES = 16

Weights = Mapping[str, npt.NDArray[np.float32]]


class NotFoldable(Exception):
    """The weights are not those of the network that the settings describe; says how they differ."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What lies where in the tables of a folded network: float32, one part after the other.

    The products come tile by tile, and in a tile token by token: what `LANES` filters of one width
    say to the token at each of the places that they see. All texts of a batch go through one tile
    before the next, so that only its rows have to stay in the processor's cache. Filters that fill
    a tile up are zero.

    Attributes:
        settings: Sizes of the network.
        classes: Probabilities of a text.
    """

    settings: NetworkSettings
    classes: int

    @property
    def tiles_of_a_width(self) -> int:
        """Tiles that hold the filters of one width."""
        return -(-self.settings.filters // LANES)

    @property
    def tile_widths(self) -> npt.NDArray[np.int64]:
        """Tokens that the filters of each tile see: int64 (tiles,)."""
        return np.repeat(np.array(self.settings.widths, np.int64), self.tiles_of_a_width)

    @property
    def features(self) -> int:
        """Pooled values of a text, fill-up included."""
        return len(self.settings.widths) * self.tiles_of_a_width * LANES

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The names and shapes of the weights that this network has."""
        settings = self.settings
        shapes: dict[str, tuple[int, ...]] = {
            "embedding.embeddings": (settings.vocabulary_size, settings.embedding_size)
        }
        for width in settings.widths:
            shapes[f"convolution_{width}.kernel"] = (
                width,
                settings.embedding_size,
                settings.filters,
            )
            shapes[f"convolution_{width}.bias"] = (settings.filters,)
        shapes["output.kernel"] = (len(settings.widths) * settings.filters, self.classes)
        shapes["output.bias"] = (self.classes,)
        return shapes


def check(weights: Weights, layout: Layout) -> None:
    """Refuse weights of another network.

    Raises:
        NotFoldable: A weight is missing, too many, or of another shape or type.
    """
    expected = layout.shapes
    for name in sorted(expected.keys() | weights.keys()):
        if name not in weights:
            raise NotFoldable(f"it has no {name}")
        if name not in expected:
            raise NotFoldable(f"it has {name}, which is no part of the network described")
        weight = weights[name]
        if weight.shape != expected[name] or weight.dtype != np.float32:
            raise NotFoldable(
                f"its {name} is {weight.dtype} {weight.shape}, not float32 {expected[name]}"
            )


def fold(weights: Weights, layout: Layout) -> Iterator[npt.NDArray[np.float32]]:
    """Yield the tables part by part, so that a file of them takes little memory to write."""
    settings = layout.settings
    vectors = weights["embedding.embeddings"].copy()
    vectors[0] = 0  # Padding says nothing, whatever its row holds.
    for width in settings.widths:
        kernel = _filled_up(weights[f"convolution_{width}.kernel"])
        for tile in np.split(kernel, layout.tiles_of_a_width, axis=-1):
            products = vectors @ tile.transpose(1, 0, 2).reshape(settings.embedding_size, -1)
            yield products.reshape(-1)
    for width in settings.widths:
        yield _filled_up(weights[f"convolution_{width}.bias"])
    rows = weights["output.kernel"].reshape(len(settings.widths), settings.filters, -1)
    yield _filled_up(rows.transpose(0, 2, 1)).transpose(0, 2, 1).reshape(-1)
    yield weights["output.bias"]


def _filled_up(array: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return it with zeros at the end of the last axis, up to whole tiles."""
    missing = -array.shape[-1] % LANES
    return np.pad(array, [(0, 0)] * (array.ndim - 1) + [(0, missing)])
