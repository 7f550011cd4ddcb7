"""A Kafka producer that is thrown away after any failure, and how an outcome gets into it."""

import contextlib
import time
from collections import defaultdict
from collections.abc import Sequence
from functools import partial

import structlog
from kafka import TopicPartition
from kafka.errors import KafkaError, RecordListTooLargeError

from worker.dead_letters import as_publication
from worker.errors import RecordsRefused
from worker.kafka_bulk_producer import BulkProducer, Delivery
from worker.kafka_producer_client import ProducerClient
from worker.kafka_refusals import REFUSED
from worker.messages import Outcome, Publication
from worker.settings import WorkerSettings

RECONNECT_SECONDS = 1.0
SENDER_ENDS_SECONDS = 2.0

log = structlog.get_logger()


class KafkaOutbox:
    """A producer that is thrown away after any failure, and the records of an outcome in it.

    Nothing is known of a producer after an uncertain end of a transaction, and kafka-python may
    have bumped its epoch and dropped records on its own. A fresh one under the same transactional
    id starts from a state that the broker has settled.
    """

    def __init__(self, settings: WorkerSettings, transactional_id: str | None) -> None:
        self._settings = settings
        self._transactional_id = transactional_id
        # Of one partition, before compression. Together with the rest of a request it stays below
        # 1 MiB, the least that brokers take.
        self._batch_bytes = settings.max_output_bytes
        self.producer = self._connect()

    def _connect(self) -> BulkProducer:
        producer = BulkProducer(
            **producer_options(self._settings, self._transactional_id),
            # Whoever waits for a broker beats between two tries; the default of 60 s is too long.
            max_block_ms=10_000,
            # The default of 100 ms stands in every transaction that meets the end of the one
            # before: measured 107-115 ms at the 99th percentile, against 3-5 ms at the median.
            retry_backoff_ms=5,
        )
        if self._transactional_id is not None:
            try:
                producer.init_transactions()
            except BaseException:
                discard(producer)
                raise
        return producer

    @property
    def uncertain(self) -> bool:
        """Whether a copy of a request may still be on its way, though all is acknowledged."""
        return client_of(self.producer).unanswered

    def reconnect(self) -> None:
        """Throw the producer away and return with a new one, as soon as the broker gives it.

        For a transactional producer this ends the open transaction of the old one: committed if
        the broker had already decided so, aborted otherwise.
        """
        discard(self.producer)
        while True:
            try:
                self.producer = self._connect()
            except REFUSED:
                raise
            except KafkaError as error:
                log.warning("no producer yet, trying again", reason=str(error))
                time.sleep(RECONNECT_SECONDS)
            else:
                return

    def put(self, producer: BulkProducer, outcome: Outcome) -> list[Delivery]:
        """Send every record of `outcome` and return the deliveries.

        The producer is the caller's: a call that was given up must not reach for a newer one.
        """
        settings = self._settings
        letters = [as_publication(dead, settings.max_output_bytes) for dead in outcome.dead_letters]
        records = _placed(producer, settings.output_topic, outcome.publications)
        records |= _placed(producer, settings.dead_letter_topic, letters)
        return producer.send_all(records, self._batch_bytes)

    def settle(self, deliveries: Sequence[Delivery]) -> None:
        """Wait until the broker has every record.

        Raises:
            RecordsRefused: a topic will never take some of them.
            KafkaError: what any of them failed with. Where batches were too large for a topic,
                the next ones will be half as large.
        """
        refused: dict[tuple[int, int], str] = {}
        failures: list[KafkaError] = []
        for delivery in deliveries:
            try:
                delivery.wait()
            except RecordsRefused as error:
                refused |= error.reasons
            except KafkaError as error:
                failures.append(error)
        # With one batch refused, the others of its transaction fail too, and tell nothing.
        if refused:
            raise RecordsRefused(refused)
        if any(isinstance(error, RecordListTooLargeError) for error in failures):
            self._batch_bytes //= 2
            log.warning("a topic takes no batch as large", next_batch_bytes=self._batch_bytes)
        if failures:
            raise failures[0]

    def close(self) -> None:
        """Let go of the broker; what is unfinished is lost, and was never acknowledged."""
        discard(self.producer)


def producer_options(settings: WorkerSettings, transactional_id: str | None) -> dict[str, object]:
    """Return what every producer of ours is constructed with, transactional or not."""
    options = settings.client_options() | {
        "kafka_client": partial(ProducerClient, connection=settings),
        "acks": "all",
        "enable_idempotence": True,
        "allow_auto_create_topics": False,
        "compression_type": "lz4",
        "linger_ms": 0,
        "max_request_size": settings.max_output_bytes + 65_536,
    }
    if transactional_id is not None:
        options["transactional_id"] = transactional_id
        options["transaction_timeout_ms"] = int(settings.transaction_timeout_seconds * 1000)
    return options


def client_of(producer: BulkProducer) -> ProducerClient:
    """Return the network client of a producer that was made with `producer_options`."""
    client: ProducerClient = producer._sender._client  # noqa: SLF001
    return client


def _placed(
    producer: BulkProducer, topic: str, publications: Sequence[Publication]
) -> dict[TopicPartition, list[Publication]]:
    """Return each record under the partition that has its input partition's number.

    So order within a partition holds whatever partitioner the tweets' producer used, and for
    records without keys too.
    """
    placed: dict[TopicPartition, list[Publication]] = defaultdict(list)
    if publications:
        partitions = len(producer.partitions_for(topic))
        for publication in publications:
            placed[TopicPartition(topic, publication.partition % partitions)].append(publication)
    return placed


def discard(producer: BulkProducer) -> None:
    """Close a producer with all that it has not sent.

    `close(timeout=0)` is meant for that, but flushes first, raises when there is anything to
    flush (kafka-python 3.0.12) and leaves its thread running; so the thread is ended before.
    """
    sender = producer._sender  # noqa: SLF001 - see above
    sender.force_close()
    sender.join(SENDER_ENDS_SECONDS)
    with contextlib.suppress(KafkaError):
        producer.close(timeout=0)
