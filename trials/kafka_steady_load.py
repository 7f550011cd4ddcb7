"""A load that goes on for as long as it takes and keeps nothing of what it has sent."""

import threading
import time

import msgspec
from kafka import KafkaProducer
from kafka.errors import KafkaError

from trials.records import NUMBER_HEADER, TrialRecord, record

# Their texts come again and again, each time with a number of its own behind them.
POOL = 20_000
# What falls due meanwhile is sent together.
TICK_SECONDS = 0.005


class SteadyLoad(threading.Thread):
    """Sends records at an even rate, each stamped with the moment at which it was due.

    Attributes:
        sent: How many so far; numbers are given in this order, from 0.
        error: Why it ended before it was told to.
    """

    def __init__(self, servers: str, topic: str, partitions: int, seed: int, rate: float) -> None:
        super().__init__(name="steady-load", daemon=True)
        self.sent = 0
        self.error: KafkaError | None = None
        self._topic = topic
        self._partitions = partitions
        self._rate = rate
        self._pool = [record(seed, number) for number in range(POOL)]
        self._end = threading.Event()
        self._producer = KafkaProducer(
            bootstrap_servers=servers.split(","),
            acks="all",
            linger_ms=5,
            compression_type="lz4",
            allow_auto_create_topics=False,
        )

    def run(self) -> None:
        """Send until told to end."""
        started_ns = time.time_ns()
        tick = 0
        try:
            while not self._end.wait(TICK_SECONDS):
                due = int((time.time_ns() - started_ns) / 1e9 * self._rate)
                for number in range(self.sent, due):
                    due_ms = (started_ns + int(number / self._rate * 1e9)) // 1_000_000
                    self._send(number, due_ms, tick % self._partitions)
                    self.sent = number + 1
                tick += 1
        except KafkaError as error:
            self.error = error

    def close(self) -> None:
        """Send nothing more, and return when the broker has all that was sent.

        Raises:
            KafkaError: it has not.
        """
        self._end.set()
        if self.ident is not None:
            self.join()
        self._producer.flush(timeout=60)
        self._producer.close(timeout=5)

    def _send(self, number: int, due_ms: int, partition: int) -> None:
        made = self._pool[number % POOL]
        headers = [(NUMBER_HEADER, str(number).encode())]
        value = _numbered(made, number)
        self._producer.send(self._topic, value, made.key, headers, partition, due_ms)


def _numbered(made: TrialRecord, number: int) -> bytes | None:
    """Return the value with a number in its text that no other has."""
    if made.text is None:
        return made.value
    return msgspec.json.encode({"id": str(number), "text": f"{made.text} #{number:x}"})
