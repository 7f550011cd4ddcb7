import pytest

from sentiment.data.lines import Lines
from sentiment.data.row import Columns, Malformed, Row
from sentiment.data.rows import Format, read_rows
from sentiment.errors import DataError, SettingsError

LABELLED = Columns(label="label")


@pytest.fixture
def read(tmp_path):
    """Give a function that writes a file and reads its rows."""

    def write_and_read(content, columns=LABELLED, name="file", form=None):
        path = tmp_path / name
        path.write_bytes(content.encode("utf-8", "surrogateescape"))
        return list(read_rows(Lines(path, "utf-8"), columns, form))

    return write_and_read


def test_jsonl_has_text_label_and_id(read):
    rows = read('{"text": "hi", "label": "a", "id": "7", "more": []}\n\n{"text":"b","label":2}\n')
    assert rows == [Row(1, "hi", "a", "7"), Row(3, "b", "2", None)]


def test_other_fields_can_be_named(read):
    rows = read('{"tweet": "hi", "mood": "a"}', Columns(text="tweet", label="mood"))
    assert rows == [Row(1, "hi", "a")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": "a"', "is not JSON"),
        ("[1]", "is not a JSON object"),
        ('{"label": "a"}', "has no 'text' that is a string"),
        ('{"text": 5, "label": "a"}', "has no 'text' that is a string"),
        ('{"text": "a"}', "has no 'label' that is a string"),
        ('{"text": "a", "label": true}', "has no 'label' that is a string"),
        ('{"text": "a", "label": null}', "has no 'label' that is a string"),
        ('{"text": "\udcff", "label": "a"}', "is not UTF-8"),
        ("[" * 100_000, "is not JSON"),
        ('{"id": ' + "1" * 5000 + "}", "is not JSON"),
    ],
)
def test_a_malformed_line_of_jsonl_says_why_and_ends_nothing(read, line, reason):
    good = '{"text": "b", "label": "b"}'
    first, bad, last = read(f"{good}\n{line}\n{good}\n")
    assert isinstance(bad, Malformed)
    assert bad.line == 2
    assert bad.reason.startswith(reason)
    assert (first.line, last.line) == (1, 3)


def test_csv_has_a_header(read):
    rows = read('label,id,text\na,7,"one, ""two""\nlines"\nb,8,x\n', name="file.csv")
    assert rows == [Row(2, 'one, "two"\nlines', "a", "7", lines=2), Row(4, "x", "b", "8")]


def test_csv_without_a_header_has_column_numbers_from_1(read):
    rows = read("0,7,hi\n4,8,ho\n", Columns(text="3", label="1"))
    assert rows == [Row(1, "hi", "0"), Row(2, "ho", "4")]


def test_tsv_is_told_by_its_tabs_or_its_name(read):
    assert read("text\tlabel\nhi\ta\n") == [Row(2, "hi", "a")]
    assert read("label\ta\n", Columns(text="1", label="2"), "x.tsv") == [Row(1, "label", "a")]


@pytest.mark.parametrize("row", ["a" * 1_000_001, "a," * 600_000], ids=["cell", "cells"])
def test_a_row_of_csv_that_is_too_long_is_left_out(read, row):
    rows = read(f"text,label\na,x\n{row}\nb,y\n", name="file.csv")
    assert rows == [
        Row(2, "a", "x"),
        Malformed(3, "is longer than 1,000,000 bytes"),
        Row(4, "b", "y"),
    ]


def test_a_row_of_csv_over_very_many_lines_is_left_out(read):
    row = '"' + '","'.join([("a" * 999 + "\n") * 100] * 11) + '"'
    rows = read(f"text,label\na,x\n{row}\n", name="file.csv")
    assert rows[:2] == [Row(2, "a", "x"), Malformed(3, "is longer than 1,000,000 bytes", 1000)]


@pytest.mark.parametrize("name", ["file.jsonl", "file.tsv", "file.txt"])
def test_a_line_that_is_too_long_is_left_out(read, name):
    lines = {
        "file.jsonl": ('{"text": "a", "label": "x"}', '{"text": "%s", "label": "x"}'),
        "file.tsv": ("text\tlabel", "%s\tx"),
        "file.txt": ("a", "%s"),
    }
    good, long = lines[name]
    columns = Columns() if name == "file.txt" else LABELLED
    assert Malformed(2, "is longer than 1,000,000 bytes") in read(
        f"{good}\n{long % ('é' * 600_000)}\n{good}\n", columns, name=name
    )


def test_a_cell_that_is_larger_than_python_reads_is_left_out(read):
    rows = read('text,label\n"%s",x\nb,y\n' % ("a" * 200_000), name="file.csv")
    assert rows == [
        Malformed(2, "is not CSV (field larger than field limit (131072))"),
        Row(3, "b", "y"),
    ]


def test_a_header_of_very_many_columns_is_not_told_in_full(read):
    with pytest.raises(DataError, match="has no column 'text'") as error:
        read(",".join(f"column {n}" for n in range(9_999)) + "\n", name="file.csv")
    assert len(str(error.value)) < 500


def test_a_lone_quotation_mark_in_tsv_swallows_nothing(read):
    rows = read('text\tlabel\n"oh\ta\nno"\tb\n"he said ""hi"""\tc\n', name="file.tsv")
    assert rows == [Row(2, '"oh', "a"), Row(3, 'no"', "b"), Row(4, 'he said "hi"', "c")]


def test_a_quotation_mark_that_is_never_closed_in_csv_is_told_where_it_opens(read):
    rows = read('text,label\nhi,a\n"oh,b\nno,c\n', name="file.csv")
    reason = "opens a quotation mark that is never closed, which hides all lines after it"
    assert rows == [Row(2, "hi", "a"), Malformed(3, reason, lines=2)]


