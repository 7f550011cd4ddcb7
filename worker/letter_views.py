"""Dead letters as people and scripts read them; nothing here can command a terminal."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from worker.safe_text import escaped, hexdump, shortened
from worker.stored_letters import StoredLetter

MOST_OF_A_KEY = 24
MOST_OF_A_MESSAGE = 160
MOST_OF_A_VALUE_BYTES = 4_096
EPOCH = datetime.fromtimestamp(0, UTC)


def one_line(letter: StoredLetter, *, replayed: bool) -> str:
    """Return place, time, reason, source, key and message of a dead letter."""
    key = letter.record.key
    return "  ".join(
        [
            str(letter.place),
            _time(letter) or "no time",
            _safe(letter.reason) or "no reason",
            _source(letter),
            "no key" if key is None else f"key {shortened(escaped(key), MOST_OF_A_KEY)}",
            shortened(_safe(letter.message), MOST_OF_A_MESSAGE),
            *(["[cut]"] if letter.cut is not None else []),
            *(["[replayed]"] if replayed else []),
        ]
    )


def one_object(letter: StoredLetter, *, replayed: bool) -> str:
    """Return the same as a JSON object, of printable ASCII only."""
    record, source = letter.record, letter.source
    facts = {
        "partition": letter.place.partition,
        "offset": letter.place.offset,
        "time": _time(letter),
        "timestamp_ms": letter.timestamp_ms,
        "reason": None if letter.reason is None else _safe(letter.reason),
        "message": _safe(letter.message),
        "source": source
        and {
            "topic": _safe(source.topic),
            "partition": source.partition,
            "offset": source.offset,
        },
        "key": None if record.key is None else escaped(record.key),
        "value_bytes": len(record.value or b""),
        "cut": letter.cut is not None,
        "attempts": letter.attempts,
        "replayed": replayed,
    }
    return msgspec.json.encode(facts).decode()


def in_full(letter: StoredLetter, topic: str, *, whole: bool) -> Iterator[str]:
    """Yield lines with everything about a dead letter.

    Of a value that is larger than 4,096 bytes only so many are shown, unless `whole`.
    """
    record, value = letter.record, letter.value
    yield f"dead letter {letter.place} of {topic}"
    yield f"  time      {_time(letter) or 'none'} (timestamp {letter.timestamp_ms})"
    yield f"  reason    {_safe(letter.reason) or 'none: no worker of ours put it there'}"
    yield f"  message   {_safe(letter.message)}"
    yield f"  source    {_source(letter)}"
    yield f"  worker    {_safe(letter.worker_version)}"
    yield f"  attempts  {letter.attempts}"
    if letter.cut is not None:
        yield f"  cut       {_safe(letter.cut)}: it cannot be replayed"
    yield "  key       " + ("none" if record.key is None else _sized(record.key))
    yield f"  headers   {len(letter.headers)}"
    for name, content in letter.headers:
        yield f"    {escaped(name.encode())} = {_sized(content)}"
    if value is None:
        yield "  value     null"
        return
    shown = value if whole else value[:MOST_OF_A_VALUE_BYTES]
    yield f"  value     {len(value)} bytes"
    if len(shown) < len(value):
        yield f"  of these the first {len(shown)}; --full shows all, --raw writes them as they are"
    if value:
        yield f"  text      {escaped(shown)}"
        yield from (f"  {line}" for line in hexdump(shown))


def _source(letter: StoredLetter) -> str:
    source = letter.source
    if source is None:
        return "no source"
    return f"{_safe(source.topic)}/{source.partition}:{source.offset}"


def _time(letter: StoredLetter) -> str | None:
    """The time in ISO 8601, or None where there is none, or none that a calendar has."""
    timestamp_ms = letter.timestamp_ms
    if timestamp_ms < 0:
        return None
    try:
        time = EPOCH + timedelta(milliseconds=timestamp_ms)
    except OverflowError:
        return None
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _safe(text: str | None) -> str:
    return "" if text is None else escaped(text.encode(errors="backslashreplace"))


def _sized(content: bytes | None) -> str:
    if content is None:
        return "null"
    return f"{escaped(content)} ({len(content)} bytes)"
