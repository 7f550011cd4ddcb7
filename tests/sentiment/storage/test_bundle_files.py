"""Whatever lies in a model's directory, only plain files within it are read, and only so far."""

import os
import signal

import pytest

from sentiment import BundleError
from sentiment.storage.bundle_files import HASHED, MANIFEST, MOST_BYTES, SIGNATURE, read_file


@pytest.fixture
def folder(tmp_path):
    """Give a directory with a manifest of three bytes."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / MANIFEST).write_bytes(b"{}\n")
    return tmp_path / "model"


@pytest.fixture(autouse=True)
def _within_seconds():
    """Waiting for a pipe would be for ever."""
    signal.alarm(20)
    yield
    signal.alarm(0)


def test_a_file_is_read_whole(folder):
    assert read_file(folder, MANIFEST) == b"{}\n"


def test_the_directory_may_be_a_link(folder, tmp_path):
    (tmp_path / "current").symlink_to("model")
    assert read_file(tmp_path / "current", MANIFEST) == b"{}\n"


def test_a_link_within_the_directory_is_followed_as_volumes_of_kubernetes_have_them(folder):
    (folder / "..2026").mkdir()
    (folder / "..data").symlink_to("..2026")
    (folder / "..2026" / "vocabulary.txt").write_bytes(b"tokens")
    (folder / "vocabulary.txt").symlink_to("..data/vocabulary.txt")
    assert read_file(folder, "vocabulary.txt") == b"tokens"


@pytest.mark.parametrize("target", ["../secret", "{}/secret", "../model-2/vocabulary.txt"])
def test_a_link_that_leads_out_of_the_directory_is_refused(folder, tmp_path, target):
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "model-2").mkdir()
    (tmp_path / "model-2" / "vocabulary.txt").write_bytes(b"of another model")
    (folder / "vocabulary.txt").symlink_to(target.format(tmp_path))
    with pytest.raises(BundleError, match=r"vocabulary\.txt is a link that leads out of its"):
        read_file(folder, "vocabulary.txt")


def test_links_in_a_circle_are_refused(folder):
    (folder / "vocabulary.txt").symlink_to("README.md")
    (folder / "README.md").symlink_to("vocabulary.txt")
    with pytest.raises(BundleError, match=r"vocabulary\.txt .*restore or retrain it"):
        read_file(folder, "vocabulary.txt")


def test_a_pipe_is_refused_and_not_waited_for(folder):
    os.mkfifo(folder / "vocabulary.txt")
    with pytest.raises(BundleError, match=r"vocabulary\.txt is no file: restore"):
        read_file(folder, "vocabulary.txt")


def test_a_device_is_refused(folder):
    (folder / "vocabulary.txt").symlink_to("/dev/zero")
    with pytest.raises(BundleError, match="leads out of its directory"):
        read_file(folder, "vocabulary.txt")
    with pytest.raises(BundleError, match=r"is no file"):
        _read_as("/dev/zero", folder)


def test_a_folder_in_place_of_a_file_is_refused(folder):
    (folder / "vocabulary.txt").mkdir()
    with pytest.raises(BundleError, match=r"is no file"):
        read_file(folder, "vocabulary.txt")


@pytest.mark.parametrize("name", [MANIFEST, SIGNATURE, *HASHED])
def test_a_file_larger_than_any_such_file_is_refused_unread(folder, name):
    with (folder / name).open("wb") as file:
        file.truncate(MOST_BYTES[name] + (1 << 40))  # It takes no room on the disk.
    with pytest.raises(BundleError, match=rf"larger than the {MOST_BYTES[name]:,} bytes"):
        read_file(folder, name)


def _read_as(device, folder):
    """Read a device as if it lay in the directory, for which one has to be root."""
    name = device.rpartition("/")[2]
    MOST_BYTES[name] = 10
    try:
        return read_file(type(folder)("/dev"), name)
    finally:
        del MOST_BYTES[name]
