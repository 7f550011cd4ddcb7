"""Where the projection of a larger model's vectors starts: from what they differ most in."""

import numpy as np
import numpy.typing as npt

from sentiment.networks.composition import Projected
from sentiment.training.cooccurrence import SCALE


def projected(vectors: npt.NDArray[np.float32], size: int) -> Projected:
    """Return vectors, centred, with a matrix that makes them `size` long, as ours are.

    The matrix has the principal directions of the vectors for columns. Where there are fewer than
    asked for, the last columns are zero.

    Args:
        vectors: float32 (tokens, any size); those that are zero belong to tokens without one.
        size: Dimensions that are wanted.
    """
    known = vectors.any(axis=1)
    start = np.zeros((vectors.shape[1], size), np.float32)
    if not known.any():
        return Projected(vectors, start)
    centred = vectors.copy()
    centred[known] -= vectors[known].mean(axis=0)
    # Of the matrix of products, which is small however many tokens there are.
    _, directions = np.linalg.eigh(centred.T @ centred)
    directions = directions[:, ::-1][:, :size]
    # A direction and its opposite are one; the largest entry decides.
    largest = np.abs(directions).argmax(axis=0)
    directions = directions * np.sign(directions[largest, np.arange(directions.shape[1])])
    spread = float((centred[known] @ directions).std())
    start[:, : directions.shape[1]] = directions * (SCALE / max(spread, 1e-12))
    return Projected(centred, start)
