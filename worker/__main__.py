"""`python -m worker`: wiring and exit codes, nothing else."""

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from typing import TypeVar

import structlog
from kafka.errors import KafkaError, RetriableError
from prometheus_client import CollectorRegistry

from configuration.command_line import OneLineParser, add_settings_options, read_settings
from configuration.errors import (
    AccessRefused,
    BrokerUnavailable,
    ConfigurationError,
    SettingsError,
)
from configuration.kafka_topics import ensure_topics
from sentiment import Scorer, SentimentError
from sentiment import SettingsError as ModelSettingsError
from worker import __version__, logs, loop
from worker.dead_letter_command import dead_letters, dead_letters_parser
from worker.errors import CannotGoOn, Fenced, Refused, Storm
from worker.health import Health
from worker.http_server import HttpServer
from worker.identity import WorkerSlot
from worker.kafka_publisher import AtLeastOncePublisher, TransactionalPublisher
from worker.kafka_refusals import REFUSED, refused
from worker.kafka_source import KafkaTweetSource
from worker.metrics import WorkerMetrics
from worker.ports import Publisher
from worker.reader import read, read_parser
from worker.scoring import BatchScorer
from worker.settings import WorkerSettings
from worker.storm import StormWatch
from worker.wire import decoder

DONE, FAILED = 0, 1
# The first that fits.
EXIT_CODES = {
    SettingsError: 2,
    ModelSettingsError: 2,
    Fenced: 3,
    Refused: 4,
    AccessRefused: 4,
    SentimentError: 5,
    Storm: 6,
    Exception: FAILED,
}
# A thread that computes gives Python's lock away this often. At the default of 5 ms, each of the
# short turns that publishing takes waits that long behind polling and preparing: a batch of 2,048
# took 76 ms to publish, 44 with 0.2 ms, for the same processor time.
SWITCH_SECONDS = 0.0002
RETRY_SECONDS = 2.0
# A batch in flight takes well under a second; only a broker that is away takes this long, and
# then the broker itself undoes the transaction.
LEAVE_WITHIN_SECONDS = 8.0

