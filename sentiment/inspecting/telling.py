"""The tokens that tell most of a label."""

from typing import Any

import msgspec
import numpy as np

from sentiment.inspecting.counted import Counted

# Tokens that the prior is worth: as many as a few dozen tweets have.
_PRIOR_TOKENS = 500


class Telling(msgspec.Struct, frozen=True):
    """A token that a label's texts have more often than the others.

    Attributes:
        token: As the network sees it.
        z: The log-odds ratio in standard deviations; above 1.96 it is hardly chance.
        times: How often that label's texts have it.
    """

    token: str
    z: float
    times: int


def telling(counted: Counted, of_label: Any, number: int = 10) -> tuple[Telling, ...]:
    """Return the tokens that set some texts off most from the others, the most telling first.

    Log-odds ratio with an informative Dirichlet prior, which is how frequent a token is in all
    texts: Monroe, Colaresi and Quinn, "Fightin' Words", Political Analysis 16(4), 2008.

    Args:
        counted: The tokens of all texts.
        of_label: Which texts have the label: bool (texts,).
        number: Tokens to return at most.
    """
    total = np.asarray(counted.counts.sum(axis=0)).ravel()
    there = np.asarray(counted.counts[np.flatnonzero(of_label)].sum(axis=0)).ravel()
    if not total.sum():
        return ()
    prior = total * (_PRIOR_TOKENS / total.sum())
    log_odds = [
        np.log(count + prior) - np.log(count.sum() + _PRIOR_TOKENS - count - prior)
        for count in (there, total - there)
    ]
    deviation = np.sqrt(1 / (there + prior) + 1 / (total - there + prior))
    z = (log_odds[0] - log_odds[1]) / deviation
    best = np.argsort(-z, kind="stable")[:number]
    return tuple(
        Telling(counted.tokens[place], round(float(z[place]), 2), int(there[place]))
        for place in best
        if z[place] > 0
    )
