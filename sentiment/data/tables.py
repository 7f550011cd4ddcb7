"""Rows of CSV and TSV."""

import csv
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from sentiment.data.lines import LONGEST_LINE_BYTES, TOO_LONG, Lines, is_text, size_bytes
from sentiment.data.row import Columns, Malformed, Places, Row
from sentiment.data.sentiment140 import (
    is_sentiment140,
    names_in_sentiment140,
    places_in_sentiment140,
)
from sentiment.data.soft_labels import NoSoftLabel, soft_label
from sentiment.data.times import seconds
from sentiment.errors import DataError


class _Cells(NamedTuple):
    """A row's cells, or why it has none; the line on which it begins, and how many it goes over."""

    line: int
    cells: list[str] | csv.Error
    lines: int = 1


def read_table(
    lines: Lines, given: Iterator[str], columns: Columns, *, tabs: bool
) -> Iterator[Row | Malformed]:
    """Yield the rows of CSV, or of TSV with `tabs`; `given` are the lines.

    Raises:
        DataError: The header cannot be read, or lacks a column.
    """
    table = _tab_separated(given) if tabs else _comma_separated(given)
    names: Mapping[str, str] = {}
    if columns.numbered:
        places = columns.by_number()
    else:
        first = next(table)
        if isinstance(first.cells, csv.Error):
            raise DataError(
                f"{lines.name}:{first.line}: the header {_unreadable(first.cells)}: mend it"
            )
        if is_sentiment140(first.cells):
            places = places_in_sentiment140(columns, lines.name)
            names = names_in_sentiment140(columns)
            table = chain([first], table)
        else:
            places = columns.in_header(first.cells, lines.name)
    for each in table:
        if isinstance(each.cells, csv.Error):
            yield Malformed(each.line, _unreadable(each.cells), each.lines)
        elif each.cells:
            yield _row(each.line, each.cells, places, names)._replace(lines=each.lines)


def split_line(line: str, *, tabs: bool) -> list[str]:
    """Return the cells of one line; none where it cannot be split."""
    given = iter([line])
    first = next(_tab_separated(given) if tabs else _comma_separated(given))
    return [] if isinstance(first.cells, csv.Error) else first.cells


def _unreadable(error: csv.Error) -> str:
    if str(error) == "unexpected end of data":
        return "opens a quotation mark that is never closed, which hides all lines after it"
    if str(error) == TOO_LONG:
        return TOO_LONG
    return f"is not CSV ({error})"


def _row(
    number: int, cells: list[str], places: Places, names: Mapping[str, str]
) -> Row | Malformed:
    needed = 1 + max(places.text, places.label or 0, places.probabilities or 0)
    if len(cells) < needed:
        return Malformed(number, f"has only {len(cells)} of the {needed} columns needed")
    if not all(map(is_text, cells)):
        return Malformed(number, "is not UTF-8")
    try:
        soft = soft_label(None if places.probabilities is None else cells[places.probabilities])
    except NoSoftLabel as error:
        return Malformed(number, str(error))

    def cell(place: int | None) -> str | None:
        return cells[place] if place is not None and place < len(cells) else None

    label, group = cell(places.label), cell(places.group)
    return Row(
        number,
        cells[places.text],
        None if label is None else names.get(label.strip(), label.strip()),
        cell(places.id),
        soft,
        (group or "").strip() or None,
        seconds(cell(places.time)),
    )


def _comma_separated(given: Iterator[str]) -> Iterator[_Cells]:
    """Split as spreadsheets write CSV, where a quoted cell may go on over several lines.

    Strictly, since a lenient reader takes the rest of a file for one cell and says nothing.
    """
    lines = _LinesOfRows(given)
    table = csv.reader(lines, strict=True)
    while True:
        lines.begin_row()
        before = lines.number
        cells: list[str] | csv.Error
        try:
            cells = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            cells = error
        yield _Cells(before + 1, cells, lines.number - before)


class _LinesOfRows:
    """Lines for a CSV reader, which end a row that is longer than any line may be.

    A reader limits cells, but neither how many a row has nor over how many lines it goes.
    """

    def __init__(self, given: Iterator[str]) -> None:
        self.number = 0
        self._given = given
        self._left_bytes = 0

    def begin_row(self) -> None:
        self._left_bytes = LONGEST_LINE_BYTES

    def __iter__(self) -> "_LinesOfRows":
        return self

    def __next__(self) -> str:
        line = next(self._given)
        self.number += 1
        self._left_bytes -= size_bytes(line)
        if self._left_bytes < 0:
            raise csv.Error(TOO_LONG)
        return line


def _tab_separated(given: Iterator[str]) -> Iterator[_Cells]:
    """Split at tabs only.

    Files of tweets often hold a lone quotation mark, at which a CSV reader would run on into the
    next lines; so quotes count only where they enclose a whole cell.
    """
    for number, line in enumerate(given, start=1):
        if size_bytes(line) > LONGEST_LINE_BYTES:
            yield _Cells(number, csv.Error(TOO_LONG))
            continue
        stripped = line.rstrip("\r\n")
        yield _Cells(number, [_unquoted(cell) for cell in stripped.split("\t")] if stripped else [])


def _unquoted(cell: str) -> str:
    if len(cell) >= 2 and cell[0] == cell[-1] == '"' and '"' not in cell[1:-1].replace('""', ""):
        return cell[1:-1].replace('""', '"')
    return cell
