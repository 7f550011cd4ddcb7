from datetime import UTC, date, datetime

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


@pytest.mark.parametrize(
    "times",
    [
        pyarrow.array([1239081585_000_000_000, None], pyarrow.timestamp("ns")),
        pyarrow.array([1239081585_000, 10**17], pyarrow.timestamp("ms", "Nowhere/Nothing")),
        pyarrow.array([1239081585, -(10**15)], pyarrow.timestamp("s", "UTC")),
    ],
)
def test_times_of_any_unit_are_read_and_no_time_is_none(write, times):
    rows = read_rows(write(text=["hi", "ho"], at=times), Columns(time="at"))
    assert [row.time for row in rows] == [1239081585.0, None]


@pytest.mark.parametrize("kind", [pyarrow.date32(), pyarrow.date64()])
def test_a_day_is_a_time(write, kind):
    rows = read_rows(
        write(text=["hi"], at=pyarrow.array([date(2020, 1, 1)], kind)), Columns(time="at")
    )
    assert [row.time for row in rows] == [1577836800.0]


def test_probabilities_that_name_no_labels_are_malformed(write):
    lines = write(text=["hi", "ho"], label=["a", "b"], probabilities=[[0.5, 0.5], []])
    assert list(read_rows(lines, LABELLED)) == [
        Malformed(1, "has probabilities that are no object of labels and shares"),
        Row(2, "ho", "b"),
    ]


def test_a_number_that_is_none_is_no_label(write):
    rows = read_rows(write(text=["hi", "ho"], label=[4.0, float("nan")]), LABELLED)
    assert [row.label for row in rows] == ["4.0", None]


def test_a_text_that_is_too_long_is_malformed(write):
    rows = list(read_rows(write(text=["é" * 500_001, "ho"]), Columns()))
    assert rows == [Malformed(1, "is longer than 1,000,000 bytes"), Row(2, "ho")]


@pytest.mark.parametrize(
    "labels",
    [[b"a"], [datetime(2009, 4, 7)], [["a"]], pyarrow.array([b"a"]).dictionary_encode()],  # noqa: DTZ001
)
def test_labels_of_another_type_are_an_error(write, labels):
    with pytest.raises(DataError, match=r"has labels of the type .* in its column 'label': write"):
        list(read_rows(write(text=["hi"], label=labels), LABELLED))


def test_what_python_has_no_number_for_is_an_error(write):
    lines = write(text=["hi"], user=pyarrow.array([2**62], pyarrow.duration("s")))
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        list(read_rows(lines, Columns(group="user")))


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
