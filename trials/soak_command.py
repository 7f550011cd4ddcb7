"""`python -m trials soak`: options and exit codes."""

from collections.abc import Sequence

from configuration.command_line import OneLineParser
from trials.holding import Say, add_options, hold
from trials.soak import SoakPlan, run
from trials.soak_plots import draw
from trials.soak_report import SoakReport


def main(argv: Sequence[str]) -> int:
    """Hold a soak, write its report and plot; return 0 where nothing grew."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    plan = SoakPlan(
        seed=arguments.seed,
        minutes=arguments.minutes,
        rate=arguments.rate,
        model=arguments.model,
        out=arguments.out.absolute(),
    )

    def trial(say: Say) -> SoakReport:
        report = run(plan, say)
        report.write(plan.out)
        draw(report, plan.out / "soak.png")
        return report

    return hold(parser, trial, f"{plan.out / 'soak.md'}, the plot beside it")


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="python -m trials soak",
        description="Let a worker score at a steady rate for long, with bad records among the "
        "good, and tell whether memory, files, threads or latency grow. Exit code 1 where they do.",
    )
    add_options(parser, minutes=30.0, rate=5_000.0)
    return parser
