"""Teachers that learn side by side, each in a process of its own.

Two processes of one thread each learn 1.6 times as quickly as one of two threads (six layers of 384
dimensions on two processors): what is done at once is small.
"""

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from typing import Any, cast

from sentiment.errors import SentimentError, TrainingError
from sentiment.teaching.fold import Answer, Fold


def run_beside(
    folds: Sequence[Fold], at_once: int, threads: int, step_done: Callable[[], None]
) -> Iterator[tuple[int, Answer]]:
    """Run folds on the processor, and yield each one's number and outcome when it is done.

    However this ends, no process is left.

    Args:
        folds: The work.
        at_once: Processes at a time.
        threads: Of each.
        step_done: Called after each step of any of them.

    Raises:
        SentimentError: One failed.
    """
    waiting = list(folds)
    running: dict[Connection, tuple[Fold, Any]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                fold = waiting.pop(0)
                connection, process = _start(fold, threads)
                running[connection] = fold, process
            for each in wait(list(running)):
                ready = cast("Connection", each)
                fold, process = running[ready]
                told = _received(ready, fold, process)
                if told is None:
                    step_done()
                    continue
                process.join()
                del running[ready]
                yield fold.number, told
    finally:
        for _, process in running.values():
            process.kill()
            process.join()


def _start(fold: Fold, threads: int) -> tuple[Connection, Any]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    # If we are killed, it notices when nobody takes what it tells.
    process = context.Process(target=_child, args=(fold, threads, theirs), daemon=True)
    try:
        with _without_interrupts():
            process.start()
    except OSError as error:
        raise TrainingError(
            f"teacher {fold.number + 1} cannot be started: {error.strerror or error}"
        ) from error
    theirs.close()
    return ours, process


def _received(connection: Connection, fold: Fold, process: Any) -> Answer | None:
    """Return an outcome, or None for a step."""
    try:
        told: Answer | SentimentError | None = connection.recv()
    except (EOFError, OSError):  # An OSError where it was killed while it told something.
        process.join()
        raise TrainingError(_why_it_ended(fold.number + 1, process.exitcode)) from None
    if isinstance(told, SentimentError):
        raise told
    return told


def _why_it_ended(teacher: int, code: int) -> str:
    """Return what to do about a process that ended by itself; a code below 0 is a signal's."""
    if code < 0:
        return (
            f"teacher {teacher} was killed by signal {-code}, for lack of memory perhaps: take "
            "fewer processors (taskset), with --resume where others were done, or a smaller "
            "--batch-size"
        )
    return (
        f"teacher {teacher} ended with exit code {code}, and what it printed says why: start "
        "again, with --resume where others were done"
    )


def _child(fold: Fold, threads: int, connection: Connection) -> None:
    """Run a fold in a process of its own, and tell of each step and of the outcome."""
    try:
        try:
            outcome: Answer | SentimentError = fold.run(lambda: connection.send(None), threads)
        except SentimentError as error:
            outcome = error
        connection.send(outcome)
    except BrokenPipeError:
        return


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back meanwhile; processes that are started never see it, for we end them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
