"""The way into the input topic, and an account of what the brokers acknowledged."""

import contextlib
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from kafka import KafkaProducer
from kafka.errors import (
    IllegalStateError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    RetriableError,
    TopicAuthorizationFailedError,
)

from configuration.errors import AccessRefused, BrokerUnavailable
from configuration.kafka_client import refusal_of
from configuration.kafka_refusals import Right, TurnedAway, missing_rights, turned_away
from producer.envelope import Record
from producer.errors import DeliveryStopped
from producer.settings import ProducerSettings

if TYPE_CHECKING:
    from kafka.producer.future import FutureRecordMetadata

# The client holds any number of records that no broker has acknowledged yet; Java's stops at
# 32 MiB. A record held weighs about a kilobyte more than its bytes.
_MOST_BYTES_HELD = 32 * 1024 * 1024
_WEIGHT_OF_A_RECORD = 1_024

_STALL_SECONDS = 5.0
_LOOK_SECONDS = 0.5
# The client itself notices an expired record; this much later we no longer rely on that.
_GRACE_SECONDS = 5.0

_CLOSE_SECONDS = 1.0

# Measured with 49,553 tweets on one core, the broker on another: 43,000 tweets/s, against 33,600
# with the client's 0 ms and 16 KiB; no other pair gained more than the runs differ.
_LINGER_MS = 5
_BATCH_BYTES = 128 * 1024

_TOO_LATE = "no acknowledgement in time, is the broker up?"
_AT_THE_END = "no acknowledgement before the end"
_REASONS = {
    IllegalStateError: _AT_THE_END,  # how the client fails what it holds when it is ended
    MessageSizeTooLargeError: "one is larger than the topic's max.message.bytes",
}


