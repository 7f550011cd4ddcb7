"""Files as a source: all are looked into before the first tweet is sent."""

import gzip
import json
import os
import threading

import pytest

from producer.errors import UnreadableSource, UsageError
from producer.sources.file import Files
from producer.tables import Columns


@pytest.fixture
def write(tmp_path):
    def write_file(name, content):
        path = tmp_path / name
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write_file


def open_files(*paths, format_name="auto", **options):
    return Files(paths, format_name, Columns(), **options)


def texts(files):
    return [json.loads(record.value)["text"] for record in files.records()]


def test_the_extension_tells_the_format(write):
    files = open_files(
        write("a.jsonl", b'{"text": "json"}\n'),
        write("b.csv", b"id,text\n1,csv\n"),
        write("c.TSV", b"id\ttext\n1\ttsv\n"),
        write("d.txt", b"text\n"),
        write("e.jsonl.gz", b'{"text": "zipped json"}\n'),
        write("f.csv.gz", b"text\nzipped csv\n"),
    )
    assert texts(files) == ["json", "csv", "tsv", "text", "zipped json", "zipped csv"]


def test_another_extension_needs_a_format(write):
    path = write("tweets.log", b"so happy\n")
    with pytest.raises(UsageError, match=r"tweets\.log: its extension is none of .*--format"):
        open_files(path)
    assert texts(open_files(path, format_name="text")) == ["so happy"]


def test_a_loop_begins_again_after_the_last_file(write):
    files = open_files(write("a.txt", b"a\n"), write("b.txt", b"b\n"), loop=True)
    records = files.records()
    assert [json.loads(next(records).value)["text"] for _ in range(5)] == list("ababa")
    assert files.fraction_read() is None


def test_the_fraction_read_grows_to_one_over_all_files(write):
    lines = os.urandom(200_000).hex().encode()
    lines = b"\n".join(lines[i : i + 100] for i in range(0, len(lines), 100))
    files = open_files(write("a.txt", lines), write("b.txt.gz", lines))
    fractions = [files.fraction_read() for _ in files.records()]
    assert fractions == sorted(fractions)
    assert 0 < fractions[0] < 0.5
    assert fractions[-1] == 1


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.txt", "a.txt.gz"])
@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_an_empty_file_is_told(write, name, content):
    with pytest.raises(UnreadableSource, match="holds no tweet: it is empty"):
        open_files(write(name, content))


def test_a_table_with_a_header_alone_is_empty(write):
    with pytest.raises(UnreadableSource, match="holds no tweet: it is empty"):
        open_files(write("a.csv", b"id,text\n"))


def test_a_file_of_malformed_lines_is_told_at_its_end(write):
    files = open_files(write("a.jsonl", b"oops\n[]\n"))
    records = files.records()
    assert [next(records).where[-2:] for _ in range(2)] == [":1", ":2"]
    with pytest.raises(UnreadableSource, match="holds no tweet: no line of it can be read"):
        next(records)


def test_a_missing_file_is_told_before_the_first_is_read(write, tmp_path):
    with pytest.raises(UnreadableSource, match=r"there is no file .*missing\.txt"):
        open_files(write("a.txt", b"a\n"), tmp_path / "missing.txt")


def test_a_folder_is_told_for_what_it_is(tmp_path):
    with pytest.raises(UnreadableSource, match="is a folder: name the files in it"):
        open_files(tmp_path)


def test_what_is_no_gzip_is_told_before_the_first_tweet(tmp_path):
    path = tmp_path / "a.txt.gz"
    path.write_bytes(b"plain text\n")
    with pytest.raises(UnreadableSource, match=r"a\.txt\.gz is broken gzip"):
        open_files(path)


@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_gzip_that_breaks_off_yields_what_comes_before(tmp_path, damage):
    whole = gzip.compress(b"whole\n" * 10_000 + os.urandom(100_000).hex().encode())
    middle = len(whole) // 2
    broken = whole[:middle]
    if damage == "changed":
        broken += bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
    path = tmp_path / "a.txt.gz"
    path.write_bytes(broken)
    records = open_files(path).records()
    assert [next(records).value for _ in range(10_000)] == [b'{"text":"whole"}'] * 10_000
    with pytest.raises(UnreadableSource, match="is broken gzip"):
        list(records)


def test_a_pipe_is_read_once(tmp_path):
    path = tmp_path / "pipe.txt"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(b"a\nb\n",))
    writer.start()
    assert texts(open_files(path)) == ["a", "b"]
    writer.join()
