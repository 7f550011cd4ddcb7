"""What the tables of a folded network hold and where, and which networks have such tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from sentiment.settings import NetworkSettings, Pooling

# Filters computed at once, a tile of them: as many float32 as a line of a processor's cache holds.
LANES = 16
# Weights that may be float16: those of bundles of earlier versions are float32.
_VECTORS = ".embeddings"
# More than this in tables is left to Keras: the shipped model's are 107 MB.
MOST_TABLE_BYTES = 8 << 30


class NotFoldable(Exception):
    """The weights are not those of the network that the settings describe; says how they differ."""


class Described(Protocol):
    """An array, or what is known of one that was not read yet."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Its dimensions."""
        ...

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its values."""
        ...


class Shape(NamedTuple):
    """The numbers that the kernel needs, in this order.

    Attributes:
        tiles: Tiles of `LANES` filters of one width each.
        row_size: Products of a token.
        margin: Tokens beyond the edge of a text that a filter may see.
        same: 1 where filters begin and end outside the text, so that there are as many places as
            tokens; 0 where they are inside.
        strongest: 1 where the largest value of each filter is a feature.
        mean: 1 where the mean of each filter is one.
        dense_at: Where the dense layers begin in the tables.
        layers: Dense layers.
        direct: Tiles of what a token's vector says to the first of them, 0 where it says nothing.
        unseen_at: Where the rows of a batch's unseen words begin, counted from the tables as all
            else is, though they are no part of them; another for each batch.
    """

    tiles: int
    row_size: int
    margin: int
    same: int
    strongest: int
    mean: int
    dense_at: int
    layers: int
    direct: int
    unseen_at: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """What lies where in the tables of a folded network: one array of float32.

    First a row of products for each token: tile by tile what the tile's filters say to the token
    at the first place that they see, at the second and so on. The biases are in the products of the
    first place, of which each sum has one, be it that of padding. At the end of a row is what the
    token's vector says to the first dense layer. Then each dense layer: a row of weights for each
    output, and the biases. Filters, inputs and outputs of hidden layers are filled up with zeros to
    a multiple of `LANES`, so that every row begins where a line of the cache does. At the end,
    where the network reads spelling: what makes the row of a vector, and the n-grams' vectors.

    Attributes:
        settings: Sizes of the network.
        classes: Probabilities of a text.
    """

    settings: NetworkSettings
    classes: int

    @property
    def widths(self) -> npt.NDArray[np.int64]:
        """Tokens that the filters of each tile see: int64 (tiles,)."""
        return np.repeat(
            np.array(self.settings.widths, np.int64), -(-self.settings.filters // LANES)
        )

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Inputs of each dense layer, and the outputs of the last: int64 (layers + 1,)."""
        kept = len({"max", "mean"} & set(self.settings.pooling))
        features = (kept * len(self.widths) + self.direct) * LANES
        hidden = [_whole(size) for size in self.settings.hidden]
        return np.array([features, *hidden, self.classes], np.int64)

    @property
    def features(self) -> dict[Pooling, int]:
        """How many features each kind of pooling gives, in the order of the weights."""
        settings = self.settings
        of_filters = len(settings.widths) * settings.filters
        return {
            kind: settings.embedding_size if kind == "vectors" else of_filters
            for kind in settings.pooling
        }

    @property
    def direct(self) -> int:
        """Tiles of a row that say something to the first dense layer without a filter."""
        outputs = (*self.settings.hidden, self.classes)[0]
        return _whole(outputs) // LANES if "vectors" in self.settings.pooling else 0

    @property
    def shape(self) -> Shape:
        """What the kernel needs to know."""
        row_size = (int(self.widths.sum()) + self.direct) * LANES
        return Shape(
            tiles=len(self.widths),
            row_size=row_size,
            margin=max(self.settings.widths) - 1,
            same=int(self.settings.padding == "same"),
            strongest=int("max" in self.settings.pooling),
            mean=int("mean" in self.settings.pooling),
            dense_at=self.settings.vocabulary_size * row_size,
            layers=len(self.settings.hidden) + 1,
            direct=self.direct,
        )

    @property
    def size(self) -> int:
        """Floats in the tables."""
        return self.spelling_at + (self.shape.row_size + self.vectors) * self.dimensions

    @property
    def spelling_at(self) -> int:
        """Where what belongs to spelling begins in the tables."""
        layers = pairwise(self.sizes.tolist())
        dense: int = sum((inputs + 1) * outputs for inputs, outputs in layers)
        return self.shape.dense_at + dense

    @property
    def vectors(self) -> int:
        """Vectors of n-grams, the one of none included; 0 where spelling is not read."""
        return self.settings.subwords and self.settings.subwords + 1

    @property
    def dimensions(self) -> int:
        """Dimensions of a vector that is not multiplied yet; 0 where spelling is not read."""
        return self.settings.embedding_size if self.settings.subwords else 0

    def check_settings(self) -> None:
        """Refuse settings that no table can be made for; before it, ask for no other number.

        Raises:
            NotFoldable: The settings describe no network, or too large a one.
        """
        settings = self.settings
        if settings.kind not in ("cnn", "cnn-subword"):
            raise NotFoldable(f"no table holds what the network {settings.kind} computes")
        if (settings.kind == "cnn-subword") != (settings.subwords > 0):
            raise NotFoldable(f"its settings give a {settings.kind} {settings.subwords:,} subwords")
        sizes = (*settings.widths, settings.filters, settings.embedding_size, *settings.hidden)
        parts = (settings.widths, settings.pooling)
        if (
            min(sizes) < 1
            or not all(part and len(set(part)) == len(part) for part in parts)
            or not {"max", "mean"} & set(settings.pooling)
        ):
            raise NotFoldable("its settings describe no network")
        if 4 * self.size > MOST_TABLE_BYTES:
            raise NotFoldable(
                f"its tables would have {4 * self.size:,} bytes, more than {MOST_TABLE_BYTES:,}"
            )

    def check(self, weights: Mapping[str, Described]) -> None:
        """Refuse weights of another network.

        Raises:
            NotFoldable: A weight is missing, too many, or of another shape or type; or the settings
                are refused.
        """
        self.check_settings()
        expected = self._shapes()
        for name in sorted(expected.keys() | weights.keys()):
            if name not in weights:
                raise NotFoldable(f"it has no {name}")
            if name not in expected:
                raise NotFoldable(f"it has {name}, which is not in the network described")
            weight = weights[name]
            types = (np.float16, np.float32) if name.endswith(_VECTORS) else (np.float32,)
            if weight.shape != expected[name] or weight.dtype not in types:
                raise NotFoldable(
                    f"its {name} is {weight.dtype} {weight.shape}, not float32 {expected[name]}"
                )

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the names and shapes of the weights of a network that `network.build` makes."""
        settings = self.settings
        shapes: dict[str, tuple[int, ...]] = {
            "embedding.embeddings": (settings.vocabulary_size, settings.embedding_size)
        }
        if settings.subwords:
            shapes["subwords.embeddings"] = (settings.subwords + 1, settings.embedding_size)
        for width in settings.widths:
            filters = (width, settings.embedding_size, settings.filters)
            shapes[f"convolution_{width}.kernel"] = filters
            shapes[f"convolution_{width}.bias"] = (settings.filters,)
        inputs = sum(self.features.values())
        for number, outputs in enumerate(settings.hidden, start=1):
            shapes |= {
                f"hidden_{number}.kernel": (inputs, outputs),
                f"hidden_{number}.bias": (outputs,),
            }
            inputs = outputs
        return shapes | {"output.kernel": (inputs, self.classes), "output.bias": (self.classes,)}


def _whole(size: int) -> int:
    """Return the size rounded up to whole tiles."""
    return -(-size // LANES) * LANES
