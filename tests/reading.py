"""What a downstream reader of a topic sees."""

import contextlib
import time
from types import SimpleNamespace

from kafka import KafkaConsumer, TopicPartition

PATIENCE_SECONDS = 60


def read_topic(servers, topic, at_least=0, patience_seconds=PATIENCE_SECONDS):
    """Return the committed records of `topic`, once there are `at_least` so many.

    Reads to the end of what is committed when that number is reached, so that records beyond
    it, which would be duplicates, are seen too.
    """
    consumer = KafkaConsumer(
        bootstrap_servers=servers,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    with contextlib.closing(consumer):
        places = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic)]
        consumer.assign(places)
        records = []
        deadline = time.monotonic() + patience_seconds
        while True:
            ends = consumer.end_offsets(places)
            while any(consumer.position(place) < ends[place] for place in places):
                assert time.monotonic() < deadline, f"{topic} cannot be read to its end"
                for found in consumer.poll(timeout_ms=100).values():
                    records += found
            if len(records) >= at_least:
                return [_as_seen(record) for record in records]
            assert time.monotonic() < deadline, f"{len(records)} of {at_least} in {topic}"


def _as_seen(record):
    return SimpleNamespace(
        partition=record.partition,
        offset=record.offset,
        timestamp_ms=record.timestamp,
        key=record.key,
        value=record.value,
        headers=record.headers,
    )
