"""Ctrl-C and SIGTERM, as one exception that never strikes in the middle of a send."""

import contextlib
import signal
from types import FrameType, TracebackType
from typing import Self


class Interrupted(BaseException):
    """A signal asked us to end.

    Like `KeyboardInterrupt` not an `Exception`, so that nothing on the way takes it for a failure.
    """

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal.Signals(signal_number).name)
        self.exit_code = 128 + signal_number


class Interruptions:
    """While entered, SIGINT and SIGTERM raise `Interrupted` wherever the main thread is.

    Inside `with interruptions.held:` they wait for that section's end.
    """

    def __init__(self) -> None:
        self.held = _Held()
        self._restoring = contextlib.ExitStack()

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            previous = signal.signal(number, self.held.arrive)
            self._restoring.callback(signal.signal, number, previous)
        return self

    def __exit__(self, *_: object) -> None:
        self._restoring.close()


class _Held:
    """A section at whose end, not inside which, a signal that arrived is raised.

    The client takes locks and we count: neither may be left half done. A class and no generator
    because every record passes here.
    """

    def __init__(self) -> None:
        self._inside = False
        self._arrived: int | None = None

    def arrive(self, number: int, _frame: FrameType | None) -> None:
        if not self._inside:
            raise Interrupted(number)
        self._arrived = number

    def __enter__(self) -> None:
        self._inside = True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._inside = False
        if self._arrived is not None:
            number, self._arrived = self._arrived, None
            raise Interrupted(number) from error
