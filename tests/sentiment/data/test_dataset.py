import gzip
import os

import pytest

from sentiment.data.dataset import Example, count_labels, fingerprint, read_labelled
from sentiment.data.row import Columns
from sentiment.errors import DataError, SettingsError

COLUMNS = Columns(label="label")


@pytest.fixture
def warnings():
    """Give a list for what is warned about."""
    return []


def test_several_files_are_read_one_after_the_other(tmp_path, warnings):
    (tmp_path / "a.jsonl").write_text('{"text": "one", "label": "x"}\n')
    (tmp_path / "b.csv").write_text("text,label\ntwo,y\n")
    data = read_labelled([tmp_path / "a.jsonl", tmp_path / "b.csv"], COLUMNS, warnings.append)
    assert data.examples == [Example("one", "x"), Example("two", "y")]
    assert data.files == ("a.jsonl", "b.csv")
    assert data.malformed == 0
    assert warnings == []


def test_a_name_that_is_not_utf_8_can_be_written_down(tmp_path, warnings):
    path = tmp_path / os.fsdecode(b"caf\xe9.csv")
    path.write_text("text,label\nhi,x\n")
    assert read_labelled([path], COLUMNS, warnings.append).files == ("caf?.csv",)


def test_a_folder_has_a_subfolder_for_each_label(tmp_path, warnings):
    for label, name, text in (
        ("pos", "1.txt", "good"),
        ("neg", "1.txt", "bad\nvery"),
        ("pos", "2", ""),
    ):
        (tmp_path / label).mkdir(exist_ok=True)
        (tmp_path / label / name).write_text(text)
    (tmp_path / "pos" / ".hidden").write_text("no")
    data = read_labelled([tmp_path], COLUMNS, warnings.append)
    assert data.examples == [Example("bad\nvery", "neg"), Example("good", "pos")]
    assert warnings == [f"{tmp_path}:3: (pos/2) is empty; left out"]


def test_a_folder_of_files_is_no_data(tmp_path, warnings):
    (tmp_path / "a.txt").write_text("hi")
    with pytest.raises(DataError, match="has no subfolders"):
        read_labelled([tmp_path], COLUMNS, warnings.append)


def test_files_of_a_folder_may_be_gzip_and_utf_16(tmp_path, warnings):
    (tmp_path / "pos").mkdir()
    (tmp_path / "pos" / "1.txt.gz").write_bytes(gzip.compress("très\nbien".encode()))
    (tmp_path / "pos" / "2.txt").write_bytes("très bien".encode("utf-16"))
    (tmp_path / "pos" / "3.txt").write_bytes(b"so\n" * 400_000)
    data = read_labelled([tmp_path], COLUMNS, warnings.append)
    assert [example.text for example in data.examples] == ["très\nbien", "très bien"]
    assert warnings == [f"{tmp_path}:3: (pos/3.txt) is longer than 1,000,000 bytes; left out"]


def test_what_is_passed_over_in_a_folder_is_counted_and_named(tmp_path, warnings):
    for folder in ("pos/deep", "neg"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("README", "pos/1.txt", "pos/deep/2.txt", "neg/3.txt"):
        (tmp_path / name).write_text("hi")
    assert len(read_labelled([tmp_path], COLUMNS, warnings.append).examples) == 2
    (warning,) = warnings
    assert warning.startswith(
        f"{tmp_path}: 2 other things passed over, as (README, pos/deep): only "
    )


def test_a_folder_of_parts_says_to_name_one_of_them(tmp_path, warnings):
    for label in ("train/pos", "train/neg", "test/pos"):
        (tmp_path / label).mkdir(parents=True)
    (tmp_path / "train" / "vocabulary.txt").write_text("hi")
    with pytest.raises(DataError, match=rf"name one of these, as {tmp_path}/train, if "):
        read_labelled([tmp_path], COLUMNS, warnings.append)


def test_texts_of_a_label_without_a_new_name_are_left_out_and_counted(tmp_path, warnings):
    path = tmp_path / "a.csv"
    path.write_text('text,label,probabilities\nhi,x,"{""x"": 1, ""no"": 1}"\nho,no,\nha,no,\n')
    without = Columns(label="label", renames={"no": ""})
    data = read_labelled([path], without, warnings.append)
    assert data.examples == [Example("hi", "x", probabilities={"x": 1.0})]
    assert (data.malformed, data.original_labels) == (0, {"x", "no"})
    assert warnings == [f"{path}: 2 texts left out, as --labels says"]
    with pytest.raises(DataError, match="no labelled text: --labels leaves all of them out"):
        read_labelled([path], Columns(label="label", renames={"no": "", "x": ""}), warnings.append)


def test_malformed_rows_are_named_by_file_and_line_and_counted(tmp_path, warnings):
    path = tmp_path / "a.csv"
    path.write_text("text,label\ngood,x\n" + " ,x\n" * 3 + "text,\n" * 6)
    data = read_labelled([path], COLUMNS, warnings.append)
    assert data.malformed == 9
    assert len(data.examples) == 1
    assert warnings == [
        f"{path}:3: has an empty text; left out",
        f"{path}:4: has an empty text; left out",
        f"{path}:5: has an empty text; left out",
        f"{path}:6: has an empty label; left out",
        f"{path}:7: has an empty label; left out",
        f"{path}: 4 more rows left out",
    ]


def test_lines_that_a_stray_quotation_mark_hides_are_told(tmp_path, warnings):
    rows = [f"text {place},x" for place in range(50)]
    rows[3], rows[43] = '"text 3', 'text 43",x'
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["text,label", *rows]))
    data = read_labelled([path], COLUMNS, warnings.append)
    assert (len(data.examples), data.malformed) == (10, 0)
    assert warnings == [
        f"{path}: 1 row of several lines, up to 41 (from line 5): is a quotation mark missing?"
    ]


