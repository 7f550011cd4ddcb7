"""A Kafka producer that is thrown away after any failure, and how an outcome gets into it."""

import contextlib
import time
from collections.abc import Sequence
from typing import Protocol

import structlog
from kafka import KafkaProducer
from kafka.errors import AuthorizationError, KafkaError, ProducerFencedError

from worker.dead_letters import as_publication
from worker.messages import Outcome, Publication
from worker.settings import WorkerSettings

RECONNECT_SECONDS = 1.0
SENDER_ENDS_SECONDS = 2.0

log = structlog.get_logger()


class Delivery(Protocol):
    """What kafka-python returns for a record that is on its way."""

    exception: BaseException | None

    def failed(self) -> bool:
        """Whether the record was given up."""


class KafkaOutbox:
    """A producer that is thrown away after any failure, and the records of an outcome in it.

    Nothing is known of a producer after an uncertain end of a transaction, and kafka-python may
    have bumped its epoch and dropped records on its own. A fresh one under the same transactional
    id starts from a state that the broker has settled.
    """

    def __init__(self, settings: WorkerSettings, transactional_id: str | None) -> None:
        self._settings = settings
        self._transactional_id = transactional_id
        self.producer = self._connect()

    def _connect(self) -> KafkaProducer:
        options: dict[str, object] = {}
        if self._transactional_id is not None:
            timeout_ms = int(self._settings.transaction_timeout_seconds * 1000)
            options["transactional_id"] = self._transactional_id
            options["transaction_timeout_ms"] = timeout_ms
        producer = KafkaProducer(
            **self._settings.client_options(),
            **options,
            acks="all",
            enable_idempotence=True,
            allow_auto_create_topics=False,
            compression_type="lz4",
            batch_size=262_144,
            linger_ms=5,
            max_request_size=self._settings.max_output_bytes + 65_536,
            # The default of 100 ms stands in every transaction that meets the end of the one
            # before: measured 107-115 ms at the 99th percentile, against 3-5 ms at the median.
            retry_backoff_ms=5,
        )
        if self._transactional_id is not None:
            try:
                producer.init_transactions()
            except BaseException:
                _discard(producer)
                raise
        return producer

    def reconnect(self) -> None:
        """Throw the producer away and return with a new one, as soon as the broker gives it.

        For a transactional producer this ends the open transaction of the old one: committed if
        the broker had already decided so, aborted otherwise.
        """
        _discard(self.producer)
        while True:
            try:
                self.producer = self._connect()
            except (ProducerFencedError, AuthorizationError):
                raise
            except KafkaError as error:
                log.warning("no producer yet, trying again", reason=str(error))
                time.sleep(RECONNECT_SECONDS)
            else:
                return

    def put(self, producer: KafkaProducer, outcome: Outcome) -> list[Delivery]:
        """Send every record of `outcome` and return their deliveries.

        The producer is the caller's: a call that was given up must not reach for a newer one.
        """
        settings = self._settings
        letters = [as_publication(dead, settings.max_output_bytes) for dead in outcome.dead_letters]
        return [
            *_send(producer, settings.output_topic, outcome.publications),
            *_send(producer, settings.dead_letter_topic, letters),
        ]

    def close(self) -> None:
        """Let go of the broker; what is unfinished is lost, and was never acknowledged."""
        _discard(self.producer)


def settle(producer: KafkaProducer, deliveries: Sequence[Delivery]) -> None:
    """Wait until the broker has every record; raise what any of them failed with."""
    producer.flush()
    for delivery in deliveries:
        if delivery.failed() and delivery.exception is not None:
            raise delivery.exception


def _send(
    producer: KafkaProducer, topic: str, publications: Sequence[Publication]
) -> list[Delivery]:
    """Send each record to the partition that has its input partition's number.

    So order within a partition holds whatever partitioner the tweets' producer used, and for
    records without keys too.
    """
    if not publications:
        return []
    partitions = len(producer.partitions_for(topic))
    send = producer.send
    return [
        send(
            topic,
            publication.value,
            publication.key,
            list(publication.headers),
            publication.partition % partitions,
            # A record without a timestamp (-1) gets the time of its publication.
            publication.timestamp_ms if publication.timestamp_ms >= 0 else None,
        )
        for publication in publications
    ]


def _discard(producer: KafkaProducer) -> None:
    """Close a producer with all that it has not sent.

    `close(timeout=0)` is meant for that, but flushes first, raises when there is anything to
    flush (kafka-python 3.0.12) and leaves its thread running; so the thread is ended before.
    """
    sender = producer._sender  # noqa: SLF001 - see above
    sender.force_close()
    sender.join(SENDER_ENDS_SECONDS)
    with contextlib.suppress(KafkaError):
        producer.close(timeout=0)
