"""`python -m worker read`: what the worker has published, as one JSON object a line."""

import argparse
import sys
from contextlib import closing

import msgspec

from configuration.command_line import OneLineParser, add_settings_options, whole_number
from worker.kafka_committed_reader import POLL_SECONDS, CommittedReader
from worker.messages import RawRecord
from worker.printing import DONE, run_printing
from worker.safe_text import escaped
from worker.settings import WorkerSettings
from worker.stored_letters import ReplayNote, read_back


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
    return run_printing(lambda: _print(settings, arguments))


def _print(settings: WorkerSettings, arguments: argparse.Namespace) -> int:
    topic = settings.dead_letter_topic if arguments.dead else settings.output_topic
    show = _dead_letter if arguments.dead else _scored
    left = arguments.limit
    with closing(CommittedReader(settings, topic, from_now_on=arguments.new)) as reader:
        while left != 0 and (arguments.follow or not reader.at_end):
            records = reader.poll(POLL_SECONDS)
            if arguments.dead:
                records = [r for r in records if not isinstance(read_back(r), ReplayNote)]
            for record in records[:left]:
                sys.stdout.buffer.write(show(record) + b"\n")
                left = None if left is None else left - 1
            sys.stdout.flush()
    return DONE


def _scored(record: RawRecord) -> bytes:
    """A scored tweet as it stands in the topic; a deletion as its key alone."""
    if record.value is None:
        return msgspec.json.encode({"key": _text(record.key), "deleted": True})
    return record.value


def _dead_letter(record: RawRecord) -> bytes:
    """A dead letter with its bytes shown safely."""
    return msgspec.json.encode(
        {
            "key": _text(record.key),
            "value": _text(record.value),
            "headers": {escaped(name.encode()): _text(value) for name, value in record.headers},
        }
    )


def _text(content: bytes | None) -> str | None:
    return None if content is None else escaped(content)
