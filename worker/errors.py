"""What can go wrong in the worker.

WorkerError
├── PublishAborted   a batch is not committed: rewind and do it again
│   └── RecordsRefused   the output topic will never take some of its records
├── SourceLost       offsets could not be committed for our partitions
└── CannotGoOn       no retry helps: leave with this message
    ├── Fenced       another worker uses our worker id
    ├── Refused      the broker does not let us in, or not let us do what we must
    ├── Storm        most of what comes cannot be scored
    └── PortTaken    the address of /metrics cannot be had
"""

from collections.abc import Mapping


class WorkerError(Exception):
    """Anything that the worker itself raises."""


class PublishAborted(WorkerError):
    """The offsets are not committed, nor, under exactly-once, any record visible."""


class RecordsRefused(PublishAborted):
    """A topic takes everything but some records: done again, they must be dead letters.

    `reasons` tells why, by the partition and the offset of the input record.
    """

    def __init__(self, reasons: Mapping[tuple[int, int], str]) -> None:
        super().__init__(f"{len(reasons)} records are refused: {next(iter(reasons.values()))}")
        self.reasons = reasons


class SourceLost(WorkerError):
    """Our partitions may no longer be ours, or the broker did not answer."""


class CannotGoOn(WorkerError):
    """The worker must leave; the message says what to do before it is started again."""


class Fenced(CannotGoOn):
    """Another worker took over our worker id, and with it our right to commit."""

    def __init__(self, worker_id: str) -> None:
        super().__init__(
            f"another worker took over the worker id {worker_id}: give each its own "
            "SENTIMENT_WORKER_ID, or none"
        )


class Refused(CannotGoOn):
    """The broker refuses us: who we are, or what we may do."""


class Storm(CannotGoOn):
    """So many records cannot be scored that the topic, not the records, must be broken."""


class PortTaken(CannotGoOn):
    """The HTTP server cannot have its address."""
