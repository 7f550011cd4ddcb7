"""`python -m worker read`: what the worker has published, as one JSON object a line."""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from typing import Any

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from configuration.command_line import add_settings_options
from configuration.errors import BrokerUnavailable
from configuration.kafka_topics import ensure_topics
from worker.settings import WorkerSettings

DONE, INTERRUPTED = 0, 130
POLL_MS = 250


def add_read_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the `read` command."""
    parser.set_defaults(command="read")
    parser.add_argument("--dead", action="store_true", help="the dead letters, not the scores")
    parser.add_argument("--limit", type=int, metavar="N", help="end after N records")
    parser.add_argument("--follow", action="store_true", help="wait for more until interrupted")
    parser.add_argument("--new", action="store_true", help="only what comes from now on")
    add_settings_options(parser, WorkerSettings)


def read(settings: WorkerSettings, arguments: argparse.Namespace) -> int:
    """Print a topic's committed records; return the exit code.

    Raises:
        ConfigurationError: no broker answers, or the topic does not exist.
    """
    topic = settings.dead_letter_topic if arguments.dead else settings.output_topic
    ensure_topics(settings, [topic])
    show = _dead_letter if arguments.dead else _scored
    left = arguments.limit
    try:
        for record in committed_records(settings, topic, arguments.follow, arguments.new):
            sys.stdout.buffer.write(show(record) + b"\n")
            sys.stdout.flush()
            left = None if left is None else left - 1
            if left == 0:
                break
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has enough: nothing is wrong
    return DONE


def committed_records(
    settings: WorkerSettings, topic: str, follow: bool, new: bool
) -> Iterator[Any]:
    """Yield the records of `topic` that a `read_committed` reader sees.

    With `new`, only those from now on. Ends at what was the end when it began; with `follow`
    never.

    Raises:
        BrokerUnavailable: no broker answers.
    """
    try:
        consumer = KafkaConsumer(
            **settings.client_options(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
        )
        with contextlib.closing(consumer):
            places = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic) or ()]
            consumer.assign(places)
            ends = consumer.end_offsets(places)
            if new:
                for place in places:
                    consumer.seek(place, ends[place])
            while follow or any(consumer.position(place) < ends[place] for place in places):
                for records in consumer.poll(timeout_ms=POLL_MS).values():
                    yield from records
    except KafkaError as error:
        raise BrokerUnavailable(
            f"cannot read {topic} at {settings.bootstrap_servers}: {error}"
        ) from error


def _scored(record: Any) -> bytes:
    """A scored tweet as it stands in the topic; a deletion as its key alone."""
    if record.value is None:
        return msgspec.json.encode({"key": _text(record.key), "deleted": True})
    return bytes(record.value)


def _dead_letter(record: Any) -> bytes:
    """A dead letter with its bytes shown safely."""
    return msgspec.json.encode(
        {
            "key": _text(record.key),
            "value": _text(record.value),
            "headers": {name: _text(value) for name, value in record.headers},
        }
    )


def _text(content: bytes | None) -> str | None:
    """Bytes as ASCII text, with escapes for everything that a terminal might obey."""
    return None if content is None else ascii(content.decode(errors="backslashreplace"))[1:-1]
