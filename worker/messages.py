"""The facts that flow through the worker: frozen values without behaviour."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Self

from msgspec import Struct

Headers = tuple[tuple[str, bytes], ...]


def size_bytes(key: bytes | None, value: bytes | None, headers: Headers) -> int:
    """Return the bytes of a record's key, value and headers together."""
    in_headers = sum(len(name.encode()) + len(content) for name, content in headers)
    return len(key or b"") + len(value or b"") + in_headers


class RawRecord(Struct, frozen=True, gc=False):
    """A record of the input topic as it was read: nothing is known about its bytes yet."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers

    @property
    def size_bytes(self) -> int:
        """Bytes of key, value and headers together."""
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
    of its SHA-256.
    """

    id: str | None
    text: str
    created_at: str | None
    label: str
    probabilities: Mapping[str, float]
    model: str
    source: Source


class Reason(StrEnum):
    """Why a record could not be scored. The set is closed: it labels a metric."""

    INVALID_UTF8 = "invalid-utf8"
    INVALID_JSON = "invalid-json"
    MISSING_TEXT = "missing-text"
    WRONG_TYPE = "wrong-type"
    TOO_LARGE = "too-large"
    REFUSED = "refused"


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
