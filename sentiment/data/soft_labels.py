"""Soft labels: the share of each label that a text has, as a bigger model may give them."""

import json
import math
from collections.abc import Mapping

from sentiment.data.lines import is_text


class NoSoftLabel(Exception):
    """What should be shares of labels is something else; the message goes on from "line 7 ..."."""


def soft_label(value: object) -> dict[str, float] | None:
    """Return the shares that `value` holds, normalised to a sum of 1; None where it holds none.

    Args:
        value: An object of JSON, label to share; or the text of one, as in a cell of a table.

    Raises:
        NoSoftLabel: It is something else, or a share is no number of 0 or more, or all are 0.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise NoSoftLabel(f"has probabilities that are not JSON ({error})") from error
    if not isinstance(value, dict):
        raise NoSoftLabel("has probabilities that are no object of labels and shares")
    shares = {str(label).strip(): _share(label, share) for label, share in value.items()}
    if len(shares) < len(value) or "" in shares or not all(map(is_text, shares)):
        raise NoSoftLabel("has probabilities of a label that is empty, twice there or not UTF-8")
    total = math.fsum(shares.values())
    if not 0 < total < math.inf:
        raise NoSoftLabel("has probabilities that do not add up to a number above 0")
    return {label: share / total for label, share in shares.items()}


def likeliest(probabilities: Mapping[str, float]) -> str:
    """Return the label with the largest share; of equal ones, the first by name."""
    return min(probabilities, key=lambda label: (-probabilities[label], label))


def _share(label: object, share: object) -> float:
    # An integer of JSON may be larger than any float.
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share < 1e300:
        raise NoSoftLabel(f"has a probability of {label!r} that is no number of 0 or more")
    return float(share)
