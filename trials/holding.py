"""What the commands of all trials share: options, progress, the verdict as an exit code."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from kafka.errors import KafkaError

from configuration.command_line import OneLineParser, above_zero, whole_number
from localkafka import LocalKafkaError
from trials.errors import TrialError

KEPT, BROKEN = 0, 1
RESULTS = Path("trial-results")

Say = Callable[[str], None]


class Verdict(Protocol):
    """What a trial reports."""

    @property
    def broken(self) -> Sequence[str]:
        """Every promise that was broken, in words."""

    def markdown(self) -> str:
        """Return the report as a page."""


def add_options(parser: OneLineParser, minutes: float, rate: float) -> None:
    """Give `parser` the options of every trial, with these defaults."""
    parser.add_argument(
        "--minutes",
        type=above_zero,
        default=minutes,
        metavar="M",
        help=f"how long (default: {minutes:g})",
    )
    parser.add_argument(
        "--rate",
        type=above_zero,
        default=rate,
        metavar="N",
        help=f"tweets a second (default: {rate:g})",
    )
    parser.add_argument(
        "--seed",
        type=whole_number(0),
        default=1,
        metavar="N",
        help="of all that is left to chance (default: 1)",
    )
    parser.add_argument(
        "--model", type=Path, default=Path("models/default"), metavar="DIR", help="bundle"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=RESULTS,
        metavar="DIR",
        help=f"report, logs (default: {RESULTS})",
    )


def hold(parser: OneLineParser, trial: Callable[[Say], Verdict], written: str) -> int:
    """Hold a trial and print its report; return 0 where every promise was kept.

    Args:
        parser: in whose name to complain.
        trial: holds it, and writes what it found.
        written: where that is, in words.
    """
    started = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {line}", flush=True)

    try:
        report = trial(say)
    except TrialError as error:
        return parser.complain(error, error.exit_code)
    except (KafkaError, LocalKafkaError) as error:
        return parser.complain(error, BROKEN)
    print(report.markdown())
    say(f"the report is in {written}")
    return BROKEN if report.broken else KEPT
