"""A dead letter as a Kafka record: the original as it came, and why it could not be scored."""

from worker import __version__
from worker.messages import DeadLetter, Headers, Publication, Reason, size_bytes

PREFIX = "sentiment.error."


def headers(letter: DeadLetter) -> Headers:
    """Return the original headers followed by what went wrong, each value as UTF-8."""
    record = letter.record
    why = {
        "reason": letter.reason.value,
        "message": letter.message,
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "worker-version": __version__,
    }
    return (*record.headers, *((PREFIX + name, text.encode()) for name, text in why.items()))


def as_publication(letter: DeadLetter, limit_bytes: int) -> Publication:
    """Return the record to publish for `letter`: key, value and headers within `limit_bytes`.

    A record that is too large for the topic would abort its transaction for ever, so the tail
    of the value goes first; then the original headers; then the key. What was cut, here or
    already when it was read, is told in the header `sentiment.error.cut` with the original's
    size. A null value becomes an empty one, for a null would mean a deletion, and is told in the
    header `sentiment.error.null-value`.

    A record that a topic refuses may be refused for its timestamp, by this topic too: then the
    letter gets the time of its publication, and the original's stands in a header.
    """
    record = letter.record
    key, value, all_headers = record.key, record.value or b"", headers(letter)
    timestamp_ms = record.timestamp_ms
    if record.value is None:
        all_headers += ((PREFIX + "null-value", b"true"),)
    if letter.reason is Reason.REFUSED:
        all_headers += ((PREFIX + "timestamp", str(timestamp_ms).encode()),)
        timestamp_ms = -1
    kept_bytes = size_bytes(key, value, record.headers)
    if kept_bytes < record.size_bytes or size_bytes(key, value, all_headers) > limit_bytes:
        all_headers += ((PREFIX + "cut", f"of {record.size_bytes} bytes".encode()),)
        if size_bytes(key, b"", all_headers) > limit_bytes:
            all_headers = all_headers[len(record.headers) :]
        if size_bytes(key, b"", all_headers) > limit_bytes:
            key = None
        value = value[: limit_bytes - size_bytes(key, b"", all_headers)]
    return Publication(record.partition, record.offset, timestamp_ms, key, value, all_headers)
