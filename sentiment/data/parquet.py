"""Rows of Parquet files, by pyarrow."""

from collections.abc import Iterator, Mapping
from typing import Any

from sentiment.data.lines import STDIN, Lines
from sentiment.data.row import Columns, Malformed, Row
from sentiment.data.soft_labels import NoSoftLabel, soft_label
from sentiment.data.times import seconds
from sentiment.errors import DataError, SettingsError

PARQUET_MARK = b"PAR1"
_ROWS_AT_ONCE = 1024


def read_parquet(lines: Lines, columns: Columns) -> Iterator[Row | Malformed]:
    """Yield the rows of the file that `lines` are of, a few at a time; rows count from 1.

    Raises:
        DataError: The file is damaged, or lacks a column.
        SettingsError: Numbered columns are wanted, or it is standard input.
    """
    if lines.path == STDIN:
        raise SettingsError("Parquet cannot be read from standard input: name the file")
    if columns.numbered:
        raise SettingsError(f"{lines.name} is Parquet, whose columns have names: give those")
    try:
        import pyarrow  # noqa: PLC0415  (slow)
        from pyarrow import parquet  # noqa: PLC0415  (slow)
    except ImportError as error:
        raise DataError(
            f"{lines.name} is Parquet, which pyarrow reads: pip install 'tweet-sentiment[train]'"
        ) from error
    try:
        with parquet.ParquetFile(lines.path) as file:
            header = file.schema_arrow.names
            places = columns.in_header(header, lines.name)
            wanted = {
                field: header[place]
                for field, place in places._asdict().items()
                if place is not None
            }
            number = 0
            names = list(dict.fromkeys(wanted.values()))
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=names):
                for values in batch.to_pylist():
                    number += 1
                    yield _row(number, {field: values[name] for field, name in wanted.items()})
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise DataError(f"{lines.name} cannot be read as Parquet: {reason}") from error


def _row(number: int, values: Mapping[str, Any]) -> Row | Malformed:
    text, label, group = values["text"], values.get("label"), values.get("group")
    if not isinstance(text, str):
        return Malformed(number, "has no text that is a string")
    soft = values.get("probabilities")
    if isinstance(soft, dict):  # A struct has all labels in each row; null is a share of nothing.
        soft = {name: share for name, share in soft.items() if share is not None}
    elif isinstance(soft, list):  # A map, as pyarrow gives it.
        soft = dict(soft)
    try:
        probabilities = soft_label(soft or None)
    except NoSoftLabel as error:
        return Malformed(number, str(error))
    identity = values.get("id")
    return Row(
        number,
        text,
        None if label is None else str(label).strip(),
        identity if isinstance(identity, str | int) else None,
        probabilities,
        None if group is None else str(group).strip() or None,
        seconds(values.get("time")),
    )
