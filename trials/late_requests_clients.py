"""Who publishes in the trial of late requests: our publisher, and kafka-python's own producer."""

import contextlib
import threading
from collections.abc import Callable
from typing import Protocol

from kafka import ConsumerGroupMetadata, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError
from msgspec import Struct

from worker.errors import CannotGoOn, PublishAborted
from worker.identity import transactional_id
from worker.kafka_positions import Membership
from worker.kafka_publisher import TransactionalPublisher
from worker.messages import Outcome, Publication
from worker.settings import WorkerSettings

# After this the broker ends a transaction; after 5 s more our publisher gives one up.
TRANSACTION_SECONDS = 10.0
# Longer than that, and no client gets on any more.
PATIENCE_SECONDS = 20.0
WORKER = "late"
BACKOFF_MS = 5


class Names(Struct, frozen=True):
    """The trial's topics and its group."""

    input: str
    output: str
    dead_letters: str
    group: str


class Failed(Exception):
    """Nothing of the transaction is committed, as far as the client knows."""


class Gone(Exception):
    """The client goes on no more."""


class Client(Protocol):
    """Publishes the records of input offsets, and those offsets, in one transaction."""

    def publish(self, first: int, end: int) -> None:
        """Publish records `first` to `end` (exclusive) and commit `end`.

        Raises:
            Failed: it is to be done again, from the committed offset.
            Gone: a worker would leave.
        """


class OurPublisher:
    """The worker's publisher."""

    def __init__(self, servers: str, topics: Names) -> None:
        settings = WorkerSettings(
            bootstrap_servers=servers,
            input_topic=topics.input,
            output_topic=topics.output,
            dead_letter_topic=topics.dead_letters,
            group_id=topics.group,
            worker_id=WORKER,
            transaction_timeout_seconds=TRANSACTION_SECONDS,
        )
        self._publisher = TransactionalPublisher(settings, WORKER, lambda _: None)
        self._membership = Membership(ConsumerGroupMetadata(topics.group), "")

    def publish(self, first: int, end: int) -> None:
        """Publish as the worker does."""
        records = [Publication(0, n, -1, None, str(n).encode(), ()) for n in range(first, end)]
        outcome = Outcome(records, (), (), (), None)
        try:
            self._publisher.publish(outcome, {0: end}, self._membership)
        except PublishAborted as error:
            self._recover()
            raise Failed(str(error)) from error
        except CannotGoOn as error:
            raise Gone(str(error)) from error

    def _recover(self) -> None:
        try:
            self._publisher.recover()
        except CannotGoOn as error:
            raise Gone(str(error)) from error


class PlainProducer:
    """A `KafkaProducer` as its documentation uses it: what fails is aborted, and it goes on."""

    def __init__(self, servers: str, topics: Names) -> None:
        self._servers = servers
        self._topics = topics
        self._producer = self._connect()

    def publish(self, first: int, end: int) -> None:
        """Publish, and abort on an error; where that fails too, go on with a new producer."""
        try:
            _within(PATIENCE_SECONDS, lambda: self._transact(first, end))
        except KafkaError as error:
            try:
                _within(PATIENCE_SECONDS, self._producer.abort_transaction)
            except KafkaError:
                self._producer._sender.force_close()  # noqa: SLF001 - close() would flush
                self._producer = self._connect()
            raise Failed(repr(error)) from error

    def _connect(self) -> KafkaProducer:
        producer = KafkaProducer(
            bootstrap_servers=self._servers,
            transactional_id=transactional_id(self._topics.group, WORKER),
            transaction_timeout_ms=int(TRANSACTION_SECONDS * 1000),
            retry_backoff_ms=BACKOFF_MS,
        )
        producer.init_transactions()
        return producer

    def _transact(self, first: int, end: int) -> None:
        self._producer.begin_transaction()
        sent = [
            self._producer.send(self._topics.output, str(n).encode(), partition=0)
            for n in range(first, end)
        ]
        place = TopicPartition(self._topics.input, 0)
        self._producer.send_offsets_to_transaction(
            {place: OffsetAndMetadata(end)}, self._topics.group
        )
        for future in sent:
            future.get(timeout=PATIENCE_SECONDS)
        self._producer.commit_transaction()


def _within(seconds: float, call: Callable[[], None]) -> None:
    """Return or raise what `call` does.

    Raises:
        KafkaError: it takes longer: kafka-python waits without a limit.
    """
    errors: list[KafkaError] = []

    def work() -> None:
        try:
            call()
        except KafkaError as error:
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise KafkaError(f"no end after {seconds:g} s")
    with contextlib.suppress(IndexError):
        raise errors[0]
