"""`python -m benchmarks`: options and exit codes."""

import argparse
import logging
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from kafka.errors import KafkaError

from benchmarks.capacity import Assumptions
from benchmarks.documentation import write_docs
from benchmarks.errors import BenchmarkError
from benchmarks.parts import PARTS, Plan, run
from benchmarks.texts import SAMPLE
from configuration.command_line import OneLineParser, above_zero, whole_number
from localkafka import LocalKafkaError
from producer.errors import ProducerError
from sentiment import SentimentError
from worker import logs
from worker.errors import WorkerError

DONE, FAILED, INTERRUPTED = 0, 1, 130
RESULTS = Path("bench-results")
WRITE_DOCS = "write-docs"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, or with `write-docs` put results into the documentation; return the exit code."""
    options = sys.argv[1:] if argv is None else list(argv)
    writing = options[:1] == [WRITE_DOCS]
    parser = _docs_parser() if writing else _parser()
    arguments = parser.parse_args(options[1:] if writing else options)
    signal.signal(signal.SIGTERM, _interrupt)
    # Of the worker's own parts, which speak as in a worker; what goes wrong comes as an error.
    logs.configure("console", "error")
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    try:
        return _write_docs(arguments) if writing else _measure(arguments)
    except (BenchmarkError, ProducerError, SentimentError) as error:
        return parser.complain(error, error.exit_code)
    except (KafkaError, LocalKafkaError, WorkerError) as error:
        return parser.complain(error, FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED


def _measure(arguments: argparse.Namespace) -> int:
    started = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {line}", flush=True)

    chosen = arguments.parts or ["all"]
    plan = Plan(
        parts=[part for part in PARTS if part in chosen or "all" in chosen],
        texts=arguments.texts,
        model=arguments.model,
        tweets=arguments.tweets,
        runs=arguments.runs,
        only=frozenset(arguments.only),
        out=arguments.out,
    )
    run(plan, say)
    say(f"the tables are in {arguments.out / 'results.md'}")
    return DONE


def _write_docs(arguments: argparse.Namespace) -> int:
    assumptions = Assumptions(
        dollars_a_core_hour=arguments.price_per_core_hour, peak_factor=arguments.peak_factor
    )
    for path in write_docs(arguments.results, assumptions):
        print(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
    return DONE


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="python -m benchmarks",
        description="Measure the worker beside its peers, on a local Kafka. "
        f"`python -m benchmarks {WRITE_DOCS}` puts the results into docs/performance.md.",
    )
    parser.add_argument(
        "parts",
        nargs="*",
        metavar="PART",
        type=_part,
        help=f"one or more of {', '.join(PARTS)}, or all (the default)",
    )
    parser.add_argument(
        "--texts",
        type=Path,
        default=SAMPLE,
        metavar="FILE",
        help="tweets to score, in any format that the producer reads (default: the demo's sample)",
    )
    parser.add_argument(
        "--model",
        type=Path,
        metavar="DIR",
        help="bundle to score with (default: random weights of the size that the docs state)",
    )
    parser.add_argument(
        "--tweets",
        type=whole_number(100),
        default=200_000,
        metavar="N",
        help="tweets that the fastest workers score in one run (default: 200000)",
    )
    parser.add_argument(
        "--runs", type=whole_number(1), default=3, metavar="N", help="of everything (default: 3)"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        metavar="NAME",
        help="only these contestants, engines or growth curves",
    )
    parser.add_argument(
        "--out", type=Path, default=RESULTS, metavar="DIR", help=f"results (default: {RESULTS})"
    )
    return parser


def _docs_parser() -> OneLineParser:
    parser = OneLineParser(
        prog=f"python -m benchmarks {WRITE_DOCS}",
        description="Put results into docs/performance.md.",
    )
    parser.add_argument(
        "results", nargs="?", type=Path, default=RESULTS, metavar="DIR", help="folder of results"
    )
    assumed = Assumptions()
    parser.add_argument(
        "--price-per-core-hour",
        type=above_zero,
        default=assumed.dollars_a_core_hour,
        metavar="DOLLARS",
        help=f"for the capacity plan (default: {assumed.dollars_a_core_hour})",
    )
    parser.add_argument(
        "--peak-factor",
        type=above_zero,
        default=assumed.peak_factor,
        metavar="N",
        help=f"load to plan for, in averages (default: {assumed.peak_factor:g})",
    )
    return parser


def _part(text: str) -> str:
    """Return a part's name; by hand, because argparse holds no part at all against its choices."""
    if text not in (*PARTS, "all"):
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(PARTS)}, all")
    return text


def _interrupt(_signum: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
