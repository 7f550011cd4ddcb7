"""What the loop needs of the world outside: where tweets come from and where scores go.

Two pairs of adapters keep these promises and are held to them by one contract test suite:
`kafka_source` and `kafka_publisher`, and both ports of `memory_broker`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from worker.messages import Outcome, RawRecord

# The partitions of the input topic, each with the offset from which to read on.
Offsets = Mapping[int, int]


class Batch(Struct, frozen=True):
    """What one poll returned: records in the order of their offsets within each partition.

    `first_offsets` are those of the first records, `next_offsets` the ones to be committed.

    `membership` proves to the broker in whose name the records were read. It is taken with the
    records: a worker that was thrown out of its group in the meantime must not commit with a
    newer proof, or with none.
    """

    records: Sequence[RawRecord]
    first_offsets: Offsets
    next_offsets: Offsets
    membership: Any


class TweetSource(Protocol):
    """Where raw records come from, as one member of a group that shares the partitions."""

    @property
    def partitions(self) -> frozenset[int] | None:
        """The partitions that are ours now; None until the group has decided."""

    @property
    def rebalancing(self) -> bool:
        """Whether the next poll will give partitions up: finish first what was read of them."""

    def poll(self, timeout_seconds: float) -> Batch:
        """Return the next records, waiting at most `timeout_seconds` for the first.

        The batch is empty when idle, while the group rebalances and while the broker is away.

        Raises:
            CannotGoOn: another worker uses our id, or the broker refuses us.
        """

    def rewind(self) -> None:
        """Let the next poll read on from the group's committed offsets.

        Raises:
            Fenced: another worker has joined the group under our id.
        """

    def lag(self, in_flight: Offsets) -> Mapping[int, int]:
        """Return the number of records after the committed offset, for each partition where known.

        Args:
            in_flight: the first offset that is read and not committed, for the partitions that
                have one.
        """

    def close(self) -> None:
        """Leave the group so that the others take our partitions over at once."""


class Publisher(Protocol):
    """Where outcomes go, together with the offsets that they cover."""

    def publish(self, outcome: Outcome, offsets: Offsets, membership: Any) -> None:
        """Publish a batch's outcome and commit its offsets; return when both are done.

        Under exactly-once all of it becomes visible to `read_committed` readers, or none.

        Raises:
            PublishAborted: the outcome may not be visible and the offsets are not committed:
                rewind the source, recover, and do the batch again.
            RecordsRefused: so, and no retry helps for some of its records: done again, those must
                be dead letters.
            CannotGoOn: another worker has joined the group under our id, or the broker refuses us.
        """

    def recover(self) -> None:
        """Undo what was not published, and be ready to publish again.

        Publishers of one id undo what the others have begun. So rewind the source first, which
        tells when it is not for us to go on under our id.

        Raises:
            CannotGoOn: the broker refuses us.
        """

    def close(self) -> None:
        """Give up what is unfinished and let go of the broker."""