Made = TypeVar("Made")
log = structlog.get_logger()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the worker, or one of the `COMMANDS` beside it; return the exit code."""
    options = sys.argv[1:] if argv is None else list(argv)
    # By hand, because to argparse the value of a mistyped option would be a mistyped command.
    name = options.pop(0) if options[:1] and options[0] in COMMANDS else None
    make_parser, command = COMMANDS[name]
    parser = make_parser()
    arguments = parser.parse_args(options)
    try:
        return command(read_settings(WorkerSettings, arguments), arguments)
    except (CannotGoOn, ConfigurationError, SentimentError) as error:
        code = next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind))
        return parser.complain(error, code)


def score_until_told_to_stop(settings: WorkerSettings, _arguments: argparse.Namespace) -> int:
    """Run the worker until a signal; return the exit code."""
    logs.configure(settings.log_format, settings.log_level)
    sys.setswitchinterval(SWITCH_SECONDS)
    with stop_on_signals() as stop:
        run(settings, stop)
    return DONE


def run(settings: WorkerSettings, stop: threading.Event) -> None:
    """Wire everything up, run the loop until `stop` is set, and take everything down.

    Raises:
        CannotGoOn: no retry helps.
        ConfigurationError: topics are missing.
        SentimentError: the bundle cannot be used.
    """
    health = Health(time.monotonic)
    registry = CollectorRegistry()
    with ExitStack() as cleanup:
        server = HttpServer(settings.http_host, settings.http_port, registry, health)
        cleanup.enter_context(closing(server))
        log.info("serving /metrics, /healthz and /readyz", address=f"http://{server.address}")

        scorer = Scorer.load(
            settings.model,
            settings.engine,
            cache=settings.cache,
            say=log.warning,
            public_key=settings.model_public_key,
        )
        scorer.check_reference()
        batches = BatchScorer(
            scorer, decoder(settings.input_format), settings.record_limit_bytes, settings.evidence
        )
        metrics = WorkerMetrics(registry, scorer.labels)
        metrics.model(scorer.name, scorer.sha256, scorer.engine)
        log.info("model loaded", model=scorer.model_id, engine=scorer.engine)

        if settings.worker_id is None:
            slot = cleanup.enter_context(closing(WorkerSlot(settings.group_id)))
            worker_id = slot.worker_id
        else:
            worker_id = settings.worker_id
        connect = partial(_until_a_broker_answers, settings, worker_id, health, stop)
        try:
            connect(lambda: _ensure_topics(settings))
            source = connect(lambda: KafkaTweetSource(settings, worker_id))
            cleanup.enter_context(closing(source))
            publisher = connect(lambda: _publisher(settings, worker_id, source, health))
            cleanup.enter_context(closing(publisher))
        except _Stopped:
            return
        log.info(
            "scoring",
            worker=worker_id,
            group=settings.group_id,
            input=settings.input_topic,
            output=settings.output_topic,
            guarantee=settings.guarantee,
        )
        watch = StormWatch(settings.storm_share, settings.storm_window)
        loop.run(source, batches, publisher, watch, metrics, health, stop)
        log.info("leaving")


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """Give an event that SIGTERM and SIGINT set, and leave by force when that does not suffice."""
    stop = threading.Event()

    def leave(signum: int, _frame: object) -> None:
        if not deadline.is_alive():
            # First of all, for whatever the interrupted line holds cannot delay it then.
            deadline.start()
            stop.set()
            log.info("finishing the batch in flight", signal=signal.Signals(signum).name)

    def force() -> None:
        time.sleep(LEAVE_WITHIN_SECONDS)
        log.warning("left a transaction open: the broker ends it", after=LEAVE_WITHIN_SECONDS)
        os._exit(FAILED)

    deadline = threading.Thread(target=force, name="deadline", daemon=True)
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, leave)
    yield stop


class _Stopped(Exception):
    """The signal to leave came while we waited for the broker."""


def _until_a_broker_answers(
    settings: WorkerSettings,
    worker_id: str,
    health: Health,
    stop: threading.Event,
    make: Callable[[], Made],
) -> Made:
    """Return what `make` makes, as soon as it can; say so while it cannot."""
    while not stop.is_set():
        health.beat()
        try:
            return make()
        except (BrokerUnavailable, RetriableError) as error:
            log.warning(
                "no broker yet, trying again",
                bootstrap_servers=settings.bootstrap_servers,
                reason=str(error),
            )
            stop.wait(RETRY_SECONDS)
        except REFUSED as error:
            raise refused(error, settings, worker_id) from error
        except KafkaError as error:
            raise CannotGoOn(f"the broker has us do without what we need: {error}") from error
    raise _Stopped


def _ensure_topics(settings: WorkerSettings) -> None:
    made = ensure_topics(
        settings,
        {
            settings.input_topic: "Read",
            settings.output_topic: "Write",
            settings.dead_letter_topic: "Write",
        },
        settings.partitions if settings.create_topics else None,
    )
    if made:
        log.info("topics made", topics=made, partitions=settings.partitions)


def _publisher(
    settings: WorkerSettings, worker_id: str, source: KafkaTweetSource, health: Health
) -> Publisher:
    def while_waiting(seconds: float) -> None:
        health.beat()
        if round(seconds) % 10 == 5:
            log.warning("waiting for the broker to take a batch", seconds=round(seconds))

    if settings.guarantee == "exactly-once":
        return TransactionalPublisher(settings, worker_id, while_waiting)
    return AtLeastOncePublisher(settings, source, while_waiting)


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="python -m worker",
        description="Score a Kafka topic of raw tweets, exactly once. Runs until SIGTERM.",
        epilog="`python -m worker read` shows what was published, `python -m worker dead-letters` "
        "what could not be, and sends it through again; see their --help.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    add_settings_options(parser, WorkerSettings)
    return parser


COMMANDS = {
    None: (_parser, score_until_told_to_stop),
    "read": (read_parser, read),
    "dead-letters": (dead_letters_parser, dead_letters),
}

if __name__ == "__main__":
    sys.exit(main())
