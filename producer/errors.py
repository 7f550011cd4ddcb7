"""What can go wrong between a source and the input topic.

ProducerError
├── UsageError          what was asked for does not hold together (exit code 2)
├── UnreadableSource    a file or stream is missing, broken, empty or lacks a column
├── StoppedAtMalformed  a line was malformed and --strict was given
└── DeliveryStopped     the brokers take no more records

Interrupted, a signal, stands apart in `interruption`: it is not a failure.
"""


class ProducerError(Exception):
    """Publishing cannot start or go on; the message says why and what to do."""

    exit_code = 1


class UsageError(ProducerError):
    """Options that contradict one another, or a file whose format is not known."""

    exit_code = 2


class UnreadableSource(ProducerError):
    """A source yields no tweets as it is."""


class StoppedAtMalformed(ProducerError):
    """A malformed line ended the run because --strict was given."""


class DeliveryStopped(ProducerError):
    """A record was refused or expired; the client sends none after it."""
