import hashlib
import os
import shutil

from sentiment.data.content import sha256


def test_a_file_is_the_same_under_another_name(tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(b"text,label\n")
    known = hashlib.sha256(b"text,label\n").hexdigest()
    assert sha256(tmp_path / "a.csv") == sha256(tmp_path / "b.csv") == known


def test_a_folder_is_the_same_elsewhere_until_a_file_changes(tmp_path):
    (tmp_path / "one" / "pos").mkdir(parents=True)
    (tmp_path / "one" / "pos" / os.fsdecode(b"\xe9.txt")).write_text("good")
    other = shutil.copytree(tmp_path / "one", tmp_path / "other")
    assert sha256(tmp_path / "one") == sha256(other)
    (other / "pos" / "2.txt").write_text("fine")
    assert sha256(tmp_path / "one") != sha256(other)


def test_what_is_no_file_has_none(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert sha256(tmp_path / "pipe") is None
    assert sha256(tmp_path / "nowhere") is None
