"""What can go wrong while measuring.

BenchmarkError
├── BadPlan          what was asked for does not hold together (exit code 2)
├── ContestantFailed a program that is measured has ended, or never gets ready
├── Stalled          tweets stay unscored although every program runs
└── BadResults       a results file cannot be read, or lacks what a page needs
"""


class BenchmarkError(Exception):
    """Something cannot be measured; the message says what to do."""

    exit_code = 1


class BadPlan(BenchmarkError):
    """Options that contradict one another, or name what is not there."""

    exit_code = 2


class ContestantFailed(BenchmarkError):
    """A program that is measured does not run; the message ends with its last words."""


class Stalled(BenchmarkError):
    """Tweets that were published are not scored."""


class BadResults(BenchmarkError):
    """A file with results cannot be used."""
