"""What can go wrong with a trial itself, as opposed to what it finds.

TrialError
├── BadPlan      what was asked for does not hold together (exit code 2)
└── NeverBegan   the stream does not flow although nothing was broken yet
"""


class TrialError(Exception):
    """A trial cannot be made; the message says what to do."""

    exit_code = 1


class BadPlan(TrialError):
    """Options that contradict one another, or name what is not there."""

    exit_code = 2


class NeverBegan(TrialError):
    """Workers, broker or producer do not get going."""
