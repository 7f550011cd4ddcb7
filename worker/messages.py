"""The facts that flow through the worker: frozen values without behaviour."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Self

from msgspec import UNSET, Struct, UnsetType

from sentiment import Evidence

# Names may repeat, and a value may be null.
Headers = tuple[tuple[str, bytes | None], ...]


class UndecodedName(str):
    """A header's name that is not UTF-8, though Kafka's protocol says that it should be.

    As text it holds lone surrogates where the bytes were wrong (PEP 383); encoded, as whoever
    writes a header does, it is the bytes that came.
    """

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "surrogateescape") -> bytes:  # noqa: ARG002
        """Return the bytes that came, whatever encoding is asked for."""
        return super().encode("utf-8", "surrogateescape")


def size_bytes(key: bytes | None, value: bytes | None, headers: Headers) -> int:
    """Return the bytes of a record's key, value and headers together."""
    size = len(key or b"") + len(value or b"")
    for name, content in headers:
        size += len(name.encode()) + len(content or b"")
    return size


def too_large(size: int, limit: int) -> str:
    """Return what is said of a record of `size` bytes."""
    return f"{size} bytes, more than the {limit} allowed"


class Reason(StrEnum):
    """Why a record could not be scored. The set is closed: it labels a metric."""

    INVALID_UTF8 = "invalid-utf8"
    INVALID_JSON = "invalid-json"
    MISSING_TEXT = "missing-text"
    WRONG_TYPE = "wrong-type"
    TOO_LARGE = "too-large"
    REFUSED = "refused"
    TOO_MANY_HEADERS = "too-many-headers"
    CORRUPT_BATCH = "corrupt-batch"


class Flaw(Struct, frozen=True, gc=False):
    """What was wrong with a record before anybody looked into its value.

    Such a record becomes a dead letter, and may hold less than there was: `size_bytes` is what
    its key, value and headers took together.
    """

    reason: Reason
    message: str
    size_bytes: int


class RawRecord(Struct, frozen=True, gc=False):
    """A record of the input topic as it was read: nothing is known about its value yet."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    flaw: Flaw | None = None

    @property
    def size_bytes(self) -> int:
        """Bytes of key, value and headers together, as they were before anything was cut."""
        if self.flaw is not None:
            return self.flaw.size_bytes
        return size_bytes(self.key, self.value, self.headers)


class Tweet(Struct, frozen=True, gc=False):
    """What scoring needs of a record, and what the scored record repeats of it."""

    id: str | None
    text: str
    created_at: str | None


class Source(Struct, frozen=True, gc=False):
    """Where in the input topic a tweet stood: unique for every record ever read."""

    topic: str
    partition: int
    offset: int


class ScoredTweet(Struct, frozen=True):
    """The value of an output record.

    `probabilities` maps every label of the model to a number from 0 to 1; they sum to 1 within
    rounding to six decimals. `model` is the bundle's name and the first eight hexadecimal digits
    of its SHA-256. `evidence`, the n-grams that moved the probabilities most, the strongest first,
    is there only where the worker was told to explain.
    """

    id: str | None
    text: str
    created_at: str | None
    label: str
    probabilities: Mapping[str, float]
    model: str
    source: Source
    evidence: Sequence[Evidence] | UnsetType = UNSET


class DeadLetter(Struct, frozen=True):
    """A record that could not be scored, and why."""

    record: RawRecord
    reason: Reason
    message: str


class Publication(Struct, frozen=True, gc=False):
    """What is published for an input record: a scored tweet, a deletion (value None), a letter.

    `partition` and `offset` are the input record's.
    """

    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers

    @classmethod
    def of(cls, record: RawRecord, value: bytes | None) -> Self:
        """Return what is published for `record`: everything but the value stays as it was."""
        return cls(
            record.partition, record.offset, record.timestamp_ms, record.key, value, record.headers
        )


class Outcome(Struct, frozen=True):
    """What became of a batch: every record is in exactly one of the first two.

    `labels` and `confidences` hold the winning label and its probability for each scored tweet;
    `unknown_token_ratio` is the share of their tokens that the model never saw in training, or
    None where there was no tweet.
    """

    publications: Sequence[Publication]
    dead_letters: Sequence[DeadLetter]
    labels: Sequence[str]
    confidences: Sequence[float]
    unknown_token_ratio: float | None
