"""The records that a trial publishes: made from a seed and a number, so that none need be kept."""

import random
from typing import NamedTuple

import msgspec

# Tells the number of a record wherever it ends up: headers are passed on, to dead letters too.
NUMBER_HEADER = "trial.number"
BAD_SHARE = 0.03
DELETION_SHARE = 0.01
KEYS = 257
LEAST_WORDS, MOST_WORDS = 3, 24

WORDS = (
    *("what", "a", "lovely", "day", "the", "train", "is", "late", "again", "and", "I", "am"),
    *("not", "amused", "great", "concert", "tonight", "rain", "coffee", "was", "terrible"),
    *("happy", "birthday", "so", "tired", "of", "this", "thank", "you", "@example_anna"),
    *("https://example.org/x", "#monday", "😀", "😡", "sooooo", "good", "café", "nächste"),
)


class TrialRecord(NamedTuple):
    """A record of the input topic, and what must become of it.

    Attributes:
        number: From 0, in the order of sending.
        key: One of `KEYS`, as of a user.
        value: What is sent; None deletes.
        text: The tweet's text; None where it holds no tweet.
        reason: The dead letter's reason; None where it is to be scored or passed on.
    """

    number: int
    key: bytes
    value: bytes | None
    text: str | None
    reason: str | None

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """What is sent beside key and value."""
        return [(NUMBER_HEADER, str(self.number).encode())]


def record(seed: int, number: int) -> TrialRecord:
    """Return record `number` of the trial with this seed; always the same one."""
    chance = random.Random(f"{seed}/{number}")
    key = f"user-{chance.randrange(KEYS)}".encode()
    kind = chance.random()
    if kind < BAD_SHARE:
        reason, value = chance.choice(_bad(number))
        return TrialRecord(number, key, value, None, reason)
    if kind < BAD_SHARE + DELETION_SHARE:
        return TrialRecord(number, key, None, None, None)
    words = chance.choices(WORDS, k=chance.randint(LEAST_WORDS, MOST_WORDS))
    text = " ".join([*words, f"nr {number}"])
    value = msgspec.json.encode({"id": str(number), "text": text, "lang": "en"})
    return TrialRecord(number, key, value, text, None)


def _bad(number: int) -> tuple[tuple[str, bytes], ...]:
    return (
        ("invalid-utf8", b'{"id": "%d", "text": "caf\xe9"}' % number),
        ("invalid-json", b'{"id": "%d", "text": ' % number),
        ("missing-text", b'{"id": "%d"}' % number),
        ("wrong-type", b'{"id": "%d", "text": 42}' % number),
    )
