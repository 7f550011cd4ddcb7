"""Rows of Parquet files, by pyarrow."""

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sentiment.data.lines import LONGEST_LINE_BYTES, STDIN, TOO_LONG, Lines, size_bytes
from sentiment.data.row import Columns, Malformed, Row
from sentiment.data.soft_labels import NoSoftLabel, soft_label
from sentiment.data.times import seconds
from sentiment.errors import DataError, SettingsError

if TYPE_CHECKING:
    import pyarrow

PARQUET_MARK = b"PAR1"
_ROWS_AT_ONCE = 1024
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DAY_SECONDS = 86400
# What is further away from 1970 is no time, but a number that was taken for one.
_MOST_SECONDS = 10**11


def read_parquet(lines: Lines, columns: Columns) -> Iterator[Row | Malformed]:
    """Yield the rows of the file that `lines` are of, a few at a time; rows count from 1.

    Raises:
        DataError: The file is damaged, or lacks a column; its labels are neither texts nor numbers.
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
            if "label" in wanted:
                _check_labels(lines.name, wanted["label"], file.schema_arrow)
            number = 0
            names = list(dict.fromkeys(wanted.values()))
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=names):
                values = {name: _values(batch.column(name)) for name in names}
                for place in range(batch.num_rows):
                    number += 1
                    yield _row(
                        number, {field: values[name][place] for field, name in wanted.items()}
                    )
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
        reason = " ".join(str(error).split())
        raise DataError(f"{lines.name} cannot be read as Parquet: {reason}") from error


def _check_labels(source: str, name: str, schema: "pyarrow.Schema") -> None:
    from pyarrow import types  # noqa: PLC0415  (slow)

    kind = schema.field(name).type
    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_binary(kind) or types.is_temporal(kind) or types.is_nested(kind):
        raise DataError(
            f"{source} has labels of the type {kind} in its column {name!r}: write them as strings "
            "or numbers, or name another with --label-column"
        )


def _values(column: "pyarrow.Array[Any]") -> list[Any]:
    """Return what a column holds; times in seconds since 1970, None where they are no time.

    As Python's own times, nanoseconds would be refused, and so would years after 9999.
    """
    from pyarrow import int64, types  # noqa: PLC0415  (slow)

    if types.is_timestamp(column.type):
        each = column.cast(int64()).to_pylist()
        return _in_seconds(each, _PER_SECOND[column.type.unit])
    if types.is_date32(column.type):
        return _in_seconds(column.view("int32").to_pylist(), 1 / _DAY_SECONDS)
    if types.is_date64(column.type):
        return _in_seconds(column.view("int64").to_pylist(), 10**3)
    return list(column.to_pylist())


def _in_seconds(numbers: list[int | None], per_second: float) -> list[float | None]:
    times = (None if number is None else number / per_second for number in numbers)
    return [None if time is None or abs(time) >= _MOST_SECONDS else time for time in times]


def _row(number: int, values: Mapping[str, Any]) -> Row | Malformed:
    text, label, group = values["text"], values.get("label"), values.get("group")
    if not isinstance(text, str):
        return Malformed(number, "has no text that is a string")
    if size_bytes(text) > LONGEST_LINE_BYTES:
        return Malformed(number, TOO_LONG)
    if isinstance(label, float) and math.isnan(label):  # As pandas writes a label that is missing.
        label = None
    soft = values.get("probabilities")
    if isinstance(soft, dict):  # A struct has all labels in each row; null is a share of nothing.
        soft = {name: share for name, share in soft.items() if share is not None}
    elif isinstance(soft, list) and all(isinstance(each, tuple) for each in soft):
        soft = dict(soft)  # A map, as pyarrow gives it.
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
