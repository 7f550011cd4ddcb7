"""`python -m trials`: which trial, and exit codes."""

import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from trials import chaos_command, documentation, late_requests, soak_command

DONE, BAD_USAGE, INTERRUPTED = 0, 2, 130
TRIALS: dict[str, Callable[[Sequence[str]], int]] = {
    "chaos": chaos_command.main,
    "late-requests": late_requests.main,
    "soak": soak_command.main,
    "write-docs": documentation.main,
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
        return TRIALS[options[0]](options[1:])
    except KeyboardInterrupt:
        return INTERRUPTED


def _interrupt(_signum: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
