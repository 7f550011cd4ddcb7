"""A record that is too large to be held: its beginning, its headers, and how large it was."""

from typing import NamedTuple

from worker.messages import Flaw, Headers, Reason, size_bytes, too_large
from worker.record_headers import read_headers
from worker.record_limits import AROUND_BYTES, RecordLimits
from worker.record_window import VARINT_BYTES, Broken, Window, signed_varint


class CutRecord(NamedTuple):
    """What is kept of a record; the deltas are distances from its batch's first."""

    offset_delta: int
    timestamp_delta_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    flaw: Flaw


def read_cut(window: Window, limits: RecordLimits) -> CutRecord:
    """Read the record at which `window` stands, holding what `limits` allow of it.

    Raises:
        Broken: it is none.
        IndexError: so does this say.
        Undecodable: what should follow cannot be decompressed.
    """
    most = limits.kept_bytes
    end = _number(window)
    end += window.position
    _pass_over(window, 1)  # Attributes, none of which is defined.
    timestamp_delta_ms = _number(window)
    offset_delta = _number(window)
    key_bytes = _number(window)
    # A part of a key is no key.
    key = _content(window, key_bytes, most if key_bytes <= most else 0)
    value_bytes = _number(window)
    value = _content(window, value_bytes, most)
    header_bytes = end - window.position
    headers: Headers = ()
    if header_bytes <= most + AROUND_BYTES:
        if not window.ensure(header_bytes):
            raise Broken("the last record is cut off")
        at = window.at
        headers, headers_end, flaw = read_headers(
            window.data, at, at + header_bytes, limits.headers
        )
        if headers_end != at + header_bytes:
            raise Broken(f"a record ends {headers_end - at - header_bytes:+} bytes from its end")
        if flaw is None:
            header_bytes = size_bytes(None, None, headers)
    _pass_over(window, end - window.position)
    size = max(key_bytes, 0) + max(value_bytes, 0) + header_bytes
    return CutRecord(
        offset_delta,
        timestamp_delta_ms,
        key if key_bytes <= most else None,
        value,
        headers,
        Flaw(Reason.TOO_LARGE, too_large(size, limits.record_bytes), size),
    )


def _number(window: Window) -> int:
    window.ensure(VARINT_BYTES)
    number, window.at = signed_varint(window.data, window.at)
    return number


def _content(window: Window, length: int, most: int) -> bytes | None:
    """Return the first `most` of `length` bytes, having passed over all of them."""
    if length < 0:
        return None
    held = min(length, most)
    window.ensure(held)
    content = window.data[window.at : window.at + held]
    _pass_over(window, length)
    return content


def _pass_over(window: Window, count: int) -> None:
    if count < 0 or not window.skip(count):
        raise Broken("the last record is cut off")
