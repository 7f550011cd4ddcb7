"""Replays on a real Kafka: dead letters into the input topic, each with a note, or neither."""

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from kafka import TopicPartition
from kafka.errors import (
    AuthorizationError,
    InvalidProducerEpochError,
    KafkaError,
    KafkaTimeoutError,
    ProducerFencedError,
    TransactionalIdAuthorizationFailedError,
)

from configuration.errors import AccessRefused
from configuration.kafka_refusals import Right, missing_rights, turned_away
from configuration.kafka_topics import ensure_topics
from worker.errors import CannotGoOn, RecordsRefused
from worker.kafka_bulk_producer import BulkProducer, Delivery
from worker.kafka_outbox import client_of, discard, producer_options
from worker.messages import Publication
from worker.replays import Replay
from worker.settings import WorkerSettings

GRACE_SECONDS = 5.0
RUN_AGAIN = "run it again, what has been replayed is left out then"
# No more than Kafka's own producers put into a batch by default, so every topic takes it.
BATCH_BYTES = 16_384


class Replayer:
    """Sends replays, as the only one that may for a dead-letter topic.

    Its transactional id is made of the topic's name alone. Whoever takes it ends the transaction
    that a killed replay has left open, and shuts out any replay that still runs. So what is read
    of the dead-letter topic after a `Replayer` was made shows every replay there has been, and
    nothing but this `Replayer` can add another: as long as it works.

    Raises:
        ConfigurationError: no broker answers or lets us replay, or a topic is missing.
        CannotGoOn: the broker does not answer any more.
    """

    def __init__(self, settings: WorkerSettings) -> None:
        topics = [settings.input_topic, settings.dead_letter_topic]
        ensure_topics(settings, dict.fromkeys(topics, "Write"))
        self._settings = settings
        self._input_topic = settings.input_topic
        self._dead_letter_topic = settings.dead_letter_topic
        self._patience_seconds = settings.transaction_timeout_seconds + GRACE_SECONDS
        self._open = False
        try:
            self._producer = BulkProducer(
                **producer_options(settings, transactional_id(settings.dead_letter_topic))
            )
        except KafkaError as error:
            raise self._plain(error) from error
        try:
            with self._told_plainly():
                self._producer.init_transactions()
        except BaseException:
            discard(self._producer)
            raise
        self._client = client_of(self._producer)
        # A late copy of what was asked so far could shut us out, and do no other harm.
        self._client.unanswered = False

    def send(self, replays: Sequence[Replay]) -> None:
        """Replay all of it, or raise.

        Raises:
            CannotGoOn: none of it was replayed; or nobody told us that it was, and then whether
                it was shows in the dead-letter topic as soon as the next `Replayer` is made.
            AccessRefused: the broker no longer lets us replay.
        """
        if self._client.unanswered:
            # A late copy of a request could tear the next transaction, and only who reads the
            # notes again may have a new producer.
            raise CannotGoOn(f"a connection to the broker was lost: {RUN_AGAIN}")
        with self._told_plainly():
            self._open = True
            self._producer.begin_transaction()
            self._deliver(self._placed(replays))
            notes = self._producer.send_all(self._notes(replays), BATCH_BYTES)
            self._producer.flush(self._patience_seconds)
            for delivery in notes:
                delivery.wait()
            self._commit()
            self._open = False

    def close(self) -> None:
        """Undo what is unfinished and let go of the broker."""
        if self._open:
            # Else whoever reads the input topic would wait until the broker does it.
            with contextlib.suppress(KafkaError):
                result = self._producer._transaction_manager.begin_abort()  # noqa: SLF001
                self._producer._sender.wakeup()  # noqa: SLF001
                result.wait(timeout_ms=int(GRACE_SECONDS * 1000))
        discard(self._producer)

    def _placed(self, replays: Sequence[Replay]) -> dict[TopicPartition, list[Replay]]:
        """Return the replays under the partitions of the input topic that they go to.

        What came from a partition that is no more goes to the one with its number modulo theirs,
        as the worker places what it publishes.
        """
        partitions = len(self._producer.partitions_for(self._input_topic))
        placed = defaultdict(list)
        for replay in replays:
            partition = replay.publication.partition % partitions
            placed[TopicPartition(self._input_topic, partition)].append(replay)
        return placed

    def _notes(self, replays: Sequence[Replay]) -> dict[TopicPartition, list[Publication]]:
        """Return the notes for each partition of the dead-letter topic."""
        notes = defaultdict(list)
        for replay in replays:
            note = replay.note
            record = Publication(*note.place, -1, note.key, b"", note.headers)
            notes[TopicPartition(self._dead_letter_topic, record.partition)].append(record)
        return notes

    def _commit(self) -> None:
        """Commit, without the client's endless patience for answers that a dead broker owes it."""
        result = self._producer._transaction_manager.begin_commit()  # noqa: SLF001
        self._producer._sender.wakeup()  # noqa: SLF001
        if not result.wait(timeout_ms=int(self._patience_seconds * 1000)):
            raise KafkaTimeoutError(f"no end after {self._patience_seconds:.0f} s")

    def _deliver(self, placed: Mapping[TopicPartition, Sequence[Replay]]) -> None:
        """Send the records, and return when the broker has every one.

        Raises:
            CannotGoOn: the input topic refuses one, which is named.
            KafkaError: what else any of them failed with.
        """
        deliveries: list[Delivery] = []
        errors: list[KafkaError] = []
        try:
            for where, some in placed.items():
                records = {where: [replay.publication for replay in some]}
                deliveries += self._producer.send_all(records, BATCH_BYTES)
        except KafkaError as error:  # As soon as one is refused, no more are taken.
            errors.append(error)
        self._producer.flush(self._patience_seconds)
        for delivery in deliveries:
            try:
                delivery.wait()
            except RecordsRefused as error:
                raise self._refused(error, placed) from error
            except KafkaError as error:
                errors.append(error)
        if errors:
            raise errors[0]

    def _refused(
        self, error: RecordsRefused, placed: Mapping[TopicPartition, Sequence[Replay]]
    ) -> CannotGoOn:
        """Return what to leave with where the input topic takes some records no more."""
        replays = [replay for some in placed.values() for replay in some]
        sources = {(r.publication.partition, r.publication.offset): r.note.place for r in replays}
        source, why = next(iter(error.reasons.items()))
        return CannotGoOn(
            f"the original of {sources[source]} goes in no more: {why}; look at the topic's "
            "cleanup.policy (compacted topics take no record without a key), max.message.bytes and "
            "message.timestamp.*, or leave that one out"
        )

    @contextmanager
    def _told_plainly(self) -> Iterator[None]:
        """Raise the client's errors as ours.

        What fails after another failure tells little; the transaction knows which was the first.
        """
        try:
            yield
        except KafkaError as error:
            raise self._plain(self._producer._transaction_manager.last_error or error) from error  # noqa: SLF001

    def _plain(self, error: KafkaError) -> AccessRefused | CannotGoOn:
        rights = [Right("Write", "topic", t) for t in (self._input_topic, self._dead_letter_topic)]
        if isinstance(error, TransactionalIdAuthorizationFailedError):
            rights = [Right("Write", "transactional id", transactional_id(self._dead_letter_topic))]
        if isinstance(error, AuthorizationError):
            return AccessRefused(missing_rights(rights, self._settings))
        if refusal := turned_away(error, self._settings.bootstrap_servers, self._settings):
            return AccessRefused(str(refusal))
        if isinstance(error, ProducerFencedError | InvalidProducerEpochError):
            return CannotGoOn(
                f"another replay of {self._dead_letter_topic} took over from this one, or this one "
                f"took too long: {RUN_AGAIN}"
            )
        return CannotGoOn(f"the broker did not replay: {error}; {RUN_AGAIN}")


def transactional_id(dead_letter_topic: str) -> str:
    """Return the one id under which the dead letters of a topic are replayed."""
    return f"{dead_letter_topic}-replay"
