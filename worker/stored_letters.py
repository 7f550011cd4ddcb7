"""Records of the dead-letter topic as they are read back: dead letters, and notes of replays."""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from worker.dead_letters import PREFIX
from worker.messages import Headers, RawRecord, Source

REASON = PREFIX + "reason"
# On a record that is replayed: how often it has been by now.
ATTEMPTS_HEADER = "sentiment.replay.attempts"
# On a note: the place of the dead letter that was replayed.
REPLAYED_HEADER = "sentiment.replay.of"
# Longer numbers are not ours: they come from whoever wrote the tweet.
MOST_DIGITS = 18

Told = Mapping[str, bytes | None]


class Place(NamedTuple):
    """Where in the dead-letter topic something stands; written `PARTITION:OFFSET`."""

    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.partition}:{self.offset}"

    @classmethod
    def read(cls, text: str) -> "Place":
        """Return the place that `text` names.

        Raises:
            ValueError: it names none.
        """
        partition, offset = (_number(part.encode()) for part in text.split(":"))
        if partition is None or offset is None:
            raise ValueError(text)
        return cls(partition, offset)


class StoredLetter(Struct, frozen=True):
    """A dead letter as it stands in its topic.

    `reason` is None for a record that no worker put there. `source` is where the original stood,
    and None where that is not told. `cut` tells what it was cut from, and is None for a whole one.
    `attempts` is how often the original had been replayed when it came to be here. `headers`
    (without any that say what was wrong), `timestamp_ms` and `value` are the original's.
    """

    place: Place
    record: RawRecord
    reason: str | None
    message: str
    source: Source | None
    worker_version: str
    cut: str | None
    attempts: int
    headers: Headers
    timestamp_ms: int
    value: bytes | None


class ReplayNote(Struct, frozen=True):
    """Says that the dead letter at `place` was replayed, for the `attempts`-th time.

    A note is written in the transaction that replays, to the dead letter's own partition: behind
    it, so that Kafka's retention never removes the note before the letter.
    """

    place: Place
    attempts: int

    @property
    def key(self) -> bytes:
        """A key of its own, so that a compacted topic keeps it and loses no letter to it."""
        return f"{REPLAYED_HEADER} {self.place}".encode()

    @property
    def headers(self) -> Headers:
        """What makes the record a note."""
        return (
            (REPLAYED_HEADER, str(self.place).encode()),
            (ATTEMPTS_HEADER, str(self.attempts).encode()),
        )


def read_back(record: RawRecord) -> StoredLetter | ReplayNote:
    """Return what a record of the dead-letter topic says.

    A tweet may carry any header, ours included, and its dead letter repeats them. But what the
    worker says of it begins with the last reason, and a note has none.
    """
    names = [name for name, _ in record.headers]
    told_from = len(names)
    if REASON in names:
        told_from -= 1 + names[::-1].index(REASON)
    carried, told = record.headers[:told_from], dict(record.headers[told_from:])
    attempts = _number(dict(carried).get(ATTEMPTS_HEADER)) or 0
    if not told and REPLAYED_HEADER in names:
        try:
            return ReplayNote(
                Place.read((dict(carried)[REPLAYED_HEADER] or b"").decode()), attempts
            )
        except ValueError:
            pass  # Not of ours, so it is shown as whatever else it is.
    return StoredLetter(
        place=Place(record.partition, record.offset),
        record=record,
        reason=_text(told, "reason"),
        message=_text(told, "message") or "",
        source=_source(told),
        worker_version=_text(told, "worker-version") or "",
        cut=_text(told, "cut"),
        attempts=attempts,
        headers=tuple(item for item in carried if not item[0].startswith(PREFIX)),
        timestamp_ms=_timestamp_ms(told, record),
        value=None if PREFIX + "null-value" in told else record.value,
    )


def _text(told: Told, name: str) -> str | None:
    content = told.get(PREFIX + name)
    return None if content is None else content.decode(errors="backslashreplace")


def _source(told: Told) -> Source | None:
    topic = _text(told, "topic")
    partition, offset = (_number(told.get(PREFIX + n)) for n in ("partition", "offset"))
    if topic is None or partition is None or offset is None:
        return None
    return Source(topic, partition, offset)


def _timestamp_ms(told: Told, record: RawRecord) -> int:
    """The original's time: a header tells it where the topic could not take it."""
    if PREFIX + "timestamp" not in told:
        return record.timestamp_ms
    timestamp_ms = _number(told[PREFIX + "timestamp"])
    return -1 if timestamp_ms is None else timestamp_ms


def _number(text: bytes | None) -> int | None:
    """The whole number that a header holds; None for anything else, which may be anything."""
    return int(text) if text and text.isdigit() and len(text) <= MOST_DIGITS else None
