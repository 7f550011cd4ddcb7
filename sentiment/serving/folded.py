"""The network folded for serving: what every filter says to every token, computed once.

A convolution is linear in each of the tokens that it sees. With the vectors `E` and the kernel `W`
of a filter that is `k` tokens wide, what it gives at place `i` is

    bias + sum over j < k of (E · W[j])[token at i + j]

So the products `E · W[j]` of the whole vocabulary are computed beforehand, and to score a text is
to look rows up, to add them and to keep the largest sums. Parts of words cost nothing: the
embedding of a bundle holds their sums already (see `composition`).

Where the mean of the tokens' vectors is a feature too, only the first dense layer takes it, and
what that makes of it is linear in each of the tokens as well. So a row also has what the token's
vector says to each output of that layer. The mean of these over the text is added to the outputs by
weights of one, as if they were features.

What a cnn-subword reads of a word's spelling is in the vectors of known words already. For a word
that the vocabulary lacks the row is made when it comes: what the filters say to no word in
particular, and what they say to the mean of its parts (see `unseen_rows`).

The products stay float32. As float16 they would take half the memory and 0.7 of the time, but move
probabilities of the shipped model by up to 0.0001; as int16 with a scale for each filter, by
0.000012. The limit is 0.00001, and scoring is a tenth of a worker's time. Nor are rows put in order
of frequency: vocabularies are so already, and at random scoring takes only 4% longer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from sentiment.settings import NetworkSettings
from sentiment.text.vocabulary import PADDING_ID

# Filters computed at once, a tile of them: as many float32 as a line of a processor's cache holds.
LANES = 16
# Tokens whose rows are computed at once.
_CHUNK = 4096

# More than this in tables is left to Keras: the shipped model's are 75 MB.
MOST_TABLE_BYTES = 8 << 30

Weights = Mapping[str, npt.NDArray[np.float32]]
_Floats = npt.NDArray[np.float32]


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
    output, and the biases. Filters, inputs and hidden outputs are filled up with
    zeros to a multiple of `LANES`, so that every row begins where a line of the cache does. At the
    end, where the network reads spelling: what makes the row of a vector, and the n-grams' vectors.

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
        expected = _shapes(self.settings, self.classes)
        for name in sorted(expected.keys() | weights.keys()):
            if name not in weights:
                raise NotFoldable(f"it has no {name}")
            if name not in expected:
                raise NotFoldable(f"it has {name}, which is not in the network described")
            weight = weights[name]
            if weight.shape != expected[name] or weight.dtype != np.float32:
                raise NotFoldable(
                    f"its {name} is {weight.dtype} {weight.shape}, not float32 {expected[name]}"
                )


def fold(weights: Weights, layout: Layout) -> Iterator[_Floats]:
    """Yield the tables of `weights` that `layout` fits, part by part: each is small."""
    vectors = weights["embedding.embeddings"]
    columns = [_columns(weights[f"convolution_{k}.kernel"]) for k in layout.settings.widths]
    biases = [_biases(weights[f"convolution_{k}.bias"], k) for k in layout.settings.widths]
    if layout.direct:
        columns.append(_direct(weights, layout.settings))
        biases.append(np.zeros(layout.direct * LANES, np.float32))
    by_dimension, bias = np.concatenate(columns, axis=1), np.concatenate(biases)
    for start in range(0, len(vectors), _CHUNK):
        rows = vectors[start : start + _CHUNK] @ by_dimension + bias
        if start <= PADDING_ID < start + _CHUNK:
            rows[PADDING_ID - start] = bias  # Padding says nothing, whatever its vector is.
        yield rows
    yield from _dense(weights, layout.settings)
    if layout.settings.subwords:
        yield by_dimension
        yield weights["subwords.embeddings"]


def _columns(kernel: _Floats) -> _Floats:
    """Turn a kernel (width, dimensions, filters) into the columns of a row: (dimensions, ...)."""
    width, dimensions, _ = kernel.shape
    tiles = _filled_up(kernel, -1).reshape(width, dimensions, -1, LANES)
    return tiles.transpose(1, 2, 0, 3).reshape(dimensions, -1)


def _biases(bias: _Floats, width: int) -> _Floats:
    """Spread biases (filters,) over the columns of a row: each at the first place seen."""
    tiles = _filled_up(bias, 0).reshape(-1, 1, LANES)
    return np.pad(tiles, ((0, 0), (0, width - 1), (0, 0))).reshape(-1)


def _dense(weights: Weights, settings: NetworkSettings) -> Iterator[_Floats]:
    """Yield the rows and the biases of each dense layer."""
    hidden = [f"hidden_{number}" for number in range(1, len(settings.hidden) + 1)]
    for name in (*hidden, "output"):
        kernel, bias = weights[f"{name}.kernel"], weights[f"{name}.bias"]
        if name == (*hidden, "output")[0]:
            kernel = _in_tiles(_by_pooling(kernel, settings), settings)
        rows = np.ascontiguousarray(_filled_up(kernel, 0).T)
        if name != "output":
            rows, bias = _filled_up(rows, 0), _filled_up(bias, 0)
        yield from (rows, bias)


def _direct(weights: Weights, settings: NetworkSettings) -> _Floats:
    """Return the columns of a row that are for the first dense layer: (dimensions, ...)."""
    first = "hidden_1.kernel" if settings.hidden else "output.kernel"
    return _filled_up(_by_pooling(weights[first], settings)["vectors"], 1)


def _in_tiles(parts: dict[str, _Floats], settings: NetworkSettings) -> _Floats:
    """Return the first dense layer's kernel for the inputs as they lie when a text is computed."""
    outputs = parts[settings.pooling[0]].shape[1]
    # The largest values come before the means, and at the end what needs no other weights.
    kept = [
        _filled_up(part.reshape(-1, settings.filters, outputs), 1).reshape(-1, outputs)
        for kind, part in sorted(parts.items())
        if kind != "vectors"
    ]
    return np.concatenate(kept + [np.eye(outputs, dtype=np.float32)] * ("vectors" in parts))


