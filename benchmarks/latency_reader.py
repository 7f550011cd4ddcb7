"""`python -m benchmarks.latency_reader`: notes when each score became readable.

It reads with `read_committed`, as a reader of exactly-once records has to, and computes nothing
before the last score is in.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from kafka import KafkaConsumer, TopicPartition

from benchmarks.scores import decode

READY = "ready"
# A score that has not come by then, after the last one, is counted as one that never does.
GIVE_UP_AFTER_SECONDS = 5.0
FIRST_WITHIN_SECONDS = 60.0
POLL_MS = 200


def main() -> None:
    """Read what the options say; store, for each score, three moments in nanoseconds."""
    options = _parser().parse_args()
    inputs = _consumer(options, options.input)
    scores = _consumer(options, options.output)
    print(READY, flush=True)
    seen: list[tuple[int, bytes]] = []
    patience_seconds, changed = FIRST_WITHIN_SECONDS, time.monotonic()
    while len(seen) < options.count:
        polled = scores.poll(timeout_ms=POLL_MS, max_records=options.count)
        now = time.time_ns()
        values = [record.value for records in polled.values() for record in records]
        seen += [(now, value) for value in values]
        if values:
            patience_seconds, changed = GIVE_UP_AFTER_SECONDS, time.monotonic()
        elif time.monotonic() - changed > patience_seconds:
            break
    if not seen:
        sys.exit(f"no score came within {FIRST_WITHIN_SECONDS:.0f} s")
    appended_ms = dict(_appended(inputs, options.count))
    rows = []
    for read_ns, value in seen:
        scored = decode(value)
        place = (scored.source.partition, scored.source.offset)
        rows.append((int(scored.created_at), appended_ms[place] * 1_000_000, read_ns))
    np.save(options.out, np.array(rows, np.int64).reshape(-1, 3))


def _consumer(options: argparse.Namespace, topic: str) -> KafkaConsumer:
    """Return a consumer of all that comes from now on."""
    consumer = KafkaConsumer(
        bootstrap_servers=options.bootstrap_servers,
        group_id=None,
        enable_auto_commit=False,
        isolation_level="read_committed",
    )
    places = [TopicPartition(topic, partition) for partition in range(options.partitions)]
    consumer.assign(places)
    for place, end in consumer.end_offsets(places).items():
        consumer.seek(place, end)
    return consumer


def _appended(inputs: KafkaConsumer, count: int) -> Iterator[tuple[tuple[int, int], int]]:
    """Yield where each tweet stands in the input topic, and when the broker put it there."""
    while count > 0:
        polled: dict[Any, list[Any]] = inputs.poll(timeout_ms=1_000)
        if not polled:
            sys.exit(f"{count} tweets are missing in the input topic")
        for records in polled.values():
            count -= len(records)
            for record in records:
                yield (record.partition, record.offset), record.timestamp


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency_reader")
    parser.add_argument("--bootstrap-servers", required=True)
    parser.add_argument("--input", required=True, help="topic of the tweets")
    parser.add_argument("--output", required=True, help="topic of the scores")
    parser.add_argument("--partitions", type=int, required=True)
    parser.add_argument("--count", type=int, required=True, help="scores to wait for")
    parser.add_argument("--out", type=Path, required=True, help="where to, as .npy")
    return parser


if __name__ == "__main__":
    main()