class KafkaWriter:
    """Sends records in order, each once (idempotence), and counts the fate of every one.

    `sent`, `acknowledged` and `failures` (reason → count) may be read at any time; after
    `finish`, `sent == acknowledged + failed`.
    """

    def __init__(
        self,
        settings: ProducerSettings,
        say: Callable[[str], None],
        uninterrupted: contextlib.AbstractContextManager[None],
    ) -> None:
        """Connect.

        Args:
            settings: the cluster, the topic, and how long to wait for it.
            say: shows a person one line.
            uninterrupted: entered, again and again, around what no signal may cut in half.

        Raises:
            BrokerUnavailable: no broker tells us about the topic.
            AccessRefused: none lets us in, or write.
        """
        self._settings = settings
        self._topic = settings.input_topic
        self._servers = settings.bootstrap_servers
        self._patience_seconds = settings.delivery_timeout_seconds + _GRACE_SECONDS
        self._say = say
        self._uninterrupted = uninterrupted
        self._held: deque[tuple[FutureRecordMetadata, int]] = deque()
        self._held_bytes = 0
        self._stalled = False
        self._stopped_by: str | None = None
        self.sent = 0
        self.acknowledged = 0
        self.failures: Counter[str] = Counter()
        try:
            self._producer = _connect(settings)
            self._producer.partitions_for(self._topic)
        except TurnedAway as error:
            raise AccessRefused(str(error)) from error
        except TopicAuthorizationFailedError as error:
            raise AccessRefused(self._reason(error)) from error
        except KafkaError as error:
            raise BrokerUnavailable(
                f"the broker at {self._servers} does not let us publish to {self._topic}: {error}"
            ) from error

    @property
    def failed(self) -> int:
        """Records that no broker will acknowledge any more."""
        return self.failures.total()

    def send(self, record: Record) -> None:
        """Hand a record over, timestamped now; wait only while too many are on their way.

        Raises:
            DeliveryStopped: an earlier record failed.
        """
        if self._held_bytes > _MOST_BYTES_HELD:
            self._wait_for_oldest(self._patience_seconds)
        with self._uninterrupted:
            self._account()
            if self._stopped_by is not None:
                raise DeliveryStopped(f"records fail, so no more are sent: {self._stopped_by}")
            self.sent += 1
            try:
                future = self._producer.send(self._topic, key=record.key, value=record.value)
            except KafkaError as error:  # the topic is gone
                self._fail(error)
            else:
                weight = len(record.value) + _WEIGHT_OF_A_RECORD
                self._held.append((future, weight))
                self._held_bytes += weight

    def finish(self, patience_seconds: float | None = None) -> None:
        """Wait for the acknowledgements still missing, then close; what is left has failed.

        Args:
            patience_seconds: the longest wait for all of them; by default as long as they have.
        """
        if patience_seconds is None:
            patience_seconds = self._patience_seconds
        deadline = time.monotonic() + patience_seconds
        try:
            while self._held and not self._refused and time.monotonic() < deadline:
                self._wait_for_oldest(deadline - time.monotonic())
                with self._uninterrupted:
                    self._account()
        finally:
            with self._uninterrupted:
                self._close()

    @property
    def _refused(self) -> bool:
        """Whether the brokers refuse our connections: what is held will not be acknowledged."""
        return refusal_of(self._producer) is not None

    def _wait_for_oldest(self, patience_seconds: float) -> None:
        """Wait until the oldest record held has met its fate, and say so when that takes long."""
        oldest, _ = self._held[0]
        quiet_seconds = min(_STALL_SECONDS, patience_seconds)
        if self._settles(oldest, quiet_seconds):
            return
        if not self._stalled and patience_seconds > quiet_seconds:
            self._stalled = True
            self._say(
                f"{self._servers} has acknowledged nothing for {quiet_seconds:.0f} s: waiting up "
                f"to {self._patience_seconds - _GRACE_SECONDS:.0f} s"
            )
        if not self._settles(oldest, patience_seconds - quiet_seconds):
            self._stopped_by = _TOO_LATE

    def _settles(self, oldest: "FutureRecordMetadata", seconds: float) -> bool:
        """Whether a record's fate is known within `seconds`, or never will be."""
        deadline = time.monotonic() + seconds
        while not (oldest.is_done or self._refused):
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            with contextlib.suppress(KafkaError):
                oldest.get(min(left, _LOOK_SECONDS))
        return True

    def _account(self) -> None:
        """Count, oldest first, every record whose fate is known."""
        if refusal := refusal_of(self._producer):
            self._stopped_by = str(refusal)
        while self._held and self._held[0][0].is_done:
            future, weight = self._held.popleft()
            self._held_bytes -= weight
            if future.exception is None:
                self.acknowledged += 1
                self._stalled = False
            else:
                self._fail(future.exception)

    def _fail(self, error: KafkaError) -> None:
        # The client's idempotence ends with the first record refused, so the next ones fail too.
        self._stopped_by = self._reason(error)
        self.failures[self._stopped_by] += 1

    def _reason(self, error: KafkaError) -> str:
        if isinstance(error, TopicAuthorizationFailedError):
            return missing_rights([Right("Write", "topic", self._topic)], self._settings)
        refusal = refusal_of(self._producer) or turned_away(error, self._servers, self._settings)
        if refusal is not None:
            return str(refusal)
        if isinstance(error, RetriableError):  # retried until the time was over
            return _TOO_LATE
        return _REASONS.get(type(error), type(error).__name__)

    def _close(self) -> None:
        if self._held:
            # While a batch is unacknowledged, close() raises before it ends the client's thread
            # (kafka-python 3.0.12); this ends it, and every such batch with it.
            self._producer._sender.force_close()  # noqa: SLF001
        with contextlib.suppress(KafkaTimeoutError):
            self._producer.close(timeout=_CLOSE_SECONDS)
        self._account()
        if self._held:  # the client hangs
            self.failures[_AT_THE_END] += len(self._held)
        self._held.clear()


def _connect(settings: ProducerSettings) -> KafkaProducer:
    """The client's own retries and its producer id make every record arrive once, in order."""
    timeout_ms = int(settings.delivery_timeout_seconds * 1_000)
    return KafkaProducer(
        **settings.client_options(),
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        linger_ms=_LINGER_MS,
        batch_size=_BATCH_BYTES,
        delivery_timeout_ms=timeout_ms,
        request_timeout_ms=min(30_000, timeout_ms - _LINGER_MS),
        # Nothing blocks for longer than this but waiting for room, which is ours.
        max_block_ms=10_000,
        allow_auto_create_topics=False,
        metrics_enabled=False,
    )
