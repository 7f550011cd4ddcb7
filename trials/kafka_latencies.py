"""A `read_committed` reader that counts what comes out and how long it took, and keeps no more."""

import contextlib
import threading
import time

import numpy as np
import numpy.typing as npt
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from trials.records import NUMBER_HEADER

POLL_MS = 200
AT_ONCE = 5_000


class Latencies(threading.Thread):
    """Follows output and dead letters from their beginning.

    Attributes:
        seen: How many records came out.
        disordered: How many came behind a record of their topic and partition that was sent
            later, or came twice.
        error: Why it ended before it was told to.
    """

    def __init__(self, servers: str, topics: list[str], partitions: int) -> None:
        super().__init__(name="latencies", daemon=True)
        self.seen = 0
        self.disordered = 0
        self.error: KafkaError | None = None
        self._ms: list[npt.NDArray[np.float64]] = []
        self._last: dict[TopicPartition, int] = {}
        self._end = threading.Event()
        self._consumer = KafkaConsumer(
            bootstrap_servers=servers.split(","),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_poll_records=AT_ONCE,
        )
        self._consumer.assign([TopicPartition(t, p) for t in topics for p in range(partitions)])

    def run(self) -> None:
        """Read until told to end."""
        try:
            while not self._end.is_set():
                for where, records in self._consumer.poll(timeout_ms=POLL_MS).items():
                    now_ms = time.time() * 1000
                    took_ms = now_ms - np.array([record.timestamp for record in records])
                    self._ms.append(took_ms)
                    self.seen += len(records)
                    for record in records:
                        number = int(dict(record.headers)[NUMBER_HEADER])
                        self.disordered += number <= self._last.get(where, -1)
                        self._last[where] = number
        except KafkaError as error:
            self.error = error

    def take(self) -> npt.NDArray[np.float64]:
        """Return the milliseconds from due to read of what came since the last call: (records,)."""
        taken, self._ms = self._ms, []
        return np.concatenate(taken) if taken else np.zeros(0)

    def close(self) -> None:
        """Read no more."""
        self._end.set()
        if self.ident is not None:
            self.join()
        with contextlib.suppress(KafkaError):
            self._consumer.close()
