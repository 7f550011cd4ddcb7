"""The ways to compute the network, on the same texts: tweets a second, and whether they agree."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from benchmarks.scenario import Scenario
from sentiment import EncodedTexts, Scorer
from sentiment.networks.inputs import Inputs
from sentiment.storage.bundle import Bundle
from sentiment.storage.bundle_files import MODEL

BATCH = 512
# What the worker's largest batch holds; texts of like length are looked for within it.
SORTED_WITHIN = 2_048
TEXTS = 20_480
# XLA wants many texts of one length at once.
XLA_SORTED_WITHIN = 8_192
# `model.predict` takes about 40 ms a call, whatever it is called with.
TEXTS_ONE_BY_ONE = 200
REFERENCE = "function-sorted"

Probabilities = npt.NDArray[np.float32]
Score = Callable[[EncodedTexts], Probabilities]


@dataclass(frozen=True, slots=True)
class Engine:
    """A way to score; `make` loads it, or returns None where it cannot compute the network."""

    name: str
    title: str
    make: Callable[[Scenario], Score | None]
    batch: int
    texts: int = TEXTS


class EngineRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run.

    Attributes:
        engine: Its name.
        texts: How many were scored.
        seconds: It took.
        largest_difference: Between its probabilities and those of the sorted `tf.function`.
    """

    engine: str
    texts: int
    seconds: float
    largest_difference: float

    @property
    def rate(self) -> float:
        """Tweets a second."""
        return self.texts / self.seconds


def _predict(scenario: Scenario) -> Score:
    from sentiment.runtime import keras  # noqa: PLC0415 - takes seconds

    model = keras.saving.load_model(scenario.model / MODEL, compile=False)
    subwords = _subwords(scenario)

    def score(batch: EncodedTexts) -> Probabilities:
        width = 1 if len(batch) == 1 else 48
        inputs = Inputs(batch, subwords).padded(range(len(batch)), multiple=width)
        # Keras takes the only input of a model as it is.
        given = inputs if subwords else inputs[0]
        predicted: Probabilities = model.predict(given, batch_size=BATCH, verbose=0)
        return predicted

    return score


def _function(scenario: Scenario) -> Score:
    from sentiment.runtime import keras  # noqa: PLC0415 - takes seconds
    from sentiment.serving.keras_engine import compiled  # noqa: PLC0415

    call = compiled(keras.saving.load_model(scenario.model / MODEL, compile=False))
    subwords = _subwords(scenario)

    def score(batch: EncodedTexts) -> Probabilities:
        inputs = Inputs(batch, subwords).padded(range(len(batch)), multiple=48)
        scored: Probabilities = call(*inputs)
        return scored

    return score


def _function_sorted(scenario: Scenario) -> Score:
    return Scorer.load(scenario.model, engine="keras").score


def _folded_xla(scenario: Scenario) -> Score | None:
    from benchmarks.folded_xla import FoldedXla, is_plain  # noqa: PLC0415 - takes seconds

    if not is_plain(Bundle.load(scenario.model).manifest.network):
        scenario.say("folded-xla: left out, it has one way of padding and pooling only")
        return None
    return FoldedXla(scenario.model)


def _folded(scenario: Scenario) -> Score:
    return Scorer.load(scenario.model, engine="folded").score


ENGINES = (
    Engine("predict-one", "`model.predict`, one by one", _predict, 1, TEXTS_ONE_BY_ONE),
    Engine("predict", "`model.predict`, batch 512, padded to 48", _predict, BATCH),
    Engine("function", "`tf.function`, batch 512, padded to 48", _function, BATCH),
    Engine(REFERENCE, "`tf.function`, sorted by length", _function_sorted, SORTED_WITHIN),
    Engine("folded-xla", "folded, XLA, sorted by length", _folded_xla, XLA_SORTED_WITHIN),
    Engine("folded", "folded, Numba, **one thread**", _folded, SORTED_WITHIN),
)


def measure(scenario: Scenario) -> list[EngineRun]:
    """Let the engines take turns on the same texts, `runs` times each.

    Every engine but one computes on all processors. Text preparation is not in it.

    Raises:
        BundleError: the model cannot be loaded.
    """
    texts = [scenario.texts[i % len(scenario.texts)] for i in range(min(TEXTS, scenario.tweets))]
    encoded = Scorer.load(scenario.model, engine="keras").prepare(texts)
    expected = _all(_function_sorted(scenario), encoded, SORTED_WITHIN)
    scores: dict[str, Score] = {}
    for engine in ENGINES:
        if scenario.wanted(engine.name) and (score := engine.make(scenario)) is not None:
            scores[engine.name] = score
            # Everything is traced and compiled now.
            warm_up = engine.texts if engine.batch > 1 else TEXTS_ONE_BY_ONE // 10
            _all(score, encoded.part(0, min(warm_up, len(encoded))), engine.batch)
    results = []
    for number in range(scenario.runs):
        for engine in ENGINES:
            if engine.name not in scores:
                continue
            given = encoded.part(0, min(engine.texts, len(encoded)))
            started = time.perf_counter()
            probabilities = _all(scores[engine.name], given, engine.batch)
            run = EngineRun(
                engine=engine.name,
                texts=len(given),
                seconds=time.perf_counter() - started,
                largest_difference=float(np.abs(probabilities - expected[: len(given)]).max()),
            )
            results.append(run)
            scenario.say(
                f"engines {number + 1}/{scenario.runs} {engine.name}: {run.rate:,.0f} tweets/s"
            )
    return results


def _subwords(scenario: Scenario) -> int:
    return Bundle.load(scenario.model).manifest.network.subwords


def _all(score: Score, encoded: EncodedTexts, batch: int) -> Probabilities:
    parts = [
        score(encoded.part(first, min(first + batch, len(encoded))))
        for first in range(0, len(encoded), batch)
    ]
    return np.concatenate(parts)
