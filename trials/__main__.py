"""`python -m trials`: which trial, and exit codes."""

import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import FrameType

DONE, BAD_USAGE, INTERRUPTED = 0, 2, 130
# By name, for only what is wanted is imported: plots alone take a second and a half.
TRIALS = {
    "chaos": "trials.chaos_command",
    "late-requests": "trials.late_requests",
    "soak": "trials.soak_command",
    "write-docs": "trials.documentation",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Hold the trial that the first option names; return the exit code."""
    options = sys.argv[1:] if argv is None else list(argv)
    signal.signal(signal.SIGTERM, _interrupt)
    if options[:1] not in [[name] for name in TRIALS]:
        asked = options[:1] in (["-h"], ["--help"])
        print(
            f"usage: python -m trials {{{','.join(TRIALS)}}} … (each has its own --help)",
            file=sys.stdout if asked else sys.stderr,
        )
        return DONE if asked else BAD_USAGE
    try:
        hold: Callable[[Sequence[str]], int] = import_module(TRIALS[options[0]]).main
        return hold(options[1:])
    except KeyboardInterrupt:
        return INTERRUPTED


def _interrupt(_signum: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
