"""Standard input: one tweet a line, as they come."""

import argparse
import sys
from collections.abc import Iterator

from producer.envelope import Malformed, Record
from producer.errors import UnreadableSource
from producer.formats import ByteStream, add_format_options, read_records
from producer.sources.source import SourceCommand
from producer.tables import Columns


class StandardInput:
    """A stream that somebody else writes to while we read."""

    live = True

    def __init__(self, stream: ByteStream, format_name: str, columns: Columns) -> None:
        self._stream = stream
        self._format_name = format_name
        self._columns = columns

    def records(self) -> Iterator[Record | Malformed]:
        """Yield each line's tweet until the stream ends."""
        return read_records(self._stream, "standard input", self._format_name, self._columns)

    def fraction_read(self) -> None:
        """Nobody knows how much is still to come."""


def _open(arguments: argparse.Namespace) -> StandardInput:
    columns = Columns.parse(arguments.text_column, arguments.id_column)
    if sys.stdin is None:  # so it is when the shell closed it: <&-
        raise UnreadableSource("standard input is closed")
    if sys.stdin.isatty():
        print("one tweet a line; Ctrl-D ends", file=sys.stderr)
    return StandardInput(sys.stdin.buffer, arguments.format, columns)


COMMAND = SourceCommand("stdin", "publish standard input", add_format_options, _open)
