"""`python -m trials chaos`: options and exit codes."""

import logging
from collections.abc import Sequence

from configuration.command_line import OneLineParser, above_zero, whole_number
from trials.chaos import Plan, run
from trials.faults import KILLS, OTHERS
from trials.holding import Say, add_options, hold
from trials.report import Report


def main(argv: Sequence[str]) -> int:
    """Hold a trial and write its report; return 0 where every promise was kept."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    # What the trial's own clients say while their broker is away; what matters comes as an error.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    plan = Plan(
        seed=arguments.seed,
        minutes=arguments.minutes,
        kills=arguments.kills,
        rounds=arguments.rounds,
        workers=arguments.workers,
        brokers=arguments.brokers,
        rate=arguments.rate,
        faults=arguments.faults,
        limit_seconds=arguments.limit_seconds,
        frozen_seconds=arguments.frozen_seconds,
        model=arguments.model,
        out=arguments.out.absolute(),
    )

    def trial(say: Say) -> Report:
        report = run(plan, say)
        report.write(plan.out)
        return report

    return hold(parser, trial, str(plan.out / "chaos.md"))


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="python -m trials chaos",
        description="Kill, freeze and starve workers and a local Kafka while tweets flow, and "
        "compare what came out with what went in, record by record. Exit code 1 where a promise "
        "was broken.",
        epilog=f"Faults: {'; '.join(fault.name for fault in (*KILLS, *OTHERS))}.",
    )
    add_options(parser, minutes=20.0, rate=300.0)
    parser.add_argument(
        "--kills",
        type=whole_number(0),
        default=200,
        metavar="N",
        help="workers killed at least, whatever --minutes says (default: 200)",
    )
    parser.add_argument(
        "--rounds",
        type=whole_number(1),
        metavar="N",
        help="how often every other fault comes (default: once in 7 minutes, at least once)",
    )
    parser.add_argument(
        "--workers", type=whole_number(2), default=3, metavar="N", help="how many (default: 3)"
    )
    parser.add_argument(
        "--brokers",
        type=whole_number(1, 9),
        default=3,
        metavar="N",
        help="how many; of three any one may die, and two faults more are tried (default: 3)",
    )
    parser.add_argument(
        "--faults", nargs="+", default=[], metavar="NAME", help="only these (default: all)"
    )
    parser.add_argument(
        "--limit-seconds",
        type=above_zero,
        default=5.0,
        metavar="S",
        help="within which the stream flows again after a kill (default: 5)",
    )
    parser.add_argument(
        "--frozen-seconds",
        type=above_zero,
        default=30.0,
        metavar="S",
        help="how long a broker is frozen; a network is bad for up to 8 of them (default: 30)",
    )
    return parser
