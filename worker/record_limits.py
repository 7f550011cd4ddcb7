"""How much of a record is read."""

from msgspec import Struct

# What a record of `kept_bytes` takes more: its own lengths and those of a thousand headers.
AROUND_BYTES = 16_384


class RecordLimits(Struct, frozen=True):
    """What is read of a record; beyond it, it becomes a dead letter that says how much there was.

    A record larger than `record_bytes` will not be scored. Where it is compressed and larger than
    `kept_bytes` too, its value's first `kept_bytes` are held, a key and headers of up to as much,
    and never the rest. Of more than `headers` headers the first are held.
    """

    record_bytes: int
    kept_bytes: int
    headers: int = 1_000
