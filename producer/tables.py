"""Tables of tweets: CSV as spreadsheets write it, and TSV."""

import csv
import itertools
import textwrap
from collections.abc import Iterator
from typing import NamedTuple, Self

from producer.envelope import MAX_RECORD_BYTES, Malformed, NotATweet, Record, text_record
from producer.errors import UnreadableSource, UsageError


class Columns(NamedTuple):
    """Which columns hold the text and the id: names of a header, or numbers from 1 without one."""

    text: str = "text"
    tweet_id: str | None = None

    @classmethod
    def parse(cls, text: str | None, tweet_id: str | None) -> Self:
        """Build from what the options say, None where they say nothing.

        Raises:
            UsageError: when one is a name and the other a number.
        """
        columns = cls(text or "text", tweet_id or None)
        if len({column.isdecimal() for column in columns if column is not None}) > 1:
            raise UsageError(
                f"--text-column {columns.text} and --id-column {columns.tweet_id} do not go "
                "together: give two names from the header, or two numbers when there is none"
            )
        return columns

    @property
    def numbered(self) -> bool:
        """Whether the table has no header."""
        return self.text.isdecimal()


def read_table(
    lines: Iterator[bytes], name: str, format_name: str, columns: Columns
) -> Iterator[Record | Malformed]:
    """Yield the tweet of every row, and in its place every row that holds none.

    Args:
        lines: the table's lines with their ends.
        name: what the table is called in complaints.
        format_name: csv or tsv.
        columns: where text and id stand.

    Raises:
        UnreadableSource: when the header lacks a column.
    """
    rows = _rows(lines, format_name)
    first = next(rows, None)
    if first is None:
        return
    text_at, id_at = _find(columns, first, name)
    width = max(text_at, id_at or 0) + 1
    if columns.numbered:
        rows = itertools.chain([first], rows)
    for number, row in rows:
        where = f"{name}:{number}"
        if isinstance(row, csv.Error):
            yield Malformed(where, f"not {format_name.upper()}: {_why(row)}")
        elif len(row) < width:
            yield Malformed(where, f"too few columns: {len(row)}, and {width} are needed")
        else:
            yield _record(row[text_at], None if id_at is None else row[id_at], where)


def _rows(lines: Iterator[bytes], format_name: str) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Yield the line on which each row begins with its cells, or with why it has none."""
    text = _LinesOfRows(lines)
    if format_name == "csv":
        reader = csv.reader(text, strict=True)
    else:
        # Tweets in TSV files hold bare quotes more often than quoted tabs.
        reader = csv.reader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
    while True:
        text.begin_row()
        number = text.number + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, error
        else:
            if row:
                yield number, row


class _LinesOfRows:
    """Lines as text for a CSV reader, which end a row that is longer than any record.

    A reader limits cells, but neither how many a row has nor over how many lines it goes. What is
    not UTF-8 passes through as surrogates, so that it spoils only its own row.
    """

    def __init__(self, lines: Iterator[bytes]) -> None:
        self.number = 0
        self._lines = lines
        self._left_bytes = 0

    def begin_row(self) -> None:
        self._left_bytes = MAX_RECORD_BYTES

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        self._left_bytes -= len(line)
        if self._left_bytes < 0:
            raise csv.Error(f"a row of more than {MAX_RECORD_BYTES:,} bytes")
        return line.decode(errors="surrogateescape")


def _why(error: csv.Error) -> str:
    if str(error) == "unexpected end of data":
        return "a quotation mark is never closed, which hides all lines after it"
    return str(error)


def _record(text: str, tweet_id: str | None, where: str) -> Record | Malformed:
    try:
        return text_record(text, tweet_id)
    except UnicodeEncodeError:
        return Malformed(where, "not UTF-8")
    except NotATweet as error:
        return Malformed(where, str(error))


def _find(
    columns: Columns, first: tuple[int, list[str] | csv.Error], name: str
) -> tuple[int, int | None]:
    """Where text and id stand in each row, from 0; an id that nobody asked for may be missing."""
    number, row = first
    if isinstance(row, csv.Error):
        raise UnreadableSource(f"{name}:{number}: the first row cannot be read: {_why(row)}")
    names = [cell.strip().casefold() for cell in row]
    if columns.numbered:
        names = [str(column) for column in range(1, len(row) + 1)]
    for option, wanted in (("--text-column", columns.text), ("--id-column", columns.tweet_id)):
        if wanted is not None and wanted.casefold() not in names:
            there = textwrap.shorten(", ".join(row), 200, placeholder=" …")
            raise UnreadableSource(
                f"{name} has no column {wanted}, its first row is: {there}; give {option} a name "
                "from there, or a number if that is no header"
            )
    tweet_id = (columns.tweet_id or "id").casefold()
    id_at = names.index(tweet_id) if tweet_id in names else None
    return names.index(columns.text.casefold()), id_at
