"""`python -m trials soak`: options and exit codes."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from kafka.errors import KafkaError

from configuration.command_line import OneLineParser, above_zero, whole_number
from localkafka import LocalKafkaError
from trials.errors import TrialError
from trials.soak import SoakPlan, run
from trials.soak_plots import draw

KEPT, BROKEN = 0, 1
RESULTS = Path("trial-results")


def main(argv: Sequence[str]) -> int:
    """Hold a soak, write its report and plot; return 0 where nothing grew."""
    arguments = _parser().parse_args(argv)
    started = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {line}", flush=True)

    plan = SoakPlan(
        seed=arguments.seed,
        minutes=arguments.minutes,
        rate=arguments.rate,
        model=arguments.model,
        out=arguments.out.absolute(),
    )
    try:
        report = run(plan, say)
    except (TrialError, KafkaError, LocalKafkaError) as error:
        print(f"python -m trials soak: {error}", file=sys.stderr)
        return BROKEN
    report.write(plan.out)
    draw(report, plan.out / "soak.png")
    print(report.markdown())
    say(f"the report is in {plan.out / 'soak.md'}, the plot beside it")
    return BROKEN if report.broken else KEPT


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="python -m trials soak",
        description="Let a worker score at a steady rate for long, with bad records among the "
        "good, and tell whether memory, files, threads or latency grow. Exit code 1 where they do.",
    )
    parser.add_argument(
        "--minutes", type=above_zero, default=30.0, metavar="M", help="how long (default: 30)"
    )
    parser.add_argument(
        "--rate", type=above_zero, default=5_000.0, metavar="N", help="a second (default: 5000)"
    )
    parser.add_argument(
        "--seed", type=whole_number(0), default=1, metavar="N", help="of the records (default: 1)"
    )
    parser.add_argument(
        "--model", type=Path, default=Path("models/default"), metavar="DIR", help="bundle"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=RESULTS,
        metavar="DIR",
        help=f"report, plot, logs (default: {RESULTS})",
    )
    return parser
