"""Where Kafka's requests and answers begin and end in a stream of bytes."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

LENGTH_BYTES = 4
# A request begins with its length, api key, api version and correlation id.
_REQUEST = struct.Struct(">ihhi")
# An answer begins with its length and the correlation id of its request.
_ANSWER = struct.Struct(">ii")


@dataclass(frozen=True)
class Request:
    """What the first bytes of a request say.

    `size_bytes` is that of the whole request with its length field.
    """

    size_bytes: int
    api_key: int
    api_version: int
    correlation_id: int


@dataclass(frozen=True)
class Answer:
    """What the first bytes of an answer say."""

    size_bytes: int
    correlation_id: int


@dataclass(frozen=True)
class Piece:
    """Bytes of one frame.

    `begins` says what it is with its first piece, and None with the others; `ends` is true with
    its last.
    """

    data: bytes
    begins: Request | Answer | None
    ends: bool


class Frames:
    """Cuts a stream at the ends of its frames; keeps back nothing but an incomplete beginning.

    Args:
        requests: The stream holds requests; answers otherwise.
    """

    def __init__(self, *, requests: bool) -> None:
        self._header = _REQUEST if requests else _ANSWER
        self._beginning = b""
        self._missing = 0

    def cut(self, chunk: bytes) -> Iterator[Piece]:
        """Yield all bytes of `chunk`, and what was kept back before, in pieces of one frame."""
        data = self._beginning + chunk
        self._beginning = b""
        while data:
            begins = None
            if not self._missing:
                if len(data) < self._header.size:
                    self._beginning = data
                    return
                begins = self._read(data)
                self._missing = begins.size_bytes
            piece, data = data[: self._missing], data[self._missing :]
            self._missing -= len(piece)
            yield Piece(piece, begins, ends=self._missing == 0)

    def _read(self, data: bytes) -> Request | Answer:
        length, *fields = self._header.unpack_from(data)
        # No frame is shorter than its header: other protocols get through in some pieces or other.
        size = max(self._header.size, LENGTH_BYTES + length)
        return Request(size, *fields) if self._header is _REQUEST else Answer(size, *fields)
