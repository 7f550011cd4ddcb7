"""The publishers on a real Kafka: one transaction a batch, or at least once without."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from functools import partial
from typing import ParamSpec

from kafka.errors import (
    FencedInstanceIdError,
    KafkaError,
    KafkaTimeoutError,
)

from configuration.kafka_client import refusal_of
from worker.errors import Fenced, PublishAborted, Refused, SourceLost
from worker.identity import transactional_id
from worker.kafka_bulk_producer import BulkProducer
from worker.kafka_outbox import KafkaOutbox
from worker.kafka_positions import Membership
from worker.kafka_refusals import REFUSED, refused
from worker.kafka_source import KafkaTweetSource
from worker.messages import Outcome
from worker.ports import Offsets
from worker.settings import WorkerSettings

GRACE_SECONDS = 5.0
# As long as kafka-python itself tries to deliver a record.
DELIVERY_SECONDS = 125.0

Arguments = ParamSpec("Arguments")
WhileWaiting = Callable[[float], None]
# What to leave with after an error of REFUSED.
Refusal = Callable[[KafkaError], Refused]


class TransactionalPublisher:
    """Scored records, dead letters and offsets in one transaction.

    Raises:
        KafkaError: no broker answers.
    """

    def __init__(
        self, settings: WorkerSettings, worker_id: str, while_waiting: WhileWaiting
    ) -> None:
        self._settings = settings
        self._worker_id = worker_id
        self._refused: Refusal = partial(refused, settings=settings, worker_id=worker_id)
        self._outbox = KafkaOutbox(settings, transactional_id(settings.group_id, worker_id))
        self._patience = _Patience(self._outbox, self._refused, while_waiting)

    def publish(self, outcome: Outcome, offsets: Offsets, membership: Membership) -> None:
        """Publish a batch's outcome and its offsets in one transaction.

        Raises:
            PublishAborted: nothing of it is visible.
            RecordsRefused: neither, and a topic will never take some of its records.
            CannotGoOn: another worker took over our id, or the broker refuses us.
        """
        # The broker ends a transaction that is older. A producer that has not noticed by then may
        # never: kafka-python waits without a limit, also for answers that a dead broker owed it.
        limit = self._settings.transaction_timeout_seconds + GRACE_SECONDS
        try:
            self._patience.run(
                limit, self._transact, self._outbox.producer, outcome, offsets, membership
            )
        except FencedInstanceIdError as error:
            raise Fenced(self._worker_id) from error
        except KafkaError as error:
            _refuse(error, self._refused)
            raise PublishAborted(str(error)) from error
        if self._outbox.uncertain:
            # A fresh producer has a new epoch, and the broker refuses what is late of the old one.
            self._patience.run(None, _reconnect, self._outbox, self._refused)

    def recover(self) -> None:
        """End the transaction that was not published, with a fresh producer for the next.

        Whether we may have our id back is for the group to say. A producer alone cannot know: the
        broker uses one and the same error where a rival took its id, where an heir ended its
        transaction because the group had given our partitions away, and where the transaction was
        too old. A rival has joined the group under our id, so the group refuses us from then on.
        """
        self._patience.run(None, _reconnect, self._outbox, self._refused)

    def close(self) -> None:
        """Give up what is unfinished and let go of the broker."""
        self._outbox.close()

    def _transact(
        self, producer: BulkProducer, outcome: Outcome, offsets: Offsets, membership: Membership
    ) -> None:
        positions = membership.positions(self._settings.input_topic, offsets)
        producer.begin_transaction()
        # Every record must be known to be in before the commit: kafka-python would commit what is
        # left when it has given some up. And before the offsets: should a late request of another
        # transaction end this one half way, records may be seen twice then, but none is lost.
        self._outbox.settle(self._outbox.put(producer, outcome))
        producer.send_offsets_to_transaction(positions, membership.group)
        producer.commit_transaction()


class AtLeastOncePublisher:
    """Scored records and dead letters first, then the offsets: what is repeated is seen twice.

    Raises:
        KafkaError: no broker answers.
    """

    def __init__(
        self, settings: WorkerSettings, source: KafkaTweetSource, while_waiting: WhileWaiting
    ) -> None:
        self._refused: Refusal = partial(refused, settings=settings)
        self._outbox = KafkaOutbox(settings, transactional_id=None)
        self._source = source
        self._patience = _Patience(self._outbox, self._refused, while_waiting)

    def publish(self, outcome: Outcome, offsets: Offsets, membership: Membership) -> None:
        """Publish a batch's outcome, then commit its offsets.

        Raises:
            PublishAborted: some of it may be visible; the offsets are not committed.
            RecordsRefused: so, and a topic will never take some of its records.
            CannotGoOn: the broker refuses us.
        """
        try:
            self._patience.run(DELIVERY_SECONDS, self._deliver, self._outbox.producer, outcome)
        except KafkaError as error:
            _refuse(error, self._refused)
            raise PublishAborted(str(error)) from error
        try:
            self._source.commit(offsets, membership)
        except SourceLost as error:
            raise PublishAborted(str(error)) from error

    def recover(self) -> None:
        """Get a fresh producer: what the old one still holds must not overtake what is to come."""
        self._patience.run(None, _reconnect, self._outbox, self._refused)

    def close(self) -> None:
        """Let go of the broker."""
        self._outbox.close()

    def _deliver(self, producer: BulkProducer, outcome: Outcome) -> None:
        self._outbox.settle(self._outbox.put(producer, outcome))


class _Patience:
    """Runs blocking calls on a thread of their own, and tells once a second that it waits."""

    def __init__(self, outbox: KafkaOutbox, refused: Refusal, while_waiting: WhileWaiting) -> None:
        self._outbox = outbox
        self._refused = refused
        self._while_waiting = while_waiting

    def run(
        self,
        limit_seconds: float | None,
        call: Callable[Arguments, None],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> None:
        """Return or raise what `call` does, telling `while_waiting` the seconds each second.

        Raises:
            KafkaTimeoutError: it takes longer than `limit_seconds`, and is left to itself. Its
                producer must be thrown away: then whatever it still does, the broker refuses.
            Refused: the brokers refuse the connection that it waits for.
        """
        done: Future[None] = Future()

        def work() -> None:
            try:
                call(*args, **kwargs)
                done.set_result(None)
            except BaseException as error:
                done.set_exception(error)

        started = time.monotonic()
        threading.Thread(target=work, name="publisher", daemon=True).start()
        while True:
            try:
                return done.result(timeout=1.0)
            except FutureTimeoutError:
                if done.done():
                    raise
            waited = time.monotonic() - started
            if limit_seconds is not None and waited > limit_seconds:
                raise KafkaTimeoutError(f"no end after {waited:.0f} s")
            if refusal := refusal_of(self._outbox.producer):
                raise self._refused(refusal)
            self._while_waiting(waited)


def _refuse(error: KafkaError, refused: Refusal) -> None:
    """Raise where no retry helps.

    Raises:
        Refused: the broker refuses us.
    """
    if isinstance(error, REFUSED):
        raise refused(error) from error


def _reconnect(outbox: KafkaOutbox, refused: Refusal) -> None:
    try:
        outbox.reconnect()
    except REFUSED as error:
        _refuse(error, refused)
