"""`python -m benchmarks.open_loop`: publishes tweets at an even rate, whatever becomes of them.

Each tweet carries the moment at which it was due, so its latency holds the producer's delay too:
a worker that makes the machine stall cannot make the stall disappear from its figures.
"""

import argparse
import time
from pathlib import Path

from kafka import KafkaProducer

from benchmarks.texts import read_texts, tweet

# Tweets that fall due meanwhile are sent together: a wake-up each would take a core of its own.
LEAST_PAUSE_SECONDS = 0.002


class Schedule:
    """When each tweet is due, in nanoseconds since the epoch."""

    def __init__(self, start_ns: int, rate: float, count: int) -> None:
        self._start_ns = start_ns
        self._interval_ns = 1e9 / rate
        self._count = count

    def due_ns(self, number: int) -> int:
        """Return when tweet `number`, from 0, is due."""
        return self._start_ns + round(number * self._interval_ns)

    def due_by(self, now_ns: int) -> int:
        """Return how many tweets are due by now."""
        passed = (now_ns - self._start_ns) / self._interval_ns
        return min(self._count, int(passed) + 1) if passed >= 0 else 0


def main() -> None:
    """Publish as the options say."""
    options = _parser().parse_args()
    texts = read_texts(options.texts)
    producer = KafkaProducer(
        bootstrap_servers=options.bootstrap_servers, acks=1, linger_ms=0, compression_type=None
    )
    producer.partitions_for(options.topic)
    schedule = Schedule(time.time_ns(), options.rate, options.count)
    sent = ticks = 0
    while sent < options.count:
        # One partition after the other, as a client without keys fills them.
        partition, ticks = ticks % options.partitions, ticks + 1
        for number in range(sent, schedule.due_by(time.time_ns())):
            created_at = str(schedule.due_ns(number))
            record = tweet(number, texts[number % len(texts)], created_at)
            producer.send(options.topic, record.value, record.key, partition=partition)
            sent = number + 1
        early_seconds = (schedule.due_ns(sent) - time.time_ns()) / 1e9
        time.sleep(max(LEAST_PAUSE_SECONDS, early_seconds))
    producer.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.open_loop")
    parser.add_argument("--bootstrap-servers", required=True)
    parser.add_argument("--topic", required=True)
    parser.add_argument("--partitions", type=int, required=True)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--rate", type=float, required=True, help="tweets a second")
    parser.add_argument("--count", type=int, required=True, help="how many")
    return parser


if __name__ == "__main__":
    main()
