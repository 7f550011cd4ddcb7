"""A search for better settings, by Keras Tuner, in the time that it is given.

Random search (Bergstra & Bengio, "Random Search for Hyper-Parameter Optimization", JMLR 2012) tries
settings at random; Hyperband (Li et al., JMLR 2018) tries many for a short while and goes on with
the best. What is searched for is the best macro recall on the validation texts; the test texts are
not looked at.
"""

import io
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import keras_tuner
import msgspec

from sentiment.errors import TrainingError
from sentiment.settings import SearchMethod
from sentiment.training.search_space import Dimension

OBJECTIVE = "macro_recall"
_PROJECT = "trials"
# As many as the time allows.
_MOST_TRIALS = 100_000

# Values of a trial to the macro recall that it reached; raises `Enough` when time is up.
Attempt = Callable[[dict[str, Any]], float]


class Enough(BaseException):
    """The search is over, perhaps in the middle of a trial.

    No `Exception`, for those Keras Tuner takes for the failure of a trial.
    """


class Trial(msgspec.Struct, frozen=True):
    """Settings that were tried.

    Attributes:
        values: Of each dimension.
        macro_recall: On the validation texts; None where nothing came of it.
    """

    values: dict[str, Any]
    macro_recall: float | None


class Search:
    """Tries settings, and keeps each trial in a folder.

    A search that was interrupted, or whose time was over, goes on there, and a trial that was not
    finished is done again.

    Args:
        method: How settings are chosen.
        space: What they are chosen from.
        attempt: Runs a trial.
        folder: Where trials are kept.
        seed: Of the choice.
        most_trials: After how many it ends; never when None.
    """

    def __init__(
        self,
        method: SearchMethod,
        space: Sequence[Dimension],
        attempt: Attempt,
        folder: Path,
        seed: int,
        most_trials: int | None,
    ) -> None:
        values = keras_tuner.HyperParameters()
        for each in space:
            _add(values, each, method)
        oracle = _oracle(method, values, space, seed)
        oracle.verbose = 0
        self._names = [each.name for each in space]
        # Where it finds trials, it says so on standard output.
        with redirect_stdout(io.StringIO()):
            self._tuner = _Tuner(
                attempt,
                most_trials,
                oracle=oracle,
                directory=str(folder),
                project_name=_PROJECT,
            )

    @property
    def trials(self) -> list[Trial]:
        """All that were finished, in order, those of earlier runs first."""
        oracle = self._tuner.oracle
        return [_trial(oracle.trials[each], self._names) for each in oracle.end_order]

    def run(self) -> None:
        """Try settings until it is enough.

        Raises:
            SentimentError: A trial could not be run.
        """
        try:
            self._tuner.search()
        except Enough:
            pass
        except RuntimeError as error:
            raise TrainingError(
                "three trials in a row came to nothing, for the loss was no number: look at the "
                "texts and their weights"
            ) from error
        except keras_tuner.errors.FatalError as error:
            raise error.__cause__ or error from None


class _Tuner(keras_tuner.engine.base_tuner.BaseTuner):  # type: ignore[misc] # has no types
    def __init__(self, attempt: Attempt, most_trials: int | None, **options: Any) -> None:
        super().__init__(**options)
        self._attempt = attempt
        self._most_trials = most_trials

    def pre_create_trial(self) -> None:
        if self._most_trials and len(self.oracle.end_order) >= self._most_trials:
            raise Enough

    def on_trial_begin(self, trial: Any) -> None:
        super().on_trial_begin(trial)
        self.save()  # So that it is known to have been interrupted, if it will be.

    def run_trial(self, trial: Any) -> dict[str, float]:
        """Return what the settings of a trial reached."""
        try:
            return {OBJECTIVE: self._attempt(_values(trial))}
        except TrainingError as error:
            raise keras_tuner.errors.FailedTrialError(str(error)) from error
        except Exception as error:
            # Else it would be tried again, and told nowhere.
            raise keras_tuner.errors.FatalError(str(error)) from error


def deadline(seconds: float, clock: Callable[[], float] = time.monotonic) -> Callable[[], None]:
    """Return a function that raises `Enough` from so many seconds from now on."""
    end = clock() + seconds

    def check() -> None:
        if clock() >= end:
            raise Enough

    return check


def best(trials: Sequence[Trial]) -> Trial | None:
    """Return the trial that reached most, the first of equal ones; None where none is done."""
    done = [each for each in trials if each.macro_recall is not None]
    return max(done, key=lambda each: each.macro_recall or 0, default=None)


def _add(values: Any, each: Dimension, method: SearchMethod) -> None:
    if each.range:
        least, most = each.values
        values.Float(each.name, least, most, sampling="log")
    elif each.name != "epochs" or method == "random":
        values.Choice(each.name, list(each.values))


def _oracle(method: SearchMethod, values: Any, space: Sequence[Dimension], seed: int) -> Any:
    shared = {
        "objective": keras_tuner.Objective(OBJECTIVE, "max"),
        "hyperparameters": values,
        "seed": seed,
        "allow_new_entries": False,
        "tune_new_entries": False,
    }
    if method == "random":
        return keras_tuner.oracles.RandomSearchOracle(max_trials=_MOST_TRIALS, **shared)
    # It decides by itself how many passes each trial has.
    most = next(max(each.values) for each in space if each.name == "epochs")
    return keras_tuner.oracles.HyperbandOracle(
        max_epochs=most, hyperband_iterations=_MOST_TRIALS, **shared
    )


def _values(trial: Any) -> dict[str, Any]:
    """Return the settings of a trial, the passes that Hyperband gave it among them."""
    found = trial.hyperparameters.values
    values = {name: value for name, value in found.items() if not name.startswith("tuner/")}
    return values | ({"epochs": found["tuner/epochs"]} if "tuner/epochs" in found else {})


def _trial(trial: Any, names: Sequence[str]) -> Trial:
    found = _values(trial)
    values = {name: found[name] for name in names if name in found}
    return Trial(values, None if trial.score is None else float(trial.score))
