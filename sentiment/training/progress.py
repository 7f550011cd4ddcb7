"""What a person sees while a model is trained."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sentiment.printable import printable


class TrainingProgress:
    """Print lines, and below them a bar where that is a terminal.

    Use it as a context manager, so that the bar is gone when the work ends, however it ends.
    """

    def __init__(self, console: Console | None = None) -> None:
        """Take the console to print to; stderr when None."""
        self._console = console or Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
            transient=True,
        )

    def __enter__(self) -> Self:
        """Make room for the bar."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        self._bar.stop()

    def say(self, line: str) -> None:
        """Print a line."""
        self._console.print(printable(line), markup=False, highlight=False, soft_wrap=True)

    def steps(self, total: int, done: int = 0) -> None:
        """Start a bar of so many steps, of which some are done, in place of the one before."""
        for task in self._bar.task_ids:
            self._bar.remove_task(task)
        self._bar.add_task("learning", total=total, completed=done)

    def step(self) -> None:
        """Move the bar on by one."""
        for task in self._bar.task_ids:
            self._bar.advance(task)
