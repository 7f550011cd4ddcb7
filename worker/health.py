"""Is the worker alive, and is it ready? Written by the loop, read by the HTTP server."""

from collections.abc import Callable

# Scoring the largest batch takes seconds; waiting for the broker beats by itself.
STALE_AFTER_SECONDS = 60.0


class Health:
    """The loop's pulse and readiness.

    Alive says nothing about lag or the broker: a restart cures neither.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start alive and not ready; `clock` returns monotonic seconds."""
        self._clock = clock
        self._last_beat_seconds = clock()
        self.ready = False

    def beat(self) -> None:
        """Say that the loop has turned, or waits for the broker with open eyes."""
        self._last_beat_seconds = self._clock()

    @property
    def alive(self) -> bool:
        """Whether there was a beat recently."""
        return self._clock() - self._last_beat_seconds < STALE_AFTER_SECONDS
