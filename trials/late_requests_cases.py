"""What is tried with late requests, and what was seen of each try."""

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

RECORDS = 10
"""Of each transaction."""

OUR_PUBLISHER = "our publisher"
"""The client whose promises are on trial; the other shows what they are worth."""


class Late(Enum):
    """The requests of a transaction, by Kafka's api keys, in the order in which they are sent."""

    ADD_PARTITIONS = 24
    PRODUCE = 0
    ADD_OFFSETS = 25
    OFFSET_COMMIT = 28
    END = 26


class Moment(Enum):
    """When the late request arrives."""

    BETWEEN = "before the next transaction"
    LONG_BEFORE = "and the transaction's time-out passes"
    PRODUCE = "while its Produce is on the way"
    OFFSET_COMMIT = "while its TxnOffsetCommit is on the way"
    END = "while its EndTxn is on the way"


# The request of the next transaction that waits until the late one has arrived.
ON_THE_WAY = {Moment.PRODUCE: 0, Moment.OFFSET_COMMIT: 28, Moment.END: 26}


class Then(Enum):
    """What becomes of the worker."""

    LIVES = "it goes on"
    DIES = "it dies at once"
    DIES_AFTER = "it dies after the next transaction"


class Case(Struct, frozen=True):
    """What is tried: one request is delayed, and arrives in a later transaction.

    Its client notices at once, by a reset connection, unless `silently`: then it waits until it
    gives up.
    """

    late: Late
    moment: Moment
    then: Then
    silently: bool = False


class Seen(Struct, frozen=True):
    """What was seen of a try.

    Attributes:
        sent_again: The client's transaction was committed without the late request.
        answer: What the broker answered to the late one: `NoError`, or the error's name.
        torn: Once it had arrived, readers saw other records than the committed offset tells.
        went_back: After the next transaction the committed offset was behind its records.
        lost: Records that no `read_committed` reader sees in the end.
        doubled: Records that it sees more than once.
        failures: Transactions that failed and were done again.
        fenced: The worker would have left, taking itself for one whose id another uses.
        stuck: Readers could not read on although all transactions had ended.
    """

    sent_again: bool
    answer: str
    torn: bool
    went_back: bool
    lost: int
    doubled: int
    failures: int
    fenced: bool
    stuck: bool


def cases() -> Iterator[Case]:
    """Yield every case."""
    for late in Late:
        yield Case(late, Moment.BETWEEN, Then.LIVES)
        if late in (Late.ADD_PARTITIONS, Late.ADD_OFFSETS):
            yield Case(late, Moment.LONG_BEFORE, Then.LIVES)
        for moment in ON_THE_WAY:
            yield Case(late, moment, Then.LIVES)
            yield Case(late, moment, Then.DIES)
        yield Case(late, Moment.END, Then.DIES_AFTER)
    for late in (Late.PRODUCE, Late.END):
        yield Case(late, Moment.PRODUCE, Then.LIVES, silently=True)
