"""Whether a probability of 0.8 is right in 8 of 10 texts, and how to make it so.

Modern networks are too sure, or, trained with much dropout or balanced weights, not sure enough.
Dividing the logits by one number, the temperature, mends most of it and changes no label (Guo et
al., "On Calibration of Modern Neural Networks", ICML 2017).
"""

import msgspec
import numpy as np
import numpy.typing as npt

BINS = 15
# No network that learnt something was seen to need one beyond these.
LEAST_TEMPERATURE, MOST_TEMPERATURE = 0.25, 4.0
# Few texts can ask for any temperature: 15 that are all right ask for the least that there is. So
# its logarithm is drawn toward 0 by a Gaussian prior, as firmly as by so many texts. Each text of
# honest probabilities of three labels adds some 0.35 to the precision of the logarithm: the mean
# variance of the logits under the probabilities, which is the Fisher information.
PRIOR_TEXTS = 50
_PRECISION_OF_A_TEXT = 0.35
# Probabilities are float32, of which the least is about this.
_LEAST_PROBABILITY = 1e-37

_Floats = npt.NDArray[np.floating]
_Classes = npt.NDArray[np.int64]


class CalibrationFigures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far probabilities are to be trusted; all are better when smaller.

    Attributes:
        ece: Expected calibration error: the mean distance, over the texts, between the winning
            probability and the share of right labels in its bin.
        brier: Brier score: the mean, over the texts, of the squared differences between each
            label's probability and 1 for the text's label, 0 for the others; from 0 to 2.
        log_loss: Mean negative natural logarithm of the probability of the text's label.
    """

    ece: float
    brier: float
    log_loss: float


class Bin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Texts whose winning probability is above `low` and at most `high`.

    Attributes:
        low: Where the bin begins.
        high: Where it ends.
        examples: Texts in it.
        confidence: Their mean winning probability; None without texts.
        accuracy: Share of them whose label was predicted; None without texts.
    """

    low: float
    high: float
    examples: int
    confidence: float | None
    accuracy: float | None


class Calibration(CalibrationFigures, frozen=True, forbid_unknown_fields=True):
    """The figures, and the bins of the reliability diagram."""

    bins: tuple[Bin, ...]

    @property
    def figures(self) -> CalibrationFigures:
        """The figures alone."""
        return CalibrationFigures(self.ece, self.brier, self.log_loss)


def calibration(probabilities: _Floats, expected: _Classes) -> Calibration:
    """Measure probabilities, float32 (texts, labels), against classes, int64 (texts,)."""
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == expected
    place = np.clip(np.ceil(confidence * BINS).astype(int) - 1, 0, BINS - 1)
    texts = np.bincount(place, minlength=BINS)
    sure = np.bincount(place, confidence, BINS) / np.maximum(texts, 1)
    accurate = np.bincount(place, right, BINS) / np.maximum(texts, 1)
    off = probabilities - np.eye(probabilities.shape[1])[expected]
    return Calibration(
        ece=float(np.abs(sure - accurate) @ texts / len(expected)),
        brier=float((off**2).sum(axis=1).mean()),
        log_loss=_log_loss(np.log(_above_zero(probabilities)), expected),
        bins=tuple(
            Bin(
                low=number / BINS,
                high=(number + 1) / BINS,
                examples=int(texts[number]),
                confidence=float(sure[number]) if texts[number] else None,
                accuracy=float(accurate[number]) if texts[number] else None,
            )
            for number in range(BINS)
        ),
    )


def fit_temperature(probabilities: _Floats, expected: _Classes) -> float:
    """Return the temperature that is most probable by these texts and the prior.

    That is the one by which the sum of their log losses, and of half the prior's precision times
    the square of its logarithm, is least (the maximum a posteriori).

    Args:
        probabilities: As the network gives them: float32 (texts, labels), at least one text.
        expected: The classes, int64 (texts,), of texts that the network did not learn from.
    """
    from scipy.optimize import minimize_scalar  # noqa: PLC0415  (slow)

    logits = np.log(_above_zero(probabilities))
    pull = PRIOR_TEXTS * _PRECISION_OF_A_TEXT / 2 / len(expected)

    def loss(log_temperature: float) -> float:
        tempered = _log_softmax(logits / np.exp(log_temperature))
        return _log_loss(tempered, expected) + pull * log_temperature**2

    found = minimize_scalar(
        loss,
        bounds=(np.log(LEAST_TEMPERATURE), np.log(MOST_TEMPERATURE)),
        method="bounded",
    )
    return float(np.clip(np.exp(found.x), LEAST_TEMPERATURE, MOST_TEMPERATURE))


def at_temperature(probabilities: _Floats, temperature: float) -> npt.NDArray[np.float64]:
    """Return what the probabilities are when their logits are divided by `temperature`.

    The logarithms of probabilities are logits; divided by 1/T they undo a division by T.
    """
    logits = np.log(_above_zero(probabilities)) / temperature
    return np.asarray(np.exp(_log_softmax(logits)), np.float64)


def _above_zero(probabilities: _Floats) -> npt.NDArray[np.float64]:
    return np.maximum(probabilities.astype(np.float64), _LEAST_PROBABILITY)


def _log_softmax(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)), np.float64)


def _log_loss(logarithms: npt.NDArray[np.float64], expected: _Classes) -> float:
    return float(-logarithms[np.arange(len(expected)), expected].mean())
