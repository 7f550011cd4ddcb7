"""Lines of a file or of standard input, as soon as they are there."""

import codecs
import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from sentiment.counting import counted
from sentiment.data.decoding import AUTO, Decoding
from sentiment.errors import DataError

STDIN = Path("-")
# With its end; as much as the producer takes.
LONGEST_LINE_BYTES = 1_000_000
TOO_LONG = f"is longer than {LONGEST_LINE_BYTES:,} bytes"
# Of a longer one, enough to tell, also without a byte order mark.
_KEPT_BYTES = LONGEST_LINE_BYTES + 1 + len(codecs.BOM_UTF8)
_READ_AT_ONCE = 1 << 16
_GZIP = b"\x1f\x8b"
# The longer ones first: that of UTF-32 begins with that of UTF-16.
_WIDE = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Lines:
    """The lines of a text, gzip or not: an iterable.

    They are UTF-8 or, one by one, of another encoding (see `Decoding`); UTF-16 and UTF-32 are known
    by their byte order marks. A line of more than `LONGEST_LINE_BYTES` is cut behind them, lest a
    file without ends of lines fills the memory: `why_unreadable` finds it, and what is not text, so
    that one bad line does not end the reading.

    Attributes:
        path: Where they are from.
        name: What to call the source in messages.
        number: Of the line last given, from 1.
        drained: Whether the next line, or the next that is not blank, would have to be waited for:
            a good moment to work off the lines so far, whether from a file or from someone typing.
    """

    def __init__(self, path: Path, encoding: str = AUTO) -> None:
        """Open a file, or standard input when `path` is "-", without waiting for its content.

        Raises:
            DataError: It cannot be opened.
            SettingsError: There is no such encoding.
        """
        self.path = path
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
        self._decoding = Decoding(encoding)
        self._wide: codecs.IncrementalDecoder | None = None
        self._replaced = 0
        self._at_hand: list[bytes] = []

    def __iter__(self) -> Iterator[str]:
        """Yield each line with its line end.

        Raises:
            DataError: It cannot be read to its end.
        """
        for line in self.undecoded():
            self.number += 1
            if len(line) > LONGEST_LINE_BYTES:  # And so perhaps cut within a character.
                text = line.decode("utf-8", "surrogateescape")
            else:
                text = self._decoding.text(line, self._others())
            yield text.removeprefix("\ufeff") if self.number == 1 else text

    def note(self) -> str | None:
        """Return a line that tells what was not read as UTF-8, or None; to be told at the end."""
        if self._replaced:
            return f"{self.name}: {counted(self._replaced, 'damaged character')} replaced"
        return self._decoding.note(self.name)

    def starts_with(self, mark: bytes) -> bool:
        """Return whether the file's first bytes are these; waits for the first of them."""
        try:
            return self._stream.peek(len(mark))[: len(mark)] == mark
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(self._unreadable(error)) from error

    def _others(self) -> Iterator[bytes]:
        """Return lines to detect the encoding from: of a file all, else those that are here."""
        return Lines(self.path).undecoded() if self.path.is_file() else iter(self._at_hand)

    def undecoded(self) -> Iterator[bytes]:
        """Yield each line as it is in the file, or as UTF-8 where the file is UTF-16 or UTF-32.

        Raises:
            DataError: It cannot be read to its end.
        """
        with self._stream:
            yield from self._read()

    def _read(self) -> Iterator[bytes]:
        self._look_at_the_start()
        begun = bytearray()
        while block := self._read_block():
            *whole, rest = block.split(b"\n")
            if whole:
                whole[0] = bytes(begun + whole[0])
                begun.clear()
            # Whoever passes over blank lines never sees that they are there.
            filled = max((place for place, line in enumerate(whole) if line.strip()), default=0)
            self._at_hand = whole
            for place, line in enumerate(whole):
                self.drained = place in (filled, len(whole) - 1)
                yield line + b"\n"
            begun += rest[: _KEPT_BYTES - len(begun)]
        self.drained = True
        if begun:
            yield bytes(begun)

    def _read_block(self) -> bytes:
        try:
            if self._wide:
                return self._narrowed(self._wide)
            return self._stream.read1(_READ_AT_ONCE)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(self._unreadable(error)) from error

    def _look_at_the_start(self) -> None:
        if self.starts_with(_GZIP):
            archive = gzip.GzipFile(fileobj=cast("BinaryIO", self._stream))
            self._stream = io.BufferedReader(cast("io.RawIOBase", archive))
        encoding = next((_WIDE[mark] for mark in _WIDE if self.starts_with(mark)), None)
        self._wide = codecs.getincrementaldecoder(encoding)("replace") if encoding else None

    def _narrowed(self, wide: codecs.IncrementalDecoder) -> bytes:
        """Return the next part as UTF-8; nothing only at the end."""
        block, text = b" ", ""
        while block and not text:
            block = self._stream.read1(_READ_AT_ONCE)
            text = wide.decode(block, not block)
        self._replaced += text.count("\ufffd")
        return text.encode()

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
