"""What all teachers say, one after the other or side by side, kept as each is done."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from sentiment.cpus import available_cpus
from sentiment.teaching.fold import Answer, Fold
from sentiment.teaching.processes import run_beside
from sentiment.teaching.transformer import steps
from sentiment.training.checkpoint import Checkpoint
from sentiment.training.progress import TrainingProgress

_Array = npt.NDArray[np.float32]


def answers_of(
    folds: Sequence[Fold], checkpoint: Checkpoint, progress: TrainingProgress, *, beside: bool
) -> list[Answer]:
    """Return what each teacher says, of those that are done already as the checkpoint has it.

    Args:
        folds: The work of each.
        checkpoint: What is done already, if anything, and what an interruption leaves behind.
        progress: What the user sees of it.
        beside: Whether several learn at a time, each in a process of its own.

    Raises:
        SentimentError: One failed.
    """
    done: dict[str, _Array] = {}
    if checkpoint.resumed:
        done = checkpoint.load()
        progress.say(f"goes on after {len(done) // 2} of {len(folds)} teachers")
    else:
        checkpoint.remove()  # What an earlier teaching left.
    to_do = [fold for fold in folds if str(fold.number) not in done]
    of_each = {
        each.number: steps(len(each.texts), len(each.scored), each.settings) for each in folds
    }
    progress.steps(
        sum(of_each.values()), sum(of_each.values()) - sum(of_each[each.number] for each in to_do)
    )
    for number, answer in _run(to_do, progress, beside=beside):
        done |= {str(number): answer.log_probabilities, f"{number}_vectors": answer.vectors}
        checkpoint.save(done)
        progress.say(f"teacher {number + 1} has learnt; {len(done) // 2} of {len(folds)} are done")
    return [Answer(done[str(each.number)], done[f"{each.number}_vectors"]) for each in folds]


def _run(
    folds: Sequence[Fold], progress: TrainingProgress, *, beside: bool
) -> Iterator[tuple[int, Answer]]:
    cpus = available_cpus()
    side_by_side = at_once(len(folds), cpus) if beside else 1
    if side_by_side > 1:
        yield from run_beside(folds, side_by_side, max(1, cpus // side_by_side), progress.step)
    else:
        yield from ((fold.number, fold.run(progress.step)) for fold in folds)


def at_once(teachers: int, cpus: int) -> int:
    """Return how many teachers learn side by side, each on a thread of its own at least.

    All share the processors where they would else come in two rounds: of three on two, the last one
    would leave one idle half of the time.
    """
    return teachers if teachers < 2 * cpus else cpus
