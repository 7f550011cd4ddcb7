"""Percentiles and medians: plain definitions, so that every figure can be checked by hand."""

import math
from collections.abc import Sequence
from statistics import median

__all__ = ["median", "percentile"]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` of all values do not exceed (nearest rank).

    Args:
        values: at least one, in any order; infinity for what never came.
        share: above 0 and up to 1: 0.99 for the 99th percentile.
    """
    return sorted(values)[max(1, math.ceil(share * len(values))) - 1]
