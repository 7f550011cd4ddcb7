"""The texts that a model is wrong about and most sure of: where to look first."""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

MOST = 20
_LONGEST = 500


class Mistake(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text that got another label than its own.

    Attributes:
        text: Its first 500 characters.
        label: What it was labelled by people.
        predicted: What the model says.
        probability: Of that, by the model.
    """

    text: str
    label: str
    predicted: str
    probability: float


def worst_mistakes(
    texts: Sequence[str],
    probabilities: npt.NDArray[np.floating],
    expected: npt.NDArray[np.int64],
    labels: Sequence[str],
) -> tuple[Mistake, ...]:
    """Return up to 20, the surest first."""
    predicted, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != expected)
    return tuple(
        Mistake(
            shown(texts[place]),
            labels[expected[place]],
            labels[predicted[place]],
            float(sure[place]),
        )
        for place in wrong[np.argsort(-sure[wrong], kind="stable")][:MOST].tolist()
    )


def shown(text: str) -> str:
    """Return the beginning of a text, as characters that any file can hold."""
    # Half of an emoji, as "\ud83d" in JSON makes it, is no UTF-8.
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
