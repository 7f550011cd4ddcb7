"""What a line of `score --explain` says besides what every line says."""

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any, Literal

import msgspec

from sentiment.scorer import Scorer
from sentiment.serving.explanation import DECIMALS, Explanation

# How many n-grams of each text.
Most = int | Literal["all"]


def score(
    scorer: Scorer, texts: Sequence[str], most: Most | None
) -> tuple[list[list[float]], Iterator[dict[str, Any]]]:
    """Return the probabilities of each text, and the fields that explain them: none without `most`.

    Raises:
        SettingsError: Fields are asked for, and Keras computes the network.
    """
    batch = scorer.prepare(texts)
    if most is None:
        return scorer.score(batch).tolist(), repeat({})
    explanation = scorer.explain(texts, batch, None if most == "all" else most)
    evidence = explanation.evidence(texts, scorer.labels)
    listed = ([msgspec.to_builtins(ngram) for ngram in found] for found in evidence)
    fields: Iterator[dict[str, Any]] = ({"evidence": found} for found in listed)
    if most == "all":
        fields = _with_all_weights(fields, explanation, scorer.labels)
    return explanation.probabilities.tolist(), fields


def _with_all_weights(
    fields: Iterator[dict[str, Any]], explanation: Explanation, labels: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Add the weight of each n-gram for every label, and the bias: all that adds up."""
    rows = iter(explanation.weights.tolist())
    for field, bias in zip(fields, explanation.bias.tolist(), strict=True):
        for ngram in field["evidence"]:
            ngram["weights"] = _by_label(labels, next(rows))
        yield field | {"bias": _by_label(labels, bias)}


def _by_label(labels: Sequence[str], numbers: Sequence[float]) -> dict[str, float]:
    return {label: round(number, DECIMALS) for label, number in zip(labels, numbers, strict=True)}
