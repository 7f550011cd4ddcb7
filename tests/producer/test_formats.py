"""Bytes in four formats, tweets out; what is malformed is named by its line."""

import io
import json
import tracemalloc

import pytest

from producer.envelope import MAX_RECORD_BYTES, Malformed
from producer.errors import UnreadableSource, UsageError
from producer.formats import read_records
from producer.tables import Columns

BY_DEFAULT = Columns()
LONG_LINE = b"a" * 999 + b"\n"


def read(content, format_name, columns=BY_DEFAULT):
    return list(read_records(io.BytesIO(content), "here", format_name, columns))


def texts(content, format_name, columns=BY_DEFAULT):
    items = read(content, format_name, columns)
    assert not any(isinstance(item, Malformed) for item in items), items
    return [(item.key, json.loads(item.value)["text"]) for item in items]


def test_a_json_line_loses_its_end_and_nothing_else():
    content = b'{"text": "a"}\r\n\n \t\n  {"text": "b"} \n{"text": "c"}'
    values = [record.value for record in read(content, "jsonl")]
    assert values == [b'{"text": "a"}', b'  {"text": "b"} ', b'{"text": "c"}']


def test_a_malformed_line_is_named_and_the_next_one_is_read():
    items = read(b'{"text": "a"}\n\noops\n{"text": "b"}\n', "jsonl")
    assert [item for item in items if isinstance(item, Malformed)] == [
        ("here:3", "not JSON: Expecting value at column 1")
    ]
    assert len(items) == 3


def test_every_line_of_text_is_a_tweet():
    content = 'so happy :)\r\n\n{"text": 1}\nolé 😀'.encode()
    expected = [(None, "so happy :)"), (None, '{"text": 1}'), (None, "olé 😀")]
    assert texts(content, "text") == expected


def test_auto_takes_an_opening_brace_for_json_and_the_rest_for_text():
    items = read(b'{"id": "1", "text": "a"}\nplain {text}\n{oops\n', "auto")
    assert [item.key for item in items[:2]] == [b"1", None]
    assert items[1].value == b'{"text":"plain {text}"}'
    assert items[2].where == "here:3"


@pytest.mark.parametrize("format_name", ["jsonl", "csv", "text"])
def test_a_byte_order_mark_is_no_part_of_the_first_line(format_name):
    content = {"jsonl": '{"text": "a"}', "csv": "text\na", "text": "a"}[format_name]
    assert texts(content.encode("utf-8-sig"), format_name) == [(None, "a")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_told_with_what_to_do(encoding):
    with pytest.raises(UnreadableSource, match="here is UTF-16: convert it to UTF-8"):
        read(("\ufeff" + "text\nolé").encode(encoding), "text")


def test_a_line_without_end_is_not_read_into_memory():
    longest = 0

    class Endless(io.BytesIO):
        def readline(self, size=-1):
            nonlocal longest
            line = super().readline(size)
            longest = max(longest, len(line))
            return line

    content = b"x" * (5 * MAX_RECORD_BYTES) + b"\nshort\n"
    malformed, record = read_records(Endless(content), "here", "text", Columns())
    assert malformed.where == "here:1"
    assert record.value == b'{"text":"short"}'
    assert longest == MAX_RECORD_BYTES + 1


def test_csv_is_read_by_the_names_in_its_header():
    content = 'ID,label,Text\n1,x,"hello, ""you"""\n2,y,"two\nlines"\n,z,😀\n'.encode()
    assert texts(content, "csv") == [(b"1", 'hello, "you"'), (b"2", "two\nlines"), (None, "😀")]


def test_csv_without_an_id_column_has_no_keys():
    assert texts(b"text,label\na,b\n", "csv") == [(None, "a")]


def test_columns_can_be_named():
    content = b"tweet,key\na,7\n"
    assert texts(content, "csv", Columns.parse("tweet", "key")) == [(b"7", "a")]


def test_columns_can_be_numbered_where_there_is_no_header():
    content = b"7,x,a\n8,y,b\n"
    assert texts(content, "csv", Columns.parse("3", "1")) == [(b"7", "a"), (b"8", "b")]
    assert texts(content, "csv", Columns.parse("3", None)) == [(None, "a"), (None, "b")]


def test_a_name_and_a_number_do_not_go_together():
    with pytest.raises(UsageError, match="--text-column tweet and --id-column 3 do not go"):
        Columns.parse("tweet", "3")


def test_tsv_takes_quotes_for_text():
    content = b'id\ttext\n1\t"quoted start\n2\tan "odd" one\n'
    assert texts(content, "tsv") == [(b"1", '"quoted start'), (b"2", 'an "odd" one')]


@pytest.mark.parametrize(
    ("columns", "option", "missing"),
    [
        (Columns(), "--text-column", "text"),
        (Columns("tweet", "nr"), "--id-column", "nr"),
        (Columns("3"), "--text-column", "3"),
        (Columns("0"), "--text-column", "0"),
    ],
)
def test_a_column_that_is_not_there_is_told_with_those_that_are(columns, option, missing):
    with pytest.raises(UnreadableSource) as raised:
        read(b"Tweet,label\na,b\n", "csv", columns)
    assert f"here has no column {missing}, its first row is: Tweet, label; give {option}" in str(
        raised.value
    )


def test_a_header_that_is_no_csv_is_told():
    with pytest.raises(UnreadableSource, match="here:1: the first row cannot be read"):
        read(b'"a"b,c\n', "csv")


def test_a_row_that_holds_no_tweet_is_named_by_its_first_line():
    content = b'id,text\n1,a\n2\n3,"bad" quote\n4,\xe9t\xe9\n5,"b\nb"\n6,"never closed\n7,x\n'
    items = read(content, "csv")
    assert [item for item in items if isinstance(item, Malformed)] == [
        ("here:3", "too few columns: 1, and 2 are needed"),
        ("here:4", "not CSV: ',' expected after '\"'"),
        ("here:5", "not UTF-8"),
        ("here:8", "not CSV: a quotation mark is never closed, which hides all lines after it"),
    ]
    assert [item.key for item in items if not isinstance(item, Malformed)] == [b"1", b"5"]


def test_a_table_without_rows_holds_no_tweets():
    assert read(b"", "csv") == []
    assert read(b"id,text\n\n", "csv") == []


@pytest.mark.parametrize(
    ("format_name", "row"),
    [
        ("csv", b"a," * 600_000),
        ("csv", b'"' + b'","'.join([LONG_LINE * 100] * 11) + b'"'),
        ("tsv", b"a\t" * 600_000),
    ],
)
def test_a_row_that_is_longer_than_any_record_is_malformed(format_name, row):
    content = b"text\na\n" + row + b"\n"
    first, second, *_ = read(content, format_name)
    assert first.value == b'{"text":"a"}'
    assert second.where == "here:3"
    assert "a row of more than 1,000,000 bytes" in second.why


@pytest.mark.parametrize("format_name", ["csv", "tsv"])
def test_a_nul_in_a_table_is_a_character_as_any(format_name):
    assert texts(b"text\na\0b\n", format_name) == [(None, "a\0b")]


def test_a_row_of_many_cells_over_very_many_lines_does_not_fill_the_memory():
    content = b'text\n"' + b'","'.join([LONG_LINE * 100] * 200) + b'"\n'
    rows = read_records(io.BytesIO(content), "here", "csv", Columns())
    tracemalloc.start()
    first = next(rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert first == ("here:2", "not CSV: a row of more than 1,000,000 bytes")
    assert peak < 10_000_000
