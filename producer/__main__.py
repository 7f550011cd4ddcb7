"""The command: `python -m producer SOURCE …`. Wiring and exit codes only."""

import argparse
import logging
import math
import sys
import time
from collections.abc import Sequence

from configuration.command_line import (
    OneLineParser,
    above_zero,
    add_settings_options,
    read_settings,
    whole_number,
)
from configuration.errors import ConfigurationError, SettingsError
from configuration.kafka_topics import ensure_topics
from producer.errors import DeliveryStopped, ProducerError
from producer.interruption import Interrupted, Interruptions
from producer.kafka_writer import KafkaWriter
from producer.pacing import Pace
from producer.progress import progress_shown
from producer.publishing import Malformations, publish, summary
from producer.settings import ProducerSettings
from producer.sources import SOURCES

PROGRAM = "python -m producer"

# Who interrupts wants to leave, and a broker that stopped answering will not begin again now.
_HURRIED_SECONDS = 3.0
# A live source that was silent for longer than this does not catch up.
_FORGIVEN_LAG_SECONDS = 1.0


def main(argv: Sequence[str] | None = None) -> int:
    """Publish a source to the input topic and return the exit code.

    0: every record was acknowledged. 1: it failed, or a record did. 2: bad usage or settings.
    130, 143: ended by SIGINT or SIGTERM.
    """
    # The client tells what happens to each connection; what becomes of the records is ours to say.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    arguments = _parser().parse_args(argv)
    try:
        with Interruptions() as interruptions:
            return _run(arguments, interruptions)
    except Interrupted as interrupted:
        return interrupted.exit_code
    except ProducerError as error:
        _say(f"{PROGRAM}: {error}")
        return error.exit_code
    except ConfigurationError as error:
        _say(f"{PROGRAM}: {error}")
        return 2 if isinstance(error, SettingsError) else 1


def _run(arguments: argparse.Namespace, interruptions: Interruptions) -> int:
    settings = read_settings(ProducerSettings, arguments)
    source = arguments.source.open(arguments)
    create = settings.partitions if settings.create_topics else None
    ensure_topics(settings, {settings.input_topic: "Write"}, create)
    writer = KafkaWriter(settings, _say, interruptions.held)
    malformations = Malformations(_say, arguments.strict)
    lag = _FORGIVEN_LAG_SECONDS if source.live else math.inf
    pace = Pace(arguments.rate, time.monotonic, time.sleep, lag)

    exit_code, patience_seconds = 0, None
    with progress_shown(source, writer, arguments.limit, arguments.progress):
        try:
            publish(source, writer, pace, malformations, arguments.limit)
        except ProducerError as error:
            _say(f"{PROGRAM}: {error}")
            exit_code = error.exit_code
            patience_seconds = _HURRIED_SECONDS if isinstance(error, DeliveryStopped) else None
        except Interrupted as interrupted:
            exit_code, patience_seconds = interrupted.exit_code, _HURRIED_SECONDS
        try:
            writer.finish(patience_seconds)
        except Interrupted as interrupted:
            exit_code = interrupted.exit_code
    _say(summary(writer, settings.input_topic, malformations.count))
    return exit_code or int(writer.failed > 0)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _parser() -> OneLineParser:
    parser = OneLineParser(prog=PROGRAM, description="Publish tweets to the input topic.")
    commands = parser.add_subparsers(metavar="SOURCE", required=True)
    for source in SOURCES:
        command = commands.add_parser(
            source.name, help=source.summary, description=f"{source.summary.capitalize()}."
        )
        command.set_defaults(source=source)
        source.add_options(command)
        command.add_argument(
            "--rate",
            type=above_zero,
            default=math.inf,
            metavar="N",
            help="records a second, evenly (default: as fast as the brokers take them)",
        )
        command.add_argument(
            "--limit", type=whole_number(1), metavar="N", help="stop after so many tweets"
        )
        command.add_argument(
            "--strict", action="store_true", help="stop at the first malformed line"
        )
        command.add_argument(
            "--no-progress", dest="progress", action="store_false", help="draw no progress bar"
        )
        add_settings_options(command, ProducerSettings)
    return parser


if __name__ == "__main__":
    sys.exit(main())