def _by_pooling(kernel: _Floats, settings: NetworkSettings) -> dict[str, _Floats]:
    """Part the first dense layer's kernel by what its inputs are."""
    parts = np.split(kernel, np.cumsum(_features(settings))[:-1])
    return dict(zip(settings.pooling, parts, strict=True))


def _shapes(settings: NetworkSettings, classes: int) -> dict[str, tuple[int, ...]]:
    """Return the names and shapes of the weights of a network that `network.build` makes."""
    shapes: dict[str, tuple[int, ...]] = {
        "embedding.embeddings": (settings.vocabulary_size, settings.embedding_size)
    }
    if settings.subwords:
        shapes["subwords.embeddings"] = (settings.subwords + 1, settings.embedding_size)
    for width in settings.widths:
        shapes[f"convolution_{width}.kernel"] = (width, settings.embedding_size, settings.filters)
        shapes[f"convolution_{width}.bias"] = (settings.filters,)
    inputs = sum(_features(settings))
    for number, outputs in enumerate(settings.hidden, start=1):
        shapes |= {
            f"hidden_{number}.kernel": (inputs, outputs),
            f"hidden_{number}.bias": (outputs,),
        }
        inputs = outputs
    return shapes | {"output.kernel": (inputs, classes), "output.bias": (classes,)}


def _features(settings: NetworkSettings) -> list[int]:
    """Return how many features each kind of pooling gives."""
    of_filters = len(settings.widths) * settings.filters
    return [
        settings.embedding_size if kind == "vectors" else of_filters for kind in settings.pooling
    ]


def _whole(size: int) -> int:
    """Return the size rounded up to whole tiles."""
    return -(-size // LANES) * LANES


def _filled_up(array: _Floats, axis: int) -> _Floats:
    """Return it with zeros at the end of an axis, up to whole tiles."""
    missing = [(0, 0)] * array.ndim
    missing[axis] = (0, -array.shape[axis] % LANES)
    return np.pad(array, missing)
