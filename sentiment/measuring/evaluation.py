"""Everything that is measured of a model with labelled texts: the content of `report.json`.

docs/report.md tells what each field is, and how it is computed.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from sentiment.measuring.baselines import Baseline
from sentiment.measuring.calibration import Calibration, at_temperature, calibration
from sentiment.measuring.curves import Curve, curves
from sentiment.measuring.mistakes import Mistake, worst_mistakes
from sentiment.measuring.report import Report, measure_with_intervals
from sentiment.measuring.slices import Slice, kinds, slices
from sentiment.text.encoded_texts import EncodedTexts

REPORT_FORMAT = 1


class Scored(NamedTuple):
    """Labelled texts with what a model says about them.

    Attributes:
        texts: The texts.
        encoded: Their ids.
        expected: Their labels: int64 (texts,), places in the model's.
        probabilities: The model's: float32 (texts, labels).
    """

    texts: Sequence[str]
    encoded: EncodedTexts
    expected: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float32]

    @property
    def predicted(self) -> npt.NDArray[np.int64]:
        """The most probable labels: int64 (texts,)."""
        return np.asarray(self.probabilities.argmax(axis=1), np.int64)


class LearningStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one pass over the training texts led to.

    Attributes:
        epoch: From 1.
        loss: Mean over the pass, with dropout and all that makes learning harder.
        macro_recall: On the validation texts, after it.
        best: Whether it was kept so far: no earlier one did better, or the last was to be kept.
        validation_loss: Mean negative logarithm of the probabilities of the validation texts'
            labels, after it; None in reports of earlier versions.
    """

    epoch: int
    loss: float
    macro_recall: float
    best: bool
    validation_loss: float | None = None


class Evaluation(Report, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A model's figures, and where they come from.

    Attributes:
        format: Version of this layout.
        model: Which model.
        part: Which texts: "data" that were given, or the "test" or "validation" part of a training.
        temperature: What the model's logits were divided by; None where that was not fitted.
        calibration: Of the probabilities as the model gives them.
        calibration_before: Of those without the temperature; None where it was not fitted.
        curves: Of each label that some texts have and others have not.
        slices: By kinds of texts.
        mistakes: The surest ones; none where texts were to be kept out of the report.
        learning: Each pass of the training; none of a model that was trained before.
        baselines: Simple classifiers learnt from the same texts; none of a model that was trained
            before.
        learnt_from: Names of the files given that the model learnt from.
    """

    format: int = REPORT_FORMAT
    model: str
    part: str
    temperature: float | None
    calibration: Calibration
    calibration_before: Calibration | None
    curves: dict[str, Curve]
    slices: tuple[Slice, ...]
    mistakes: tuple[Mistake, ...]
    learning: tuple[LearningStep, ...] = ()
    baselines: dict[str, Baseline] = msgspec.field(default_factory=dict)
    learnt_from: tuple[str, ...] = ()

    @property
    def figures(self) -> Report:
        """The figures of agreement alone."""
        return Report(**_figures(self))

    def to_json(self) -> bytes:
        """Return it as indented JSON, the model first."""
        fields = msgspec.to_builtins(self)
        first = {name: fields[name] for name in ("format", "model", "part")}
        return msgspec.json.format(msgspec.json.encode(first | fields)) + b"\n"


def _figures(report: Report) -> dict[str, Any]:
    """Return the fields of a `Report`, of what may have others too."""
    return {name: getattr(report, name) for name in Report.__struct_fields__}


def evaluate_scored(
    scored: Scored,
    labels: Sequence[str],
    model: str,
    part: str = "data",
    temperature: float | None = None,
    *,
    show_texts: bool = True,
    learnt_from: Sequence[str] = (),
) -> Evaluation:
    """Measure what a model says about at least one text.

    Args:
        scored: The texts, and what it says.
        labels: The model's.
        model: Its name.
        part: Which texts they are.
        temperature: What its logits were divided by, if they were.
        show_texts: Whether the texts of mistakes are in it.
        learnt_from: Names of files that it learnt from, of those that the texts are from.
    """
    before = None
    if temperature is not None:
        before = calibration(at_temperature(scored.probabilities, 1 / temperature), scored.expected)
    report = measure_with_intervals(scored.expected, scored.predicted, labels)
    return Evaluation(
        **_figures(report),
        model=model,
        part=part,
        temperature=temperature,
        calibration=calibration(scored.probabilities, scored.expected),
        calibration_before=before,
        curves=curves(scored.probabilities, scored.expected, labels),
        slices=slices(
            tuple(kinds(scored.texts, scored.encoded)), scored.expected, scored.predicted, labels
        ),
        mistakes=worst_mistakes(scored.texts, scored.probabilities, scored.expected, labels)
        if show_texts
        else (),
        learnt_from=tuple(learnt_from),
    )
