"""A steady stream of records into the input topic, each remembered when the broker has it."""

import threading
import time
from functools import partial
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError

from trials.ledger import Ledger, Place
from trials.records import record

# What falls due meanwhile is sent together: a wake-up each would take a core of its own.
TICK_SECONDS = 0.01
# Longer than any fault lasts: what is sent is acknowledged in the end, and its fate known.
DELIVERY_MS = 600_000
# How soon partitions that are added get records.
METADATA_MS = 2_000
FLUSH_SECONDS = 120


class Load:
    """Sends records at an even rate from a thread of its own.

    Args:
        servers: the brokers.
        topic: where to send.
        ledger: remembers what was sent and acknowledged.
        seed: of the records.
        rate: records a second.
    """

    def __init__(self, servers: str, topic: str, ledger: Ledger, seed: int, rate: float) -> None:
        self._topic = topic
        self._ledger = ledger
        self._seed = seed
        self._rate = rate
        self._incarnation = 0
        self.started_seconds = time.monotonic()
        self._end = threading.Event()
        self._may_send = threading.Event()
        self._may_send.set()
        self._turn = threading.Lock()
        self._producer = KafkaProducer(
            bootstrap_servers=servers.split(","),
            acks="all",
            enable_idempotence=True,
            linger_ms=5,
            delivery_timeout_ms=DELIVERY_MS,
            max_block_ms=DELIVERY_MS,
            metadata_max_age_ms=METADATA_MS,
            reconnect_backoff_max_ms=1_000,
            allow_auto_create_topics=False,
        )
        self._thread = threading.Thread(target=self._send_until_told, name="load", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self.started_seconds = time.monotonic()
        self._thread.start()

    def pause(self) -> None:
        """Send nothing more, and return when all that was sent is acknowledged or refused.

        Raises:
            KafkaError: it is neither.
        """
        self._may_send.clear()
        with self._turn:
            self._producer.flush(timeout=FLUSH_SECONDS)

    def go_on(self, *, remade: bool = False) -> None:
        """Send again; `remade` when the topic is a new one of the old name."""
        self._incarnation += remade
        self._may_send.set()

    @property
    def incarnation(self) -> int:
        """How often the topic was remade."""
        return self._incarnation

    def close(self) -> None:
        """Send nothing more and let go of the broker, when all is acknowledged or refused."""
        self._end.set()
        self._may_send.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._producer.close(timeout=FLUSH_SECONDS)

    def _send_until_told(self) -> None:
        due = time.monotonic()
        while not self._end.wait(TICK_SECONDS):
            if not self._may_send.is_set():
                self._may_send.wait()
                due = time.monotonic()
            with self._turn:
                while due <= time.monotonic() and self._may_send.is_set():
                    self._send()
                    due += 1 / self._rate

    def _send(self) -> None:
        number = self._ledger.send(time.monotonic())
        made = record(self._seed, number)
        try:
            future = self._producer.send(self._topic, made.value, made.key, made.headers)
        except KafkaError as error:
            self._ledger.refused[number] = str(error)
            return
        future.add_callback(partial(self._acknowledged, number, self._incarnation))
        future.add_errback(partial(self._refused, number))

    def _acknowledged(self, number: int, incarnation: int, metadata: Any) -> None:
        self._ledger.places[number] = Place(incarnation, metadata.partition, metadata.offset)

    def _refused(self, number: int, error: BaseException) -> None:
        self._ledger.refused[number] = f"{type(error).__name__}: {error}"
