"""What was sent, what the broker acknowledged, and what came out: shared by a run's threads."""

import threading
from bisect import bisect_left
from collections.abc import Collection
from typing import NamedTuple


class Place(NamedTuple):
    """Where in the input topic a record stands.

    `incarnation` counts how often the topic was remade: offsets begin anew then.
    """

    incarnation: int
    partition: int
    offset: int


class Gap(NamedTuple):
    """Records that the broker deleted before they were read, from one offset to before another.

    `end` is None where everything after was deleted with the topic.
    """

    incarnation: int
    partition: int
    first: int
    end: int | None

    def holds(self, place: Place) -> bool:
        """Tell whether the record at `place` was deleted unread."""
        return (
            (self.incarnation, self.partition) == (place.incarnation, place.partition)
            and self.first <= place.offset
            and (self.end is None or place.offset < self.end)
        )


class Ledger:
    """Grows while a trial runs. Numbers are given in the order of sending, from 0.

    Attributes:
        places: Where the broker put each record that it acknowledged.
        refused: The records whose sending failed: they may be there or not.
        arrived_seconds: When a `read_committed` reader first saw what became of each record.
        gaps: What was deleted before it was read.
    """

    def __init__(self) -> None:
        self._sent_seconds: list[float] = []
        self._lock = threading.Lock()
        self.places: dict[int, Place] = {}
        self.refused: dict[int, str] = {}
        self.arrived_seconds: dict[int, float] = {}
        self.gaps: list[Gap] = []

    @property
    def sent(self) -> int:
        """The number of records that were sent, which is the next one's number."""
        return len(self._sent_seconds)

    def send(self, now_seconds: float) -> int:
        """Give the next record its number; it is sent at this monotonic second."""
        with self._lock:
            self._sent_seconds.append(now_seconds)
            return len(self._sent_seconds) - 1

    def first_sent_after(self, moment_seconds: float) -> int:
        """Return the number of the first record that was sent at this moment or later."""
        return bisect_left(self._sent_seconds, moment_seconds)

    def flows_since(self, moment_seconds: float, partitions: Collection[int]) -> float | None:
        """Return when the stream flowed again in full after `moment_seconds`, or None until then.

        That is when of every partition a record had come out that was sent after the moment: such
        a record cannot have been committed before it. Later than the first newly committed tweet,
        and so the stricter measure.
        """
        missing = set(partitions)
        latest = moment_seconds
        for number in range(self.first_sent_after(moment_seconds), self.sent):
            place = self.places.get(number)
            arrived = self.arrived_seconds.get(number)
            if place is not None and arrived is not None and place.partition in missing:
                missing.remove(place.partition)
                latest = max(latest, arrived)
                if not missing:
                    return latest
        return None
