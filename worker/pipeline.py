"""Batches in flight: one is scored while the one before it is published."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import NamedTuple

from worker.errors import PublishAborted
from worker.messages import Outcome
from worker.ports import Batch, Offsets
from worker.scoring import PreparedBatch

MOST_IN_FLIGHT = 2


class _InFlight(NamedTuple):
    batch: Batch
    published: Future[None]


class Pipeline:
    """Two threads behind the loop, with at most one batch each; order is kept.

    A batch is published only after the one before it: where that failed, the rest fails too, so
    offsets are never committed past a batch that is not.
    """

    def __init__(
        self, score: Callable[[PreparedBatch], Outcome], publish: Callable[[Batch, Outcome], None]
    ) -> None:
        self._score = score
        self._publish = publish
        self._scoring = ThreadPoolExecutor(1, "scoring")
        self._publishing = ThreadPoolExecutor(1, "publishing")
        self._in_flight: deque[_InFlight] = deque()

    @property
    def first_offsets(self) -> Offsets:
        """The offset of the first record in flight, for each partition that has one."""
        offsets: dict[int, int] = {}
        for batch, _ in reversed(self._in_flight):
            offsets |= batch.first_offsets
        return offsets

    def put(self, batch: Batch, prepared: PreparedBatch) -> None:
        """Take a batch on as soon as at most one other is in flight.

        Raises:
            What publishing an earlier batch raised; this one is not taken on then.
        """
        self.settle(at_most=MOST_IN_FLIGHT - 1)
        before = self._in_flight[-1].published if self._in_flight else None
        scored = self._scoring.submit(self._score, prepared)
        published = self._publishing.submit(self._publish_after, before, batch, scored)
        self._in_flight.append(_InFlight(batch, published))

    def settle(self, at_most: int = 0) -> None:
        """Wait until no more than `at_most` batches are in flight.

        Raises:
            What scoring or publishing one of them raised, the oldest first.
        """
        while self._in_flight and (
            len(self._in_flight) > at_most or self._in_flight[0].published.done()
        ):
            self._in_flight.popleft().published.result()

    def drop(self) -> int:
        """Wait until nothing is in flight, whatever became of it; return how many it was."""
        dropped = len(self._in_flight)
        wait([published for _, published in self._in_flight])
        self._in_flight.clear()
        return dropped

    def close(self) -> None:
        """End the threads; what is in flight is finished, and nobody asks how it ended."""
        self._scoring.shutdown()
        self._publishing.shutdown()

    def _publish_after(
        self, before: Future[None] | None, batch: Batch, scored: Future[Outcome]
    ) -> None:
        # One thread publishes in order, so the batch before has ended, well or not.
        if before is not None and before.exception() is not None:
            raise PublishAborted("the batch before it was not published")
        self._publish(batch, scored.result())
