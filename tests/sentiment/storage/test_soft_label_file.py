import gzip
import hashlib
import json

import msgspec
import numpy as np
import pytest

from sentiment.data.dataset import Example, fingerprint, read_labelled
from sentiment.data.row import Columns
from sentiment.errors import BundleError
from sentiment.settings import NORMALIZER, TeachingSettings
from sentiment.storage.soft_label_file import (
    MANIFEST,
    SOFT_LABELS,
    VECTORS,
    check_destination,
    read_teaching,
    write_teaching,
)
from sentiment.storage.soft_label_rows import SoftLabel
from sentiment.storage.teaching_facts import TeacherFacts, Teaching
from sentiment.storage.token_vectors import TokenVectors

ROWS = [
    SoftLabel("what a day 😀", {"bad": 0.25, "good": 0.75}, "labelled", "good"),
    SoftLabel("half an emoji \ud83d", {"bad": 0.5, "good": 0.5}, "labelled", "bad"),
    SoftLabel("a line\nand another", {"bad": 1 / 3, "good": 2 / 3}, "unlabelled"),
    SoftLabel("what another", {"bad": 1e-9, "good": 1.0}, "invented"),
]
TEACHING = Teaching(
    teacher=TeacherFacts("tiny", "bert", "0" * 64),
    labels=("bad", "good"),
    fingerprint=fingerprint([Example(row.text, row.label) for row in ROWS if row.label]),
    held_out=fingerprint([]),
    normalizer=NORMALIZER,
    settings=TeachingSettings(),
    folds=(),
    together={},
    texts={"labelled": 2, "unlabelled": 1, "invented": 1},
    libraries={},
)
VECTORS_OF_WORDS = TokenVectors(("a", "ärger"), np.array([[0.5, 1], [-2, 0]], np.float32))


@pytest.fixture
def written(tmp_path):
    """Give the directory of a teaching."""
    write_teaching(tmp_path / "t", TEACHING, ROWS, VECTORS_OF_WORDS)
    return tmp_path / "t"


def lines_of(folder):
    return gzip.decompress((folder / SOFT_LABELS).read_bytes()).splitlines(keepends=True)


def forge(folder, lines):
    """Write other lines, and vouch for them."""
    rows = json.loads((folder / MANIFEST).read_text())
    content = b"".join(lines)
    (folder / SOFT_LABELS).write_bytes(
        content if content[:1] == b"\x1f" else gzip.compress(content)
    )
    rows["files"][SOFT_LABELS] = hashlib.sha256((folder / SOFT_LABELS).read_bytes()).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(rows))


def test_what_was_written_is_read(written):
    teaching, rows, vectors = read_teaching(written)
    assert vectors.words == VECTORS_OF_WORDS.words
    np.testing.assert_array_equal(vectors.vectors, VECTORS_OF_WORDS.vectors)
    assert msgspec.structs.replace(teaching, files={}) == TEACHING
    assert [(row.text, row.origin, row.label) for row in rows] == [
        (row.text, row.origin, row.label) for row in ROWS
    ]
    for row, before in zip(rows, ROWS, strict=True):
        assert row.probabilities == pytest.approx(before.probabilities, abs=2e-6)
    assert sorted(path.name for path in written.iterdir()) == [SOFT_LABELS, MANIFEST, VECTORS]


def test_the_same_rows_give_the_same_bytes(written, tmp_path):
    write_teaching(tmp_path / "again", TEACHING, ROWS, VECTORS_OF_WORDS)
    for name in (SOFT_LABELS, MANIFEST, VECTORS):
        assert (written / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_the_rows_are_labelled_texts_as_they_are(written):
    first, _, several, last = map(json.loads, lines_of(written))
    assert first == {
        "text": "what a day 😀",
        "probabilities": {"bad": 0.25, "good": 0.75},
        "origin": "labelled",
        "label": "good",
    }
    assert several["probabilities"] == {"bad": 0.333333, "good": 0.666667}
    assert "label" not in last
    read = read_labelled([written / SOFT_LABELS], Columns(label="label"), pytest.fail)
    assert [example.text for example in read.examples] == [row.text for row in ROWS]
    assert [example.label for example in read.examples] == ["good", "bad", "good", "good"]


def test_a_teaching_is_replaced_whole_when_told_to(written, tmp_path):
    (written / "stale").touch()
    with pytest.raises(BundleError, match="t holds a teaching: choose another --out, or add --f"):
        write_teaching(written, TEACHING, ROWS, VECTORS_OF_WORDS)
    write_teaching(written, TEACHING, ROWS, VECTORS_OF_WORDS, replace=True)
    assert not (written / "stale").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


def test_what_is_no_teaching_is_never_replaced(training_file):
    for path in (training_file, training_file.parent):
        with pytest.raises(BundleError, match="exists and is not a teaching: choose another"):
            check_destination(path, replace=True)


def test_rows_that_fail_leave_nothing(tmp_path):
    def rows():
        yield ROWS[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_teaching(tmp_path / "deep" / "t", TEACHING, rows(), VECTORS_OF_WORDS)
    assert list((tmp_path / "deep").iterdir()) == []


def test_what_is_no_teaching_is_not_read(tmp_path):
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(BundleError, match=r"there are no soft labels in .*: make them with"):
            read_teaching(path)


@pytest.mark.parametrize("name", [MANIFEST, SOFT_LABELS, VECTORS])
def test_a_file_that_is_none_is_refused(written, name):
    (written / name).unlink()
    (written / name).mkdir()
    with pytest.raises(BundleError, match=f"{name} is no file: teach again"):
        read_teaching(written)


def test_a_missing_file_of_rows_is_told(written):
    (written / SOFT_LABELS).unlink()
    with pytest.raises(BundleError, match="gz: No such file or directory: teach again"):
        read_teaching(written)


def test_links_that_lead_in_a_circle_or_out_of_the_directory_are_refused(written, tmp_path):
    (written / VECTORS).unlink()
    (written / VECTORS).symlink_to(VECTORS)
    with pytest.raises(BundleError, match="npz: Too many levels of symbolic links: teach again"):
        read_teaching(written)
    (written / SOFT_LABELS).rename(tmp_path / SOFT_LABELS)
    (written / SOFT_LABELS).symlink_to(tmp_path / SOFT_LABELS)
    with pytest.raises(BundleError, match="gz is a link that leads out of its directory: teach ag"):
        read_teaching(written)


def test_another_format_is_told(written):
    content = (written / MANIFEST).read_text()
    (written / MANIFEST).write_text(content.replace('"format": 1', '"format": 2'))
    with pytest.raises(BundleError, match="has format 2, this version reads format 1: teach again"):
        read_teaching(written)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b'{"format": 1}', b"[" * 99_999])
