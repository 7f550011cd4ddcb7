"""What can go wrong with a trial itself, and what it finds at once.

TrialError
├── BadPlan      what was asked for does not hold together (exit code 2)
├── NeverBegan   the stream does not flow although nothing was broken yet
└── Stuck        what should have happened by itself has not: a finding, told in the report
"""


class TrialError(Exception):
    """A trial cannot be made, or go on; the message says why."""

    exit_code = 1


class BadPlan(TrialError):
    """Options that contradict one another, or name what is not there."""

    exit_code = 2


class NeverBegan(TrialError):
    """Workers, broker or producer do not get going."""


class Stuck(TrialError):
    """What should have happened by itself has not."""
