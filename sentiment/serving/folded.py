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
probabilities of a network of 150 filters each of widths 1 to 3 by up to 0.0001; as int16 with a
scale for each filter, by 0.000012. The limit is 0.00001, and scoring is a tenth of a worker's time.
Nor are rows put in order of frequency: vocabularies are so already, and at random scoring takes
only 4% longer.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sentiment.serving.folded_layout import LANES, Layout
from sentiment.settings import Pooling
from sentiment.text.vocabulary import PADDING_ID

# Tokens whose rows are computed at once.
_CHUNK = 4096

Weights = Mapping[str, npt.NDArray[np.floating[Any]]]
_Floats = npt.NDArray[np.float32]


def fold(weights: Weights, layout: Layout) -> Iterator[_Floats]:
    """Yield the tables of `weights` that `layout` fits, part by part: each is small."""
    vectors = weights["embedding.embeddings"]
    columns = [_columns(weights[f"convolution_{k}.kernel"]) for k in layout.settings.widths]
    biases = [_biases(weights[f"convolution_{k}.bias"], k) for k in layout.settings.widths]
    if layout.direct:
        columns.append(_direct(weights, layout))
        biases.append(np.zeros(layout.direct * LANES, np.float32))
    by_dimension, bias = np.concatenate(columns, axis=1), np.concatenate(biases)
    for start in range(0, len(vectors), _CHUNK):
        rows = vectors[start : start + _CHUNK].astype(np.float32) @ by_dimension + bias
        if start <= PADDING_ID < start + _CHUNK:
            rows[PADDING_ID - start] = bias  # Padding says nothing, whatever its vector is.
        yield rows
    yield from _dense(weights, layout)
    if layout.settings.subwords:
        yield by_dimension
        yield weights["subwords.embeddings"].astype(np.float32)


def _columns(kernel: _Floats) -> _Floats:
    """Turn a kernel (width, dimensions, filters) into the columns of a row: (dimensions, ...)."""
    width, dimensions, _ = kernel.shape
    tiles = _filled_up(kernel, -1).reshape(width, dimensions, -1, LANES)
    return tiles.transpose(1, 2, 0, 3).reshape(dimensions, -1)


def _biases(bias: _Floats, width: int) -> _Floats:
    """Spread biases (filters,) over the columns of a row: each at the first place seen."""
    tiles = _filled_up(bias, 0).reshape(-1, 1, LANES)
    return np.pad(tiles, ((0, 0), (0, width - 1), (0, 0))).reshape(-1)


def _dense(weights: Weights, layout: Layout) -> Iterator[_Floats]:
    """Yield the rows and the biases of each dense layer."""
    hidden = [f"hidden_{number}" for number in range(1, len(layout.settings.hidden) + 1)]
    for name in (*hidden, "output"):
        kernel, bias = weights[f"{name}.kernel"], weights[f"{name}.bias"]
        if name == (*hidden, "output")[0]:
            kernel = _in_tiles(kernel, layout)
        rows = np.ascontiguousarray(_filled_up(kernel, 0).T)
        if name != "output":
            rows, bias = _filled_up(rows, 0), _filled_up(bias, 0)
        yield from (rows, bias)


def _direct(weights: Weights, layout: Layout) -> _Floats:
    """Return the columns of a row that are for the first dense layer: (dimensions, ...)."""
    first = "hidden_1.kernel" if layout.settings.hidden else "output.kernel"
    return _filled_up(_by_pooling(weights[first], layout)["vectors"], 1)


def _in_tiles(kernel: _Floats, layout: Layout) -> _Floats:
    """Return the first dense layer's kernel for its inputs as they lie when a text is computed."""
    parts, outputs = _by_pooling(kernel, layout), kernel.shape[1]
    # The largest values come before the means.
    tiles = [
        _filled_up(parts[kind].reshape(-1, layout.settings.filters, outputs), 1)
        for kind in sorted(parts.keys() - {"vectors"})
    ]
    if layout.direct:  # Inputs that the layer's weights are in already.
        tiles.append(np.eye(outputs, dtype=np.float32))
    return np.concatenate([tile.reshape(-1, outputs) for tile in tiles])


def _by_pooling(kernel: _Floats, layout: Layout) -> dict[Pooling, _Floats]:
    """Part the first dense layer's kernel by what its inputs are."""
    features = layout.features
    parts = np.split(kernel, np.cumsum(list(features.values()))[:-1])
    return dict(zip(features, parts, strict=True))


def _filled_up(array: _Floats, axis: int) -> _Floats:
    """Return it with zeros at the end of an axis, up to whole tiles."""
    missing = [(0, 0)] * array.ndim
    missing[axis] = (0, -array.shape[axis] % LANES)
    return np.pad(array, missing)