def test_a_damaged_manifest_is_refused(written, content):
    (written / MANIFEST).write_bytes(content)
    with pytest.raises(BundleError, match=r"teaching.json is damaged \(.+\): teach again"):
        read_teaching(written)


def test_rows_that_changed_are_refused(written):
    (written / SOFT_LABELS).write_bytes(gzip.compress(b"".join(lines_of(written)[::-1])))
    with pytest.raises(BundleError, match=r"is not the file that teaching.json vouches for"):
        read_teaching(written)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"origin": "labelled"', b'"origin": "found"'),
        (b'"origin": "labelled"', b'"origin": ["labelled"]'),
        (b'"label": "good"', b'"label": "great"'),
        (b', "label": "good"', b""),
        (b'"bad": 0.25', b'"sad": 0.25'),
        (b'"bad": 0.25', b'"bad": -0.25'),
        (b'"bad": 0.25', b'"bad": NaN'),
        (b'{"bad": 0.25, "good": 0.75}', b"{}"),
        (b'{"bad": 0.25, "good": 0.75}', b"null"),
        (b'"text": "what', b'"text": 1, "x": "what'),
        (b'{"text"', b'["text"'),
        (b'"text"', b'"txt"'),
    ],
)
def test_a_row_that_is_no_soft_label_is_refused(written, before, after):
    first, *others = lines_of(written)
    assert before in first
    forge(written, [first.replace(before, after, 1), *others])
    with pytest.raises(
        BundleError, match=r"gz has a line that is no soft label.*: teach again"
    ) as e:
        read_teaching(written)
    assert "\n" not in str(e.value)


def test_other_rows_than_the_manifest_describes_are_refused(written):
    lines = lines_of(written)
    for others in (lines[:-1], [*lines, lines[-1]], [lines[0], lines[0], *lines[2:]]):
        forge(written, others)
        with pytest.raises(BundleError, match=r"has other texts than teaching.json describes"):
            read_teaching(written)


def test_a_file_that_unpacks_to_too_much_is_refused(written):
    forge(written, [b'{"text": "' + b"a" * 7_000_000 + b'"}\n'])
    with pytest.raises(BundleError, match="has a line, or lines, beyond all measure: teach again"):
        read_teaching(written)


def test_the_longest_text_that_a_file_can_hold_is_read_back(tmp_path):
    rows = [ROWS[0]._replace(text="\x01" * 999_000), *ROWS[1:]]
    labelled = [Example(row.text, row.label) for row in rows if row.label]
    teaching = msgspec.structs.replace(TEACHING, fingerprint=fingerprint(labelled))
    write_teaching(tmp_path / "long", teaching, rows, VECTORS_OF_WORDS)
    assert read_teaching(tmp_path / "long").rows[0].text == rows[0].text


def test_rows_that_could_not_be_read_back_are_not_put_in_place(tmp_path):
    rows = [row._replace(label="other") if row.label else row for row in ROWS]
    with pytest.raises(BundleError, match="no soft label of these labels"):
        write_teaching(tmp_path / "t", TEACHING, rows, VECTORS_OF_WORDS)
    assert list(tmp_path.iterdir()) == []


def test_a_truncated_archive_is_refused(written):
    content = (written / SOFT_LABELS).read_bytes()
    forge(written, [content[:-9]])
    with pytest.raises(BundleError, match=r"gz is damaged \(.+\): teach again"):
        read_teaching(written)


def test_vectors_that_changed_are_refused(written):
    other = VECTORS_OF_WORDS._replace(vectors=-VECTORS_OF_WORDS.vectors)
    (written / VECTORS).write_bytes(other.to_npz())
    with pytest.raises(BundleError, match=r"vectors.npz is not the file that teaching.json vouch"):
        read_teaching(written)


def test_damaged_vectors_are_refused(written):
    content = (written / VECTORS).read_bytes()[:-9]
    (written / VECTORS).write_bytes(content)
    facts = json.loads((written / MANIFEST).read_text())
    facts["files"][VECTORS] = hashlib.sha256(content).hexdigest()
    (written / MANIFEST).write_text(json.dumps(facts))
    with pytest.raises(BundleError, match=r"vectors.npz is .*: teach again"):
        read_teaching(written)
