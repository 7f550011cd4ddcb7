"""What benchmarks read of a score: of which tweet it is."""

import msgspec


class Origin(msgspec.Struct):
    """Where in the input topic the tweet stood."""

    partition: int
    offset: int


class Score(msgspec.Struct):
    """The value of an output record, of any contestant.

    `created_at` is what the tweet carried: for latencies, when it was due.
    """

    created_at: str
    source: Origin


decode = msgspec.json.Decoder(Score).decode
