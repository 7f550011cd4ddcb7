from datetime import UTC, datetime

import pyarrow
import pytest
from pyarrow import parquet

from sentiment.data.lines import Lines
from sentiment.data.row import Columns, Malformed, Row
from sentiment.data.rows import read_rows
from sentiment.errors import DataError, SettingsError

LABELLED = Columns(label="label")


@pytest.fixture
def write(tmp_path):
    """Give a function that writes columns to a file."""

    def write_parquet(name="a.parquet", **columns):
        parquet.write_table(pyarrow.table(columns), tmp_path / name)
        return Lines(tmp_path / name)

    return write_parquet


@pytest.mark.parametrize(
    "labels",
    [
        pyarrow.array(["0", "4"]),
        pyarrow.array([0, 4], pyarrow.int8()),
        pyarrow.array(["0", "4"]).dictionary_encode(),
    ],
)
def test_labels_may_be_strings_numbers_or_a_dictionary(write, labels):
    rows = list(read_rows(write(text=["hi", "ho"], label=labels, id=[7, 8]), LABELLED))
    assert rows == [Row(1, "hi", "0", 7), Row(2, "ho", "4", 8)]


def test_it_is_known_by_its_first_bytes_too(write):
    assert list(read_rows(write("a", text=["hi"]), Columns())) == [Row(1, "hi")]


def test_it_is_read_in_parts(write):
    rows = list(read_rows(write(text=["hi"] * 5000, label=["a"] * 5000), LABELLED))
    assert [row.line for row in rows] == list(range(1, 5001))


def test_groups_times_and_probabilities_are_read(write):
    lines = write(
        text=["hi"],
        user=["ann"],
        at=[datetime(2009, 4, 7, 5, 19, 45, tzinfo=UTC)],
        probabilities=[{"a": 0.25, "b": 0.75}],
    )
    rows = list(read_rows(lines, Columns(label="label", group="user", time="at")))
    assert rows == [Row(1, "hi", None, None, {"a": 0.25, "b": 0.75}, "ann", 1239081585.0)]


def test_a_row_without_a_text_is_malformed(write):
    rows = list(read_rows(write(text=["hi", None], label=["a", "b"]), LABELLED))
    assert rows == [Row(1, "hi", "a"), Malformed(2, "has no text that is a string")]


def test_what_cannot_be_read_is_one_clear_line(write, tmp_path):
    with pytest.raises(DataError, match=r"no column 'label' \(it has 'text'\)"):
        list(read_rows(write(text=["hi"]), LABELLED))
    with pytest.raises(SettingsError, match="whose columns have names"):
        list(read_rows(write(text=["hi"]), Columns(text="1", label="2")))
    whole = (tmp_path / "a.parquet").read_bytes()
    for damaged in (whole[:40], b"PAR1", b"", b"text,label\n", whole[:4] + b"x" * 60 + whole[64:]):
        (tmp_path / "b.parquet").write_bytes(damaged)
        with pytest.raises(DataError, match=r"b\.parquet cannot be read as Parquet: ") as error:
            list(read_rows(Lines(tmp_path / "b.parquet"), Columns()))
        assert "\n" not in str(error.value)
