"""Rows of CSV and TSV."""

import csv
from collections.abc import Iterator

from sentiment.errors import DataError
from sentiment.lines import Lines, is_text
from sentiment.row import Columns, Malformed, Places, Row


def read_table(
    lines: Lines, given: Iterator[str], columns: Columns, *, tabs: bool
) -> Iterator[Row | Malformed]:
    """Yield the rows of CSV, or of TSV with `tabs`; `given` are the lines.

    Raises:
        DataError: The header lacks a column.
    """
    table = _tab_separated(given) if tabs else csv.reader(given)
    places = columns.by_number() if columns.numbered else _read_header(lines, table, columns)
    while True:
        try:
            cells = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            yield Malformed(lines.number, f"cannot be read ({error})")
        else:
            if cells:
                yield _row(lines.number, cells, places)


def split_line(line: str, *, tabs: bool) -> list[str]:
    """Return the cells of one line."""
    return next(_tab_separated(iter([line])) if tabs else csv.reader([line]), [])


def _read_header(lines: Lines, table: Iterator[list[str]], columns: Columns) -> Places:
    try:
        return columns.in_header(next(table, []), lines.name)
    except csv.Error as error:
        raise DataError(f"{lines.name} has no header that can be read ({error})") from error


def _row(number: int, cells: list[str], places: Places) -> Row | Malformed:
    needed = 1 + max(places.text, places.label or 0)
    if len(cells) < needed:
        return Malformed(number, f"has only {len(cells)} of the {needed} columns needed")
    if not all(map(is_text, cells)):
        return Malformed(number, "is not UTF-8")
    return Row(
        number,
        cells[places.text],
        None if places.label is None else cells[places.label].strip(),
        cells[places.id] if places.id is not None and places.id < len(cells) else None,
    )


def _tab_separated(given: Iterator[str]) -> Iterator[list[str]]:
    """Split at tabs only.

    Files of tweets often hold a lone quotation mark, at which a CSV reader would run on into the
    next lines; so quotes count only where they enclose a whole cell.
    """
    for line in given:
        stripped = line.rstrip("\r\n")
        yield [_unquoted(cell) for cell in stripped.split("\t")] if stripped else []


def _unquoted(cell: str) -> str:
    if len(cell) >= 2 and cell[0] == cell[-1] == '"' and '"' not in cell[1:-1].replace('""', ""):
        return cell[1:-1].replace('""', '"')
    return cell
