"""Texts to the settings that suit them best."""

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from sentiment.errors import SettingsError
from sentiment.measuring.page import check_folder, write_files
from sentiment.runtime import keras, use_device, use_threads
from sentiment.settings import (
    Device,
    NetworkSettings,
    PreprocessorSettings,
    SearchMethod,
    TrainingSettings,
)
from sentiment.training.learn import learn
from sentiment.training.planning import planned_epochs
from sentiment.training.prepared import Prepared, prepare, what_decides
from sentiment.training.progress import TrainingProgress
from sentiment.training.search import Enough, Search, Trial, deadline
from sentiment.training.search_space import (
    Dimension,
    as_options,
    dimensions,
    settled,
    values_of,
)
from sentiment.training.texts import TextsPlan, read_texts
from sentiment.training.tuning_page import Tuning, as_files, tuning

_BEGUN = "search.json"


@dataclass(frozen=True, slots=True)
class TuningPlan:
    """All that a search is told.

    Attributes:
        texts: Which texts it is about; the test part is not looked at.
        out: Folder of the trials and of what was found.
        seconds: Time to spend.
        trials: The most trials there may be; as many as the time allows when None.
        method: How settings are chosen.
        preprocessor: How texts are prepared.
        network: What the network is made of, but for what is searched.
        training: How it learns, but for what is searched.
        device: What it learns on.
        vectors: A file of word vectors to start from, if any.
        given: Names of settings that are not searched, for the user gave them.
        options: The options of `train` that mean what was given.
    """

    texts: TextsPlan
    out: Path
    seconds: float
    trials: int | None
    method: SearchMethod
    preprocessor: PreprocessorSettings
    network: NetworkSettings
    training: TrainingSettings
    device: Device = "auto"
    vectors: Path | None = None
    given: Sequence[str] = ()
    options: str = ""


class _Quiet(TrainingProgress):
    """Shows a bar, says nothing of epochs, and ends the trial when time is up."""

    def __init__(self, check: Callable[[], None]) -> None:
        super().__init__()
        self._check = check

    def say(self, line: str) -> None:
        """Say nothing."""

    def step(self) -> None:
        """Move on, or stop."""
        self._check()
        super().step()


class _Begun(msgspec.Struct, frozen=True):
    """What a folder's search is about.

    Attributes:
        facts: SHA-256 of all that trials depend on.
        default: What the settings reach that nobody searched for.
    """

    facts: str
    default: float


def tune(plan: TuningPlan, say: Callable[[str], None]) -> Tuning:
    """Search, write all that was found so far into the folder, and return it.

    The settings as they are come first, to compare with. Where a search is in the folder already,
    it goes on.

    Raises:
        SentimentError: The texts, the settings or the folder are no good.
    """
    check_folder(plan.out)
    use_threads()
    # It warns of functions that are traced often, as those of many networks are.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    if gpu := use_device(plan.device):
        say(f"computes on {gpu}")
    parts, *_ = read_texts(plan.texts, plan.training.seed, say)
    prepared = prepare(parts, plan.preprocessor, plan.network, plan.vectors, say)
    as_it_is = msgspec.structs.replace(
        plan.training, epochs=planned_epochs(len(parts.train), plan.training)
    )
    space = dimensions(plan.network.kind, as_it_is.epochs, given=plan.given)
    check = deadline(plan.seconds)
    default = _begin(plan, prepared, space, check, say)

    def attempt(values: dict[str, Any]) -> float:
        network, training = settled(prepared.sizes, plan.training, values)
        reached = _reached(prepared._replace(sizes=network), training, check)
        say(f"macro recall {reached:.4f} with {as_options(values)}")
        return reached

    search = Search(plan.method, space, attempt, plan.out, plan.training.seed, plan.trials)
    if search.trials:
        say(f"goes on after {len(search.trials)} trials")
    try:
        search.run()
    finally:
        first = Trial(values_of(plan.network, as_it_is, space), default)
        found = tuning(plan.method, plan.options, first, search.trials)
        write_files(plan.out, as_files(found, space))
    return found


def _begin(
    plan: TuningPlan,
    prepared: Prepared,
    space: Sequence[Dimension],
    check: Callable[[], None],
    say: Callable[[str], None],
) -> float:
    """Return what the settings as they are reach, measured at the beginning of the search."""
    decides = what_decides(prepared, plan.method, plan.training, space)
    facts = hashlib.sha256(decides).hexdigest()
    path = plan.out / _BEGUN
    if path.exists():
        try:
            begun = msgspec.json.decode(path.read_bytes(), type=_Begun)
        except (OSError, msgspec.MsgspecError) as error:
            raise SettingsError(f"{path} cannot be read: choose another --out") from error
        if begun.facts != facts:
            raise SettingsError(
                f"the search in {plan.out} is about other texts or options: give the same, or "
                "choose another --out"
            )
        return begun.default
    try:
        default = _reached(prepared, plan.training, check)
    except Enough as error:
        raise SettingsError(
            f"--minutes {plan.seconds / 60:g} are too few to train once: give it more"
        ) from error
    say(f"macro recall {default:.4f} with the settings as they are")
    write_files(plan.out, {_BEGUN: msgspec.json.encode(_Begun(facts, default))})
    return default


def _reached(prepared: Prepared, training: TrainingSettings, check: Callable[[], None]) -> float:
    """Return the macro recall on the validation texts after the best epoch."""
    with _Quiet(check) as progress:
        learnt = learn(prepared, training, progress)
    keras.utils.clear_session()  # Else the networks of all trials stay in memory.
    return max(step.macro_recall for step in learnt.learning)
