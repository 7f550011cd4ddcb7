"""Numpy archives that were made to harm."""

import io
import pickle
import struct
import tracemalloc
import warnings
import zipfile
import zlib
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.storage.archive import Archive, BadArchive
from sentiment.storage.arrays import ArrayArchive

MOST_BYTES = 1 << 20


def npy(shape, descr="<f4", content=b"", version=b"\x01\x00", order=False):
    """Give an array's file with a head that says whatever it is told to."""
    said = f"{{'descr': {descr!r}, 'fortran_order': {order}, 'shape': {shape!r}, }}"
    length = struct.pack("<H" if version == b"\x01\x00" else "<I", len(said))
    return b"\x93NUMPY" + version + length + said.encode() + content


def zipped(members, method=zipfile.ZIP_DEFLATED):
    """Give an archive of members, given as pairs of name and content."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", method) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of a name that comes twice
        for name, content in members:
            file.writestr(name, content)
    return archive.getvalue()


def saved(**arrays):
    """Give an archive as numpy writes it."""
    archive = io.BytesIO()
    np.savez_compressed(archive, **arrays)
    return archive.getvalue()


def read(content, most_arrays=4):
    archive = ArrayArchive(content, most_arrays, MOST_BYTES)
    return {name: archive.read(name) for name in archive.headers}


ARRAYS = {
    "floats": np.arange(12, dtype=np.float32).reshape(3, 4),
    "columns": np.asfortranarray(np.arange(6, dtype=np.int64).reshape(2, 3)),
    "texts": np.array(["a", "größer 😀", ""]),
    "nothing": np.zeros((0, 3), np.float32),
}


def test_arrays_come_back_as_numpy_wrote_them():
    arrays = read(saved(**ARRAYS))
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array, strict=True)


def test_what_arrays_are_is_known_before_they_are_read():
    header = ArrayArchive(saved(**ARRAYS), 4, MOST_BYTES).headers["floats"]
    assert (header.shape, header.dtype) == ((3, 4), np.float32)


class Bomb:
    """An object whose pickle makes a file when it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("descr", ["|O", [("a", "|O")], "<V8", "<M8[s]", "<U0"])
def test_a_pickle_is_not_read(tmp_path, descr):
    pickled = pickle.dumps(np.array([Bomb(tmp_path / "ran")], dtype=object))
    with pytest.raises(BadArchive):
        read(zipped([("ids.npy", npy((1,), descr, pickled))]))
    assert not (tmp_path / "ran").exists()


def test_a_pickle_that_numpy_itself_wrote_is_not_read(tmp_path):
    archive = io.BytesIO()
    np.savez(archive, ids=np.array([Bomb(tmp_path / "ran")], dtype=object))
    with pytest.raises(BadArchive, match=r"ids\.npy of type object, neither numbers nor texts"):
        read(archive.getvalue())
    assert not (tmp_path / "ran").exists()


def test_a_member_that_is_a_bare_pickle_is_no_array(tmp_path):
    for name in ("ids", "ids.npy"):
        with pytest.raises(BadArchive):
            read(zipped([(name, pickle.dumps(Bomb(tmp_path / "ran")))]))
    assert not (tmp_path / "ran").exists()


HUGE = bytes(64 << 20)


def lying_about_its_size():
    """Give an archive of 64 MB in 64 kB that says, everywhere, that it has a hundred bytes."""
    archive = zipped([("ids.npy", npy((25,), content=HUGE))])
    size = struct.pack("<L", len(npy((25,))) + len(HUGE))
    return archive.replace(size, struct.pack("<L", len(npy((25,))) + 100))


BOMBS = {
    "a gigabyte of zeros": (zipped([("ids.npy", npy((1 << 24,), content=HUGE))]), "unpacks to"),
    "a shape without content": (zipped([("ids.npy", npy((1 << 40,)))]), "of a size that is not"),
    "a shape beyond all numbers": (zipped([("ids.npy", npy((1 << 90,)))]), "of a size that is not"),
    "nothing of everything": (zipped([("ids.npy", npy((0, 1 << 62, 1 << 62)))]), "of shape"),
    "a size below zero": (zipped([("ids.npy", npy((-1,)))]), "holds an array of shape"),
    "a lie about its size": (lying_about_its_size(), "is damaged"),
    "a long head": (zipped([("ids.npy", npy((1,) * 10_000))]), "is damaged"),
    "a deep head": (zipped([("ids.npy", npy((1,)).replace(b"(1,)", b"(" * 4_000))]), "is damaged"),
    "a head of version 2": (
        zipped([("ids.npy", npy((1,), content=bytes(4), version=b"\x02\x00"))]),
        "is damaged|version",
    ),
    "many dimensions": (zipped([("ids.npy", npy((1,) * 9, content=bytes(4)))]), "size that is not"),
    "many members": (zipped([(f"{n}.npy", npy(())) for n in range(1_000)]), "more than 4 members"),
    "one name twice": (zipped([("a.npy", npy((0,)))] * 2), "names a member twice"),
    "no zip": (b"\x93NUMPY" * 20, "is no archive"),
    "nothing": (b"", "is no archive"),
    "another method": (zipped([("ids.npy", npy((0,)))], zipfile.ZIP_LZMA), "not read"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_and_takes_no_memory(name):
    content, why = BOMBS[name]
    tracemalloc.start()
    try:
        with pytest.raises(BadArchive, match=why):
            read(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * MOST_BYTES


@pytest.mark.parametrize("name", ["../ids.npy", "/ids.npy", "a/../../b.npy", "a\\b.npy", "a\nb"])
def test_a_name_that_leads_out_of_the_archive_is_refused(name):
    with pytest.raises(BadArchive, match="names a place outside of itself"):
        read(zipped([(name, npy((0,)))]))


def test_an_archive_for_large_files_is_refused_before_its_directory_is_read():
    archive = saved(ids=np.zeros(3))
    end = archive[-22:]
    with pytest.raises(BadArchive, match="of the kind for large files"):
        read(archive[:-22] + b"PK\x06\x07" + bytes(16) + end)


def test_a_checksum_that_is_wrong_is_found():
    archive = zipped([("a.npy", npy((2,), content=bytes(8)))], zipfile.ZIP_STORED)
    right = struct.pack("<L", zlib.crc32(npy((2,), content=bytes(8))))
    assert archive.count(right) == 2
    with pytest.raises(BadArchive, match="is damaged"):
        read(archive.replace(right, b"oops"))


def test_a_member_that_is_not_there_is_told():
    with pytest.raises(BadArchive, match="has no ids"):
        ArrayArchive(saved(**ARRAYS), 4, MOST_BYTES).read("ids")
    with pytest.raises(BadArchive, match="has no ids"):
        Archive(saved(**ARRAYS), 4, MOST_BYTES).read("ids")


@given(st.data())
def test_an_archive_with_any_bytes_changed_or_cut_off_is_read_or_refused(data):
    content = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(len(content) // 2, len(content))) :]
    arrays = {}
    with suppress(BadArchive):
        arrays = read(bytes(content))
    assert sum(array.nbytes for array in arrays.values()) <= MOST_BYTES


SMALL = saved(**ARRAYS)
