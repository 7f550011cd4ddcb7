"""Rows of JSONL, CSV, TSV, Parquet or plain lines: a text, perhaps with its label and more."""

import json
from collections.abc import Iterator
from enum import StrEnum
from itertools import chain
from pathlib import Path

from sentiment.data.lines import Lines, why_unreadable
from sentiment.data.parquet import PARQUET_MARK, read_parquet
from sentiment.data.row import Columns, Malformed, Row
from sentiment.data.sentiment140 import is_sentiment140
from sentiment.data.soft_labels import NoSoftLabel, soft_label
from sentiment.data.tables import read_table, split_line
from sentiment.data.times import seconds
from sentiment.errors import SettingsError


class Format(StrEnum):
    """How a file holds its rows."""

    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    LINES = "lines"
    PARQUET = "parquet"


_SUFFIXES = {
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".json": Format.JSONL,
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".parquet": Format.PARQUET,
}


def read_rows(
    lines: Lines, columns: Columns, form: Format | None = None
) -> Iterator[Row | Malformed]:
    """Yield a file's rows in order; blank lines of JSONL and tables are passed over.

    The format is told by the file's name, else by its first line. Plain lines, each of them a
    text, are only looked for where no label is wanted.

    Raises:
        DataError: The file cannot be read, or lacks a column.
        SettingsError: Numbered columns are wanted from JSONL.
    """
    form = form or _format_by_name(Path(lines.name))
    if form is Format.PARQUET or (form is None and lines.starts_with(PARQUET_MARK)):
        yield from read_parquet(lines, columns)
        return
    given = iter(lines)
    first = next(given, None)
    if first is None:
        return
    form = form or _format_by_content(first, columns)
    given = chain([first], given)
    if form is Format.LINES:
        yield from _plain_rows(lines, given)
    elif form is Format.JSONL:
        yield from _json_rows(lines, given, columns)
    else:
        yield from read_table(lines, given, columns, tabs=form is Format.TSV)


def _format_by_name(path: Path) -> Format | None:
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    return _SUFFIXES.get(suffixes[-1]) if suffixes else None


def _format_by_content(first: str, columns: Columns) -> Format:
    if first.lstrip().startswith("{"):
        return Format.JSONL
    form = Format.TSV if "\t" in first else Format.CSV
    if columns.label is not None or columns.numbered:
        return form
    header = split_line(first, tabs=form is Format.TSV)
    return form if columns.text in header or is_sentiment140(header) else Format.LINES


def _plain_rows(lines: Lines, given: Iterator[str]) -> Iterator[Row | Malformed]:
    for line in given:
        if reason := why_unreadable(line):
            yield Malformed(lines.number, reason)
        else:
            yield Row(lines.number, line.rstrip("\r\n"))


def _json_rows(lines: Lines, given: Iterator[str], columns: Columns) -> Iterator[Row | Malformed]:
    if columns.numbered:
        raise SettingsError(f"{lines.name} is JSONL, whose fields have names: give those")
    for line in given:
        if line.isspace():
            continue
        if reason := why_unreadable(line):
            yield Malformed(lines.number, reason)
        else:
            yield _json_row(line, lines.number, columns)


def _json_row(line: str, number: int, columns: Columns) -> Row | Malformed:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Malformed(number, f"is not JSON ({error})")
    if not isinstance(fields, dict):
        return Malformed(number, "is not a JSON object")
    text, identity = fields.get(columns.text), fields.get(columns.id)
    if not isinstance(text, str):
        return Malformed(number, f"has no {columns.text!r} that is a string")
    group, time = (fields.get(name) if name else None for name in (columns.group, columns.time))
    row = Row(
        number,
        text,
        id=identity if isinstance(identity, str | int) else None,
        group=str(group).strip() or None if isinstance(group, str | int) else None,
        time=seconds(time),
    )
    return row if columns.label is None else _labelled(row, fields, columns)


def _labelled(row: Row, fields: dict[str, object], columns: Columns) -> Row | Malformed:
    try:
        probabilities = soft_label(fields.get(columns.probabilities))
    except NoSoftLabel as error:
        return Malformed(row.line, str(error))
    label = fields.get(columns.label or "")
    if label is None and probabilities:
        return row._replace(probabilities=probabilities)
    if not isinstance(label, str | int | float) or isinstance(label, bool) or str(label) == "nan":
        return Malformed(row.line, f"has no {columns.label!r} that is a string")
    return row._replace(label=str(label).strip(), probabilities=probabilities)
