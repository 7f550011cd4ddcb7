"""The average of a network's weights over the steps of its training.

It does better than the last weights do (Polyak & Juditsky, "Acceleration of Stochastic
Approximation by Averaging", 1992). What is kept of it at each step rises to the share asked for, so
that where the network began is soon forgotten: of a plain average with 0.999, after 600 steps the
first weights would still make up half.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


class Average:
    """An exponential moving average of arrays.

    Attributes:
        steps: How many have been taken into it.
        arrays: The average.
    """

    def __init__(self, arrays: Sequence[npt.NDArray[Any]], kept: float) -> None:
        """Begin with these, and keep at most this share of them at each step."""
        self.steps = 0
        self.arrays = [np.array(each) for each in arrays]
        self._kept = kept

    def add(self, arrays: Sequence[npt.NDArray[Any]]) -> None:
        """Take the arrays of one more step in."""
        self.steps += 1
        share = 1 - min(self._kept, (1 + self.steps) / (10 + self.steps))
        for place, array in enumerate(arrays):
            self.arrays[place] += share * (array - self.arrays[place])
