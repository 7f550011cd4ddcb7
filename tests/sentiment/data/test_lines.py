import gzip
import io
import os
import sys
import tracemalloc
from pathlib import Path

import pytest

from sentiment.data.lines import LONGEST_LINE_BYTES, Lines, is_text, why_unreadable
from sentiment.errors import DataError


def read(tmp_path, content, encoding="auto"):
    path = tmp_path / "file"
    path.write_bytes(content)
    return list(Lines(path, encoding))


def test_lines_keep_their_ends(tmp_path):
    assert read(tmp_path, b"a\r\nb\n\nc") == ["a\r\n", "b\n", "\n", "c"]


def test_an_empty_file_has_no_lines(tmp_path):
    assert read(tmp_path, b"") == []


def test_a_gzip_file_is_read_whatever_its_name(tmp_path):
    assert read(tmp_path, gzip.compress(b"a\nb\n")) == ["a\n", "b\n"]


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path):
    assert read(tmp_path, "\ufeffa\n\ufeffb\n".encode()) == ["a\n", "\ufeffb\n"]


def test_lines_longer_than_a_read_are_whole(tmp_path):
    long = "a" * 200_000
    assert read(tmp_path, f"{long}\nb\n{long}".encode()) == [long + "\n", "b\n", long]


@pytest.mark.parametrize("character", ["a", "é", "😂"])
def test_a_line_that_is_too_long_is_cut_and_told(tmp_path, character):
    whole = "a" * (LONGEST_LINE_BYTES - 1)
    long = character * 3_000_000
    first, second, last = read(tmp_path, f"{whole}\n{long}\nb\n".encode())
    assert (first, last) == (f"{whole}\n", "b\n")
    assert why_unreadable(first) is None
    assert why_unreadable(second) == "is longer than 1,000,000 bytes"
    assert len(second.encode("utf-8", "surrogateescape")) < LONGEST_LINE_BYTES + 70_000


def test_a_file_of_one_endless_line_does_not_fill_the_memory(tmp_path):
    path = tmp_path / "file.gz"
    with gzip.open(path, "wb", compresslevel=1) as archive:
        for _ in range(30):
            archive.write(b"a" * 1_000_000)
    tracemalloc.start()
    (line,) = Lines(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert why_unreadable(line) == "is longer than 1,000,000 bytes"
    assert peak < 10_000_000


def test_a_line_that_is_not_utf_8_is_told_apart(tmp_path):
    content = "caf\u00e9\n".encode() + "caf\u00e9\n".encode("latin-1")
    good, bad = read(tmp_path, content, "utf-8")
    assert is_text(good)
    assert not is_text(bad)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_characters_are_known_by_their_byte_order_mark(tmp_path, encoding):
    text = "caf\u00e9 😀\n" * 20_000
    assert "".join(read(tmp_path, f"\ufeff{text}".encode(encoding))) == text
    assert read(tmp_path, gzip.compress("\ufeffhi\n".encode(encoding))) == ["hi\n"]


def test_half_a_character_at_the_end_of_utf_16_is_replaced_and_counted(tmp_path):
    path = tmp_path / "file"
    path.write_bytes("\ufeffhi".encode("utf-16-le") + b"a")
    lines = Lines(path)
    assert list(lines) == ["hi\ufffd"]
    assert lines.note() == f"{path}: 1 damaged character replaced"


def test_lines_of_two_encodings_are_all_read_and_the_others_are_counted(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(
        "très bien 😀\n".encode()
        + "café, c’est très bien\n".encode("cp1252")
        + b"na\x81ve\n"
        + "déjà vu\n".encode()
    )
    lines = Lines(path)
    assert list(lines) == ["très bien 😀\n", "café, c’est très bien\n", "na\ufffdve\n", "déjà vu\n"]
    assert lines.note() == (
        f"{path}: 2 lines not of UTF-8, read as cp1252 with 1 character replaced "
        "(--encoding names another)"
    )


def test_a_long_line_that_is_cut_within_a_character_tells_no_encoding(tmp_path):
    path = tmp_path / "file"
    path.write_text("é" * 600_000)
    lines = Lines(path)
    assert len(list(lines)) == 1
    assert lines.note() is None


@pytest.mark.parametrize("cut", [5, 30, -4])
def test_a_damaged_gzip_file_is_an_error(tmp_path, cut):
    archive = gzip.compress(b"".join(b"%d\n" % number for number in range(9999)))
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path, archive[:cut])


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(DataError, match="none cannot be read: No such file"):
        Lines(tmp_path / "none")


def test_a_directory_is_no_file(tmp_path):
    with pytest.raises(DataError, match="Is a directory"):
        Lines(tmp_path)


def test_the_encoding_of_a_stream_is_told_from_what_is_there(monkeypatch):
    reading, writing = os.pipe()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(os.fdopen(reading, "rb")))
    given = iter(Lines(Path("-")))
    os.write(writing, "Очень плохой фильм\nПривет, как дела?\n".encode("cp1251"))
    assert next(given) == "Очень плохой фильм\n"
    os.close(writing)
    assert list(given) == ["Привет, как дела?\n"]


def test_a_line_is_given_before_the_next_one_is_written(monkeypatch):
    reading, writing = os.pipe()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(os.fdopen(reading, "rb")))
    lines = Lines(Path("-"))
    given = iter(lines)
    os.write(writing, b"first\nsecond\nthi")
    assert next(given) == "first\n"
    assert not lines.drained
    assert next(given) == "second\n"
    assert lines.drained
    os.write(writing, b"rd\n")
    assert next(given) == "third\n"
    os.close(writing)
    assert list(given) == []
    assert lines.number == 3


def test_blank_lines_that_follow_are_not_waited_for(monkeypatch):
    reading, writing = os.pipe()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(os.fdopen(reading, "rb")))
    lines = Lines(Path("-"))
    given = iter(lines)
    os.write(writing, b"first\nsecond\n\n \r\nbeg")
    assert [(next(given), lines.drained) for _ in range(4)] == [
        ("first\n", False),
        ("second\n", True),
        ("\n", False),
        (" \r\n", True),
    ]
    os.write(writing, b"un\n\n")
    assert [(next(given), lines.drained) for _ in range(2)] == [("begun\n", True), ("\n", True)]
    os.close(writing)
    assert list(given) == []
