"""A `read_committed` reader downstream: notes what comes when, and reads all for the audit."""

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from trials.audit import Kind, Seen
from trials.ledger import Ledger
from trials.records import NUMBER_HEADER
from worker.dead_letters import PREFIX
from worker.messages import ScoredTweet

POLL_MS = 200
RETRY_SECONDS = 0.5


_decode = msgspec.json.Decoder(ScoredTweet).decode


class Arrivals:
    """Follows the output and the dead letters, and notes in the ledger when each record came.

    What goes wrong is tried again with a new consumer: it is the workers that are on trial.
    """

    def __init__(self, servers: str, topics: Sequence[str], ledger: Ledger) -> None:
        self._servers = servers
        self._topics = topics
        self._ledger = ledger
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="arrivals", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def close(self) -> None:
        """Read no more."""
        self._end.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _follow(self) -> None:
        positions: dict[TopicPartition, int] = {}
        while not self._end.is_set():
            with contextlib.suppress(KafkaError):
                self._read_on(positions)
            self._end.wait(RETRY_SECONDS)

    def _read_on(self, positions: dict[TopicPartition, int]) -> None:
        with contextlib.closing(_consumer(self._servers)) as consumer:
            places = _assign(consumer, self._topics)
            for place in places:
                if place in positions:
                    consumer.seek(place, positions[place])
            while not self._end.is_set():
                for place, records in consumer.poll(timeout_ms=POLL_MS).items():
                    now = time.monotonic()
                    for record in records:
                        number = _number(record)
                        if number is not None:
                            self._ledger.arrived_seconds.setdefault(number, now)
                    positions[place] = records[-1].offset + 1


def read_outputs(servers: str, output: str, dead_letters: str) -> Iterator[Seen]:
    """Yield every committed record of both topics, in order within each partition.

    Raises:
        KafkaError: the broker does not answer.
    """
    with contextlib.closing(_consumer(servers)) as consumer:
        places = _assign(consumer, [output, dead_letters])
        ends = consumer.end_offsets(places)
        while any(consumer.position(place) < ends[place] for place in places):
            for place, records in consumer.poll(timeout_ms=POLL_MS).items():
                see = _dead_letter if place.topic == dead_letters else _scored
                yield from map(see, records)


def _consumer(servers: str) -> KafkaConsumer:
    return KafkaConsumer(
        bootstrap_servers=servers.split(","),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        reconnect_backoff_max_ms=1_000,
    )


def _assign(consumer: KafkaConsumer, topics: Sequence[str]) -> list[TopicPartition]:
    places = [
        TopicPartition(topic, partition)
        for topic in topics
        for partition in consumer.partitions_for_topic(topic) or ()
    ]
    consumer.assign(places)
    return places


def _number(record: Any) -> int | None:
    header = dict(record.headers).get(NUMBER_HEADER)
    return int(header) if header is not None and header.isdigit() else None


def _scored(record: Any) -> Seen:
    number = _number(record)
    if record.value is None:
        return Seen(number, Kind.DELETION, None, record.partition, record.key)
    tweet = _decode(record.value)
    return Seen(
        number,
        Kind.SCORED,
        (tweet.source.partition, tweet.source.offset),
        record.partition,
        record.key,
        tweet_id=tweet.id,
        text=tweet.text,
    )


def _dead_letter(record: Any) -> Seen:
    headers = dict(record.headers)
    return Seen(
        _number(record),
        Kind.DEAD_LETTER,
        (int(headers[PREFIX + "partition"]), int(headers[PREFIX + "offset"])),
        record.partition,
        record.key,
        value=record.value,
        reason=headers[PREFIX + "reason"].decode(),
    )
