"""Is one record broken, or the whole topic? A worker must not drain a topic into dead letters."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from worker.errors import Storm
from worker.messages import DeadLetter, RawRecord

Flags = npt.NDArray[np.bool_]


class StormWatch:
    """Watches the share of dead letters among the last records.

    `recent` tells of each of the last records, at most `window`, whether it became a dead letter.
    """

    def __init__(self, share: float, window: int) -> None:
        """Watch for more than `share` (0 to 1) of any `window` records in a row."""
        self._most = share * window
        self._window = window
        self.recent: Flags = np.zeros(0, np.bool_)

    def expect(self, records: Sequence[RawRecord], dead_letters: Sequence[DeadLetter]) -> Flags:
        """Return what `recent` will be once a batch with these records is published.

        Raises:
            Storm: publishing it would make one.
        """
        dead = {(letter.record.partition, letter.record.offset) for letter in dead_letters}
        flags = np.zeros(len(records), np.bool_)
        if dead:
            flags[:] = [(record.partition, record.offset) in dead for record in records]
        seen = np.concatenate((self.recent, flags))
        if dead:
            # With fewer records than the window, the missing ones count as good.
            sums = np.concatenate((np.zeros(self._window, int), np.cumsum(seen)))
            worst = int((sums[self._window :] - sums[: -self._window]).max())
            if worst > self._most:
                raise Storm(self._complaint(worst, dead_letters))
        return seen[-self._window :]

    def _complaint(self, worst: int, dead_letters: Sequence[DeadLetter]) -> str:
        reasons = Counter(letter.reason.value for letter in dead_letters)
        last = dead_letters[-1].record
        return (
            f"{worst} of {self._window} records in a row could not be scored "
            f"({', '.join(f'{reason}: {count}' for reason, count in reasons.most_common())} in the "
            f"last batch), the latest at {last.topic}[{last.partition}]@{last.offset}: the topic "
            "looks broken, and nothing of this batch is committed; mend its producer or "
            "SENTIMENT_INPUT_FORMAT, or raise SENTIMENT_STORM_SHARE (1 lets all through)"
        )
