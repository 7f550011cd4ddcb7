"""Numpy archives that anyone may have made: plain numbers and texts of a known size, no pickles.

What an array is stands at the head of its member. It is read first, so that shapes and types can be
judged before memory is taken for a single array.
"""

import math
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from sentiment.printable import first_line
from sentiment.storage.archive import Archive, BadArchive, read_exactly

_SUFFIX = ".npy"
# Numbers, truth values and texts. "O", the objects, would be pickles; "V" can hide them.
_KINDS = "biufU"
_MOST_DIMENSIONS = 8
_LONGEST_HEADER = 10_000


@dataclass(frozen=True, slots=True)
class Header:
    """What an array is.

    Attributes:
        shape: Its dimensions.
        dtype: The type of its values.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]


class ArrayArchive:
    """The arrays of a `.npz` file in memory.

    Attributes:
        headers: What each array is, by its name.

    Raises:
        BadArchive: It is damaged, holds more or larger arrays than it may, or anything but arrays.
    """

    def __init__(self, content: bytes, most_arrays: int, most_bytes: int) -> None:
        self._archive = Archive(content, most_arrays, most_bytes)
        self.headers = {
            name.removesuffix(_SUFFIX): self._header(name) for name in self._archive.names
        }

    def read(self, name: str) -> npt.NDArray[Any]:
        """Return an array, which cannot be written.

        Raises:
            BadArchive: It is not there or damaged.
        """
        header = self.headers.get(name)
        if header is None:
            raise BadArchive(f"has no {name}")
        with self._archive.open(name + _SUFFIX) as member:
            _, in_columns = _read_header(member)
            values = read_exactly(member, _bytes_of(header))
        try:
            array = np.frombuffer(values, header.dtype)
            return array.reshape(header.shape, order="F" if in_columns else "C")
        except ValueError as error:  # One dimension is 0, another beyond what numpy counts.
            raise BadArchive(f"holds {name} of shape {header.shape}") from error

    def _header(self, name: str) -> Header:
        if not name.endswith(_SUFFIX):
            raise BadArchive(f"holds {name}, which is no array")
        with self._archive.open(name) as member:
            header, _ = _read_header(member)
            said = self._archive.size(name) - member.tell()
        if header.dtype.kind not in _KINDS or not header.dtype.itemsize:
            raise BadArchive(f"holds {name} of type {header.dtype}, neither numbers nor texts")
        if len(header.shape) > _MOST_DIMENSIONS or _bytes_of(header) != said:
            raise BadArchive(f"holds {name} of a size that is not that of its shape {header.shape}")
        return header


def _bytes_of(header: Header) -> int:
    return math.prod(header.shape) * header.dtype.itemsize


def _read_header(member: IO[bytes]) -> tuple[Header, bool]:
    """Return what an array is, and whether its values stand column by column."""
    try:
        version = np.lib.format.read_magic(member)
        shape, in_columns, dtype = np.lib.format.read_array_header_1_0(member, _LONGEST_HEADER)
    except Exception as error:  # It evaluates a literal, and zlib may fail: anything is raised.
        raise BadArchive(f"is damaged ({first_line(error)})") from error
    if version != (1, 0):  # Others are for headers of more than 64 kB.
        raise BadArchive(f"holds an array of version {version}, and 1.0 is read")
    if any(size < 0 for size in shape):
        raise BadArchive(f"holds an array of shape {shape}")
    return Header(shape, dtype), bool(in_columns)
