"""When is the next record due?"""

import math
from collections.abc import Callable


class Pace:
    """An even rate against a clock that only goes forward.

    Each record has its moment, counted from the first one, whatever became of those before it:
    a record that is late goes out at once and moves none of its successors, so the rate holds
    over any length and a slow broker does not slow the load down (an open loop).
    """

    def __init__(
        self,
        records_per_second: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        forgiven_lag_seconds: float = math.inf,
    ) -> None:
        """Start with the first call of `wait`.

        Args:
            records_per_second: above zero; infinity never waits.
            clock: monotonic seconds.
            sleep: waits for so many seconds.
            forgiven_lag_seconds: when further behind than this, the schedule begins anew from
                now. For sources that fall silent: a pause is not made up for by a burst.
        """
        self._interval_seconds = 1.0 / records_per_second
        self._clock = clock
        self._sleep = sleep
        self._forgiven_lag_seconds = forgiven_lag_seconds
        self._start: float | None = None
        self._released = 0

    def wait(self) -> None:
        """Return when the next record is due."""
        now = self._clock()
        if self._start is None:
            self._start = now
        early_seconds = self._start + self._released * self._interval_seconds - now
        if early_seconds > 0:
            self._sleep(early_seconds)
        elif -early_seconds > self._forgiven_lag_seconds:
            self._start, self._released = now, 0
        self._released += 1