def test_text_beside_a_quoted_cell_of_csv_spoils_only_its_own_row(read):
    rows = read('text,label\n"oh" no,a\nho,b\n', name="file.csv")
    assert rows == [Malformed(2, "is not CSV (',' expected after '\"')"), Row(3, "ho", "b")]


def test_a_header_of_csv_that_is_never_closed_is_an_error(read):
    with pytest.raises(DataError, match=r"file\.csv:1: the header opens a quotation mark that is"):
        read('text,"label\nhi,a\n', name="file.csv")


def test_a_first_line_that_begins_with_a_quotation_mark_may_be_a_text(read):
    assert read('"oh" no\n"hi\n', Columns()) == [Row(1, '"oh" no'), Row(2, '"hi')]


def test_a_row_with_too_few_columns_is_malformed(read):
    rows = read("text,label\nhi\n\nho,b\n", name="file.csv")
    assert rows == [Malformed(2, "has only 1 of the 2 columns needed"), Row(4, "ho", "b")]


def test_a_row_that_is_not_utf_8_is_malformed(read):
    assert read("text,label\n\udcff,a\nho,b\n") == [Malformed(2, "is not UTF-8"), Row(3, "ho", "b")]


def test_an_unclosed_quotation_mark_in_csv_is_malformed_and_not_silent(read):
    rows = read('text,label\n"oh,a\n' + "no,b\n" * 50_000, name="file.csv")
    assert isinstance(rows[0], Malformed)
    assert "field larger" in rows[0].reason


def test_a_missing_column_names_those_that_are_there(read):
    with pytest.raises(
        DataError, match=r"no column 'text' \(it has 'tweet', 'label'\).*--text-col"
    ):
        read("tweet,label\nhi,a\n", name="file.csv")
    with pytest.raises(DataError, match=r"no column 'label' .*--label-column"):
        read("text,mood\nhi,a\n", name="file.csv")


def test_columns_are_named_or_numbered_but_not_both():
    with pytest.raises(SettingsError, match="name both, or number both"):
        Columns(text="1", label="label")


def test_there_is_no_column_0():
    with pytest.raises(SettingsError, match="counted from 1"):
        Columns(text="0", label="1")


def test_fields_of_jsonl_have_no_numbers(read):
    with pytest.raises(SettingsError, match="have names"):
        read('{"text": "a"}', Columns(text="1", label="2"))


def test_without_labels_each_line_may_be_a_text(read):
    rows = read("first, one\n\nthird\r\n", Columns())
    assert rows == [Row(1, "first, one"), Row(2, ""), Row(3, "third")]


def test_without_labels_a_header_still_tells_a_table(read):
    assert read("id,text\n7,hi\n", Columns()) == [Row(2, "hi", None, "7")]
    assert read('{"text": "hi", "id": 7}\n', Columns()) == [Row(1, "hi", None, 7)]


def test_the_name_goes_before_the_first_line_and_a_given_format_before_both(read):
    assert read("text\nhi\n", Columns(), "file.csv.gz") == [Row(2, "hi")]
    assert read("text\nhi\n", Columns(), "file.csv", Format.LINES) == [Row(1, "text"), Row(2, "hi")]


def test_an_empty_file_has_no_rows(read):
    assert read("") == []


def test_whom_a_text_is_from_and_when_it_was_written_are_read_where_that_is_asked_for(read):
    columns = Columns(label="label", group="user", time="at")
    rows = read("text,label,user,at\nhi,a,ann,2009-04-07T05:19:45Z\nho,b,,soon\n", columns)
    assert rows == [
        Row(2, "hi", "a", group="ann", time=1239081585.0),
        Row(3, "ho", "b"),
    ]
    rows = read('{"text": "hi", "label": "a", "user": 7, "at": 1239081585000}\n', columns)
    assert rows == [Row(1, "hi", "a", group="7", time=1239081585.0)]
    numbered = Columns(text="1", label="2", group="3", time="4")
    assert read("hi,a,ann,1239081585\n", numbered)[0].group == "ann"


def test_a_column_of_authors_that_is_missing_is_an_error(read):
    with pytest.raises(DataError, match=r"no column 'user' .*--group-column"):
        read("text,label\nhi,a\n", Columns(label="label", group="user"))
    with pytest.raises(SettingsError, match="--group-column: name both, or number both"):
        Columns(text="1", label="2", group="user")


SENTIMENT140 = (
    '"0","1467810369","Mon Apr 06 22:19:45 PDT 2009","NO_QUERY","ann_example","sad, ""really"""\n'
    '"4","1467810672","Mon Apr 06 22:19:49 PDT 2009","NO_QUERY","example_bob","happy"\n'
)


def test_the_layout_of_sentiment140_is_known_by_its_first_row(read):
    first, second = read(SENTIMENT140, name="training.csv")
    assert first == Row(
        1, 'sad, "really"', "negative", "1467810369", None, "ann_example", 1239081585.0
    )
    assert second.label == "positive"
    assert [row.text for row in read(SENTIMENT140, Columns())] == ['sad, "really"', "happy"]


def test_labels_of_sentiment140_stay_numbers_where_these_are_renamed_or_columns_numbered(read):
    columns = Columns(label="label", renames={"4": "good"})
    assert [row.label for row in read(SENTIMENT140, columns)] == ["negative", "4"]
    columns = Columns(text="6", label="1")
    assert [row.label for row in read(SENTIMENT140, columns)] == ["0", "4"]
