"""Lines of a file or of standard input, as soon as they are there."""

import codecs
import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from sentiment.errors import DataError

STDIN = Path("-")
# With its end; as much as the producer takes.
LONGEST_LINE_BYTES = 1_000_000
TOO_LONG = f"is longer than {LONGEST_LINE_BYTES:,} bytes"
# Of a longer one, enough to tell, also without a byte order mark.
_KEPT_BYTES = LONGEST_LINE_BYTES + 1 + len(codecs.BOM_UTF8)
_READ_AT_ONCE = 1 << 16
_GZIP = b"\x1f\x8b"


class Lines:
    """The lines of a UTF-8 text, gzip or not: an iterable.

    A byte that is not UTF-8 becomes a lone surrogate, and a line of more than `LONGEST_LINE_BYTES`
    is cut behind them, lest a file without ends of lines fills the memory: `why_unreadable` finds
    both, so that one bad line does not end the reading.

    Attributes:
        name: What to call the source in messages.
        number: Of the line last given, from 1.
        drained: Whether the next line, or the next that is not blank, would have to be waited for:
            a good moment to work off the lines so far, whether from a file or from someone typing.
    """

    def __init__(self, path: Path) -> None:
        """Open a file, or standard input when `path` is "-", without waiting for its content.

        Raises:
            DataError: It cannot be opened.
        """
        self.name = "standard input" if path == STDIN else str(path)
        self.number = 0
        self.drained = False
        if path == STDIN and sys.stdin is None:  # So it is when the shell closed it: <&-
            raise DataError("standard input is closed: name a file, or pipe the texts in")
        try:
            stream = sys.stdin.buffer if path == STDIN else path.open("rb")
        except OSError as error:
            raise DataError(self._unreadable(error)) from error
        self._stream = cast("io.BufferedReader", stream)

    def __iter__(self) -> Iterator[str]:
        """Yield each line with its line end.

        Raises:
            DataError: It cannot be read to its end, or is UTF-16.
        """
        with self._stream:
            for line in self._read():
                self.number += 1
                text = line.decode("utf-8", "surrogateescape")
                yield text.removeprefix("\ufeff") if self.number == 1 else text

    def _read(self) -> Iterator[bytes]:
        begun = bytearray()
        while block := self._read_block():
            *whole, rest = block.split(b"\n")
            if whole:
                whole[0] = bytes(begun + whole[0])
                begun.clear()
            # Whoever passes over blank lines never sees that they are there.
            filled = max((place for place, line in enumerate(whole) if line.strip()), default=0)
            for place, line in enumerate(whole):
                self.drained = place in (filled, len(whole) - 1)
                yield line + b"\n"
            begun += rest[: _KEPT_BYTES - len(begun)]
        self.drained = True
        if begun:
            yield bytes(begun)

    def _read_block(self) -> bytes:
        try:
            if not self.number:
                self._look_at_the_start()
            return self._stream.read1(_READ_AT_ONCE)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(self._unreadable(error)) from error

    def _look_at_the_start(self) -> None:
        start = self._stream.peek(2)[:2]
        if start == _GZIP:
            archive = gzip.GzipFile(fileobj=cast("BinaryIO", self._stream))
            self._stream = io.BufferedReader(cast("io.RawIOBase", archive))
        if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise DataError(f"{self.name} is UTF-16: convert it to UTF-8 first")

    def _unreadable(self, error: Exception) -> str:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        return f"{self.name} cannot be read: {reason}"


def size_bytes(line: str) -> int:
    """Return how many bytes a line had in its file."""
    return len(line.encode("utf-8", "surrogateescape"))


def why_unreadable(line: str) -> str | None:
    """Return what is wrong with a line, to go on from "line 7 ...", or None."""
    if size_bytes(line) > LONGEST_LINE_BYTES:
        return TOO_LONG
    return None if is_text(line) else "is not UTF-8"


def is_text(line: str) -> bool:
    """Return whether all of a line's bytes were UTF-8."""
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True
