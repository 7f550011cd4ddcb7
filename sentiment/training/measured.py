"""What is measured of a network when it has learnt, and how sure it is made to be."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from sentiment.data.dataset import Example
from sentiment.measuring.baselines import Known, compare_with_baselines, learn_and_predict
from sentiment.measuring.calibration import CalibrationFigures, fit_temperature
from sentiment.measuring.evaluation import Evaluation, LearningStep, Scored, evaluate_scored
from sentiment.measuring.report import Report, measure_with_intervals
from sentiment.networks.tempered import tempered
from sentiment.serving.keras_engine import KerasEngine
from sentiment.settings import (
    LARGEST_VOCABULARY,
    MOST_CHARACTERS,
    MOST_TOKENS,
    PreprocessorSettings,
)
from sentiment.text.preprocessor import Preprocessor, tokens
from sentiment.text.vocabulary import Vocabulary
from sentiment.training.labelled import classes_of
from sentiment.training.prepared import Prepared


class Measured(NamedTuple):
    """What a bundle says of how good its network is.

    Attributes:
        metrics: The figures of each held-out part.
        evaluation: Everything on the test part, or on the validation part if there is no test.
    """

    metrics: dict[str, Report]
    evaluation: Evaluation

    @property
    def calibration(self) -> dict[str, CalibrationFigures]:
        """Its calibration, "before" and "after" the temperature."""
        found = {
            "before": self.evaluation.calibration_before,
            "after": self.evaluation.calibration,
        }
        return {name: each.figures for name, each in found.items() if each is not None}


def temper_and_measure(
    engine: KerasEngine,
    prepared: Prepared,
    learning: Sequence[LearningStep],
    name: str,
    *,
    show_texts: bool,
) -> Measured:
    """Make a finished network as sure as the validation part says, in place, and measure it.

    Args:
        engine: Computes a network as `network.finished` returns it.
        prepared: What it learnt from; the simple classifiers beside it count all of its tokens.
        learning: What each epoch led to.
        name: The model's.
        show_texts: Whether the texts of mistakes are in the report.
    """
    parts, preprocessor = prepared.parts, prepared.preprocessor

    def scored(examples: Sequence[Example]) -> Scored:
        texts = [example.text for example in examples]
        encoded = preprocessor(texts)
        return Scored(texts, encoded, classes_of(examples, parts.labels), engine.score(encoded))

    validation = scored(parts.validation)
    temperature = fit_temperature(validation.probabilities, validation.expected)
    tempered(engine.model, temperature)
    part = "test" if parts.test else "validation"
    held_out = scored(parts.test or parts.validation)
    evaluation = evaluate_scored(
        held_out, parts.labels, name, part, temperature, show_texts=show_texts
    )
    whole = _reading_all(prepared)

    def known(examples: Sequence[Example]) -> Known:
        weights = np.array([example.weight for example in examples])
        classes = classes_of(examples, parts.labels)
        return Known(whole([example.text for example in examples]), classes, weights)

    baselines = learn_and_predict(
        known(parts.train), known(parts.validation), whole(held_out.texts), len(whole.vocabulary)
    )
    evaluation = msgspec.structs.replace(
        evaluation,
        learning=tuple(learning),
        baselines=compare_with_baselines(
            baselines, held_out.expected, held_out.predicted, parts.labels
        ),
    )
    of_validation = measure_with_intervals(validation.expected, validation.predicted, parts.labels)
    return Measured({"validation": of_validation, part: evaluation.figures}, evaluation)


def _reading_all(prepared: Prepared) -> Preprocessor:
    """Return what encodes all tokens of a text that come twice in the texts to learn from.

    The network reads the first tokens only; to stop there makes simple classifiers quicker by
    nothing and worse: what people think of a film stands at the end of what they write.
    """
    texts = [example.text for example in prepared.parts.train]
    every = PreprocessorSettings(MOST_TOKENS, MOST_CHARACTERS)
    read = prepared.preprocessor.settings
    if (prepared.preprocessor(texts).lengths < read.max_tokens).all() and all(
        len(text) <= read.max_characters for text in texts
    ):
        return Preprocessor(prepared.known, every)
    known = Vocabulary.learn((tokens(text, every) for text in texts), LARGEST_VOCABULARY)
    return Preprocessor(known, every)