def test_lines_that_go_with_a_malformed_row_are_counted(tmp_path, warnings):
    rows = [f"text {place},x" for place in range(50)]
    rows[3], rows[43] = '"text 3', 'text "43",x'
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["text,label", *rows, *[" ,x"] * 5]))
    data = read_labelled([path], COLUMNS, warnings.append)
    assert (len(data.examples), data.malformed) == (9, 46)
    assert f"{path}:5: is not CSV (',' expected after '\"'), over 41 lines; left out" in warnings
    assert warnings[-1] == f"{path}: 1 more row left out"


def test_half_an_emoji_is_no_label(tmp_path, warnings):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a", "label": "\\ud83d"}\n{"text": "\\ud83d b", "label": "x"}\n')
    assert read_labelled([path], COLUMNS, warnings.append).examples == [Example("\ud83d b", "x")]
    assert warnings == [f"{path}:1: has a label that is not UTF-8; left out"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "it is empty"),
        ("text,label\n", "it is empty"),
        ("text,label\n,a\n", "line 2 has an empty"),
    ],
)
def test_a_file_without_a_labelled_text_is_an_error(tmp_path, warnings, content, why):
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(DataError, match=rf"a\.csv has no labelled text: {why}"):
        read_labelled([tmp_path / "a.csv"], COLUMNS, warnings.append)
    assert warnings == []


def test_labels_are_counted_by_name():
    examples = [Example("a", "y"), Example("b", "x"), Example("c", "y")]
    assert list(count_labels(examples).items()) == [("x", 1), ("y", 2)]


def test_the_fingerprint_is_of_what_was_said_and_not_of_the_order():
    one, other = Example("a", "x"), Example("b\ud83d", "y")
    assert fingerprint([one, other]) == fingerprint([other, one])
    assert fingerprint([one, other]) != fingerprint([one, Example("b", "y")])
    assert fingerprint([Example("ab", "c")]) != fingerprint([Example("b", "ca")])


def test_a_row_with_probabilities_needs_no_label(tmp_path, warnings):
    (tmp_path / "a.jsonl").write_text(
        '{"text": "one", "probabilities": {"x": 1, "y": 3}}\n'
        '{"text": "two", "label": "x", "probabilities": {"x": 0.5, "y": 0.5}}\n'
        '{"text": "three", "label": "x", "probabilities": {"x": -1}}\n'
    )
    (tmp_path / "b.csv").write_text(
        'text,probabilities\nfour,"{""x"": 0.9, ""y"": 0.1}"\nfive,\nsix,x\n'
    )
    data = read_labelled([tmp_path / "a.jsonl", tmp_path / "b.csv"], COLUMNS, warnings.append)
    assert data.examples == [
        Example("one", "y", probabilities={"x": 0.25, "y": 0.75}),
        Example("two", "x", probabilities={"x": 0.5, "y": 0.5}),
        Example("four", "x", probabilities={"x": 0.9, "y": 0.1}),
    ]
    assert data.malformed == 3
    assert warnings[0].endswith(
        "a.jsonl:3: has a probability of 'x' that is no number of 0 or more; left out"
    )
    assert warnings[1].endswith("b.csv:3: has an empty label; left out")
    assert "b.csv:4: has probabilities that are not JSON" in warnings[2]


def test_the_texts_of_each_file_have_its_weight(tmp_path, warnings):
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path in paths:
        path.write_text("text,label\nhi,x\n")
    data = read_labelled(paths, COLUMNS, warnings.append, [1, 0.3])
    assert [example.weight for example in data.examples] == [1, 0.3]
    with pytest.raises(SettingsError, match="names 2 files and --data-weights 1 weights"):
        read_labelled(paths, COLUMNS, warnings.append, [0.3])


def test_labels_are_renamed_and_whole_numbers_are_written_as_such(tmp_path, warnings):
    path = tmp_path / "a.csv"
    path.write_text('text,label,probabilities\nhi,0.0,"{""0"": 1, ""4"": 1, ""2"": 2}"\nho,4.0,\n')
    columns = Columns(label="label", renames={"0": "bad", "2": "bad"})
    data = read_labelled([path], columns, warnings.append)
    assert data.examples == [
        Example("hi", "bad", probabilities={"bad": 0.75, "4": 0.25}),
        Example("ho", "4"),
    ]
    assert data.original_labels == {"0", "2", "4"}


def test_a_column_of_numbers_is_no_text(tmp_path, warnings):
    (tmp_path / "a.csv").write_text("text,label\n:),z\n12,x\n3.5,y\n")
    with pytest.raises(DataError, match=r"2 of 3 texts are numbers, as '12': .*--text-column"):
        read_labelled([tmp_path / "a.csv"], COLUMNS, warnings.append)


def test_the_id_of_a_tweet_tells_its_time(tmp_path, warnings):
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"id": "264183816548130816", "text": "hi", "label": "x"}\n'
        '{"id": 7, "text": "ho", "label": "x"}\n'
    )
    data = read_labelled([path], COLUMNS, warnings.append)
    assert [example.time for example in data.examples] == [1351821304.82, None]


def test_files_of_a_folder_may_be_of_another_encoding(tmp_path, warnings):
    for name, content in ("1_9.txt", "caf\u00e9".encode("cp1252")), ("2_8.txt", "né".encode()):
        (tmp_path / "pos").mkdir(exist_ok=True)
        (tmp_path / "pos" / name).write_bytes(content)
    data = read_labelled([tmp_path], COLUMNS, warnings.append)
    assert [example.text for example in data.examples] == ["café", "né"]
    (note,) = warnings
    assert note.startswith(f"{tmp_path}: 1 file not of UTF-8, read as cp1252 with 0 ")
