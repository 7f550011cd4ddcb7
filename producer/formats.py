"""The formats a stream of bytes may hold tweets in: JSONL, CSV, TSV and plain lines."""

import argparse
from collections.abc import Callable, Iterator
from typing import Protocol

from producer.envelope import (
    MAX_RECORD_BYTES,
    Malformed,
    NotATweet,
    Record,
    json_record,
    text_record,
    utf8,
)
from producer.errors import UnreadableSource
from producer.tables import Columns, read_table

FORMATS = ("jsonl", "csv", "tsv", "text")
AUTO = "auto"


class ByteStream(Protocol):
    """What is needed of a file, a gzip file or a pipe."""

    def readline(self, size: int, /) -> bytes:
        """Return the next line with its end, cut behind `size` bytes; nothing at the end."""


def add_format_options(parser: argparse.ArgumentParser) -> None:
    """Give a source of bytes the options that say what the bytes mean."""
    parser.add_argument(
        "--format",
        choices=(AUTO, *FORMATS),
        default=AUTO,
        help="auto goes by a file's extension; a line of standard input that starts with { "
        "is a JSON object, any other is plain text (default: auto)",
    )
    parser.add_argument(
        "--text-column",
        metavar="NAME_OR_NUMBER",
        help="CSV and TSV: column with the text; a number, from 1, means there is no header "
        "(default: text)",
    )
    parser.add_argument(
        "--id-column",
        metavar="NAME_OR_NUMBER",
        help="CSV and TSV: column with the id (default: id, where there is one)",
    )


def read_records(
    stream: ByteStream, name: str, format_name: str, columns: Columns
) -> Iterator[Record | Malformed]:
    """Yield every tweet of `stream`, and in its place every line that holds none.

    Args:
        stream: bytes, read line by line as they come.
        name: what the stream is called in complaints.
        format_name: one of `FORMATS`, or `AUTO` to tell JSON objects from text line by line.
        columns: what a table's columns mean.

    Raises:
        UnreadableSource: when it is UTF-16, or lacks a column that it should have.
    """
    lines = bounded_lines(stream, name)
    if format_name in ("csv", "tsv"):
        return read_table(lines, name, format_name, columns)
    return _read_lines(lines, name, _LINE_READERS[format_name])


def bounded_lines(stream: ByteStream, name: str) -> Iterator[bytes]:
    """Yield the lines of `stream` with their ends and without a byte order mark.

    A line longer than any record is cut behind that length, lest a file without ends of lines
    fills the memory.
    """
    line = stream.readline(MAX_RECORD_BYTES + 1)
    if line.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableSource(f"{name} is UTF-16: convert it to UTF-8 (iconv -f utf-16 -t utf-8)")
    line = line.removeprefix(b"\xef\xbb\xbf")
    while line:
        yield line
        while len(line) > MAX_RECORD_BYTES and not line.endswith(b"\n"):
            line = stream.readline(MAX_RECORD_BYTES + 1)
        line = stream.readline(MAX_RECORD_BYTES + 1)


def _read_lines(
    lines: Iterator[bytes], name: str, read_line: Callable[[bytes], Record]
) -> Iterator[Record | Malformed]:
    for number, line in enumerate(lines, start=1):
        content = line.rstrip(b"\r\n")
        if not content or content.isspace():
            continue
        try:
            yield read_line(content)
        except NotATweet as error:
            yield Malformed(f"{name}:{number}", str(error))


def _text_line(line: bytes) -> Record:
    return text_record(utf8(line))


def _auto_line(line: bytes) -> Record:
    return json_record(line) if line.startswith(b"{") else _text_line(line)


_LINE_READERS = {"jsonl": json_record, "text": _text_line, AUTO: _auto_line}
