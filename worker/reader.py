"""`python -m worker read`: what the worker has published, as one JSON object a line."""

import argparse
import os
import sys
from contextlib import closing
from typing import Any

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, TopicAuthorizationFailedError

from configuration.command_line import OneLineParser, add_settings_options, whole_number
from configuration.errors import AccessRefused, BrokerUnavailable
from configuration.kafka_client import refusal_of
from configuration.kafka_connection import KafkaConnection
from configuration.kafka_refusals import Right, missing_rights, turned_away
from configuration.kafka_topics import ensure_topics
from worker.settings import WorkerSettings

DONE, INTERRUPTED = 0, 130
POLL_SECONDS = 0.25


def read_parser() -> OneLineParser:
    """Return the parser of the `read` command."""
    parser = OneLineParser(
        prog="python -m worker read",
        description="Print scored tweets or dead letters as a read_committed reader sees them.",
    )
    parser.add_argument("--dead", action="store_true", help="the dead letters, not the scores")
    parser.add_argument("--limit", type=whole_number(1), metavar="N", help="end after N records")
    parser.add_argument("--follow", action="store_true", help="wait for more until interrupted")
    parser.add_argument("--new", action="store_true", help="only what comes from now on")
    add_settings_options(parser, WorkerSettings)
    return parser


def read(settings: WorkerSettings, arguments: argparse.Namespace) -> int:
    """Print a topic's committed records; return the exit code.

    Raises:
        ConfigurationError: no broker answers or lets us read, or the topic does not exist.
    """
    topic = settings.dead_letter_topic if arguments.dead else settings.output_topic
    show = _dead_letter if arguments.dead else _scored
    left = arguments.limit
    try:
        with closing(CommittedReader(settings, topic, from_now_on=arguments.new)) as reader:
            while left != 0 and (arguments.follow or not reader.at_end):
                for record in reader.poll(POLL_SECONDS)[:left]:
                    sys.stdout.buffer.write(show(record) + b"\n")
                    left = None if left is None else left - 1
                sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has enough; without this Python would complain while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except TopicAuthorizationFailedError as error:
        right = Right("Read", "topic", topic)
        raise AccessRefused(missing_rights([right], settings)) from error
    except KafkaError as error:
        if refusal := turned_away(error, settings.bootstrap_servers, settings):
            raise AccessRefused(str(refusal)) from error
        raise BrokerUnavailable(
            f"cannot read {topic} at {settings.bootstrap_servers}: {error}"
        ) from error
    return DONE


class CommittedReader:
    """Reads a whole topic as a downstream reader with `isolation_level=read_committed` sees it.

    Raises:
        ConfigurationError: no broker answers, or the topic does not exist.
        KafkaError: the broker went away.
    """

    def __init__(self, connection: KafkaConnection, topic: str, *, from_now_on: bool) -> None:
        ensure_topics(connection, {topic: "Read"})
        self._consumer = KafkaConsumer(
            **connection.client_options(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
        )
        partitions = self._consumer.partitions_for_topic(topic) or ()
        self._places = [TopicPartition(topic, partition) for partition in partitions]
        self._consumer.assign(self._places)
        self._first_ends = self._consumer.end_offsets(self._places)
        if from_now_on:
            for place, end in self._first_ends.items():
                self._consumer.seek(place, end)

    @property
    def at_end(self) -> bool:
        """Whether everything has been read that was there when reading began."""
        return all(
            self._consumer.position(place) >= self._first_ends[place] for place in self._places
        )

    def poll(self, timeout_seconds: float) -> list[Any]:
        """Return the next records, waiting at most `timeout_seconds` for the first."""
        # While connections are refused the client polls on, and returns nothing.
        if refusal := refusal_of(self._consumer):
            raise refusal
        polled = self._consumer.poll(timeout_ms=int(timeout_seconds * 1000))
        return [record for records in polled.values() for record in records]

    def close(self) -> None:
        """Let go of the broker."""
        self._consumer.close()


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
