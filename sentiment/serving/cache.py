"""Files that are made once and kept: in a folder of the user's, mapped and shared by all processes.

A file has a header of 64 bytes and then its content. The header is written last, and the file is
written beside its place and renamed into it, so no half of one is ever found there; the hash in it
tells when content changed afterwards. Where nothing can be kept, all still works from memory.

Machine code is among what is kept, so a file that another user could have written is not taken.
"""

import fcntl
import hashlib
import mmap
import os
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from configuration.kept_folders import only_theirs, open_lock, user_cache

_MAGIC = b"tweet-sentiment kept file 1\n"
_HEADER = 64
_BLOCK = 65_536
_MODE = 0o644

Content = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Making:
    """How the content of a file is made.

    Attributes:
        size: Its bytes.
        parts: Arrays or bytes that are that many together, made one at a time.
    """

    size: int
    parts: Iterable[Any]


class _Distrusted(OSError):
    """Others could have written the file."""


class Cache:
    """A folder of kept files.

    Args:
        folder: Where to keep them; `user_cache()` when None.
        say: Receives a line, once, when something cannot be kept or is made anew at every start.
    """

    def __init__(self, folder: Path | None, say: Callable[[str], None] | None = None) -> None:
        self._folder = folder
        self._say = say

    def kept(self, name: str, make: Callable[[], Making], size: int | None = None) -> Content:
        """Return the content of a file, which is made first if it is missing or damaged.

        It begins at a multiple of 64 bytes and cannot be written. Any number of processes may ask
        for a file at once: one makes it while the others wait.

        Args:
            name: The file's, below the folder.
            make: Tells how it is made; called when it has to be.
            size: Its bytes, where they are known beforehand: a file of other than that is damaged.
        """
        try:
            path = (self._folder or user_cache()) / name
        except RuntimeError as error:
            return self._in_memory(make, f"the user's home ({error})")
        with suppress(OSError):
            return _read(path, size)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with _locked(path.parent) as alone:
                try:
                    return _read(path, size)
                except OSError as error:
                    distrusted = isinstance(error, _Distrusted)
                if alone:
                    _remove_what_killed_makers_left(path)
                content = _write(path, make())
        except OSError as error:
            return self._in_memory(make, f"{path.parent} ({error.strerror or error})")
        if distrusted:
            self._tell(
                f"others could have written {path}: it was made anew, which takes seconds, and "
                "will be at every start if something makes it another user's or writable for a "
                "group each time, as fsGroup of Kubernetes does"
            )
        return content

    def _in_memory(self, make: Callable[[], Making], reason: str) -> Content:
        self._tell(
            f"nothing can be kept in {reason}: each process will make what belongs there at every "
            "start, for some seconds, and hold its own copy; let it be written, or name another "
            "folder"
        )
        making = make()
        memory = mmap.mmap(-1, max(1, making.size))
        for part in making.parts:
            memory.write(part)
        content = np.frombuffer(memory, np.uint8, making.size)
        content.flags.writeable = False
        return content

    def _tell(self, line: str) -> None:
        if self._say:
            self._say(line)
            self._say = None


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Keep other makers out of a folder; tell whether they are, as not all file systems can.

    Raises:
        OSError: The folder cannot be written, or its lock is a link, which is not followed.
    """
    with open_lock(folder) as lock:
        alone = False
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
            alone = True
        yield alone


def _remove_what_killed_makers_left(path: Path) -> None:
    for left in path.parent.glob(f"{path.name}.*.partial"):
        with suppress(OSError):
            left.unlink()


def _read(path: Path, size: int | None) -> Content:
    """Return the content of a file.

    Checking 184 MB by sums takes 11 ms, by SHA-256 of all of it 117 ms. It also brings the pages
    in, so that the first texts do not wait for them.

    Raises:
        _Distrusted: It is not ours alone to write.
        OSError: It is missing, damaged or of another size.
    """
    with path.open("rb") as file:
        if not only_theirs(os.fstat(file.fileno()), {0, os.geteuid()}):
            raise _Distrusted
        content = _mapped(file)
    if size not in (None, len(content)):
        raise OSError("is of another size")
    return content


def _write(path: Path, making: Making) -> Content:
    beside = path.with_name(f"{path.name}.{uuid.uuid4().hex}.partial")
    try:
        with beside.open("xb+") as file:
            os.fchmod(file.fileno(), _MODE)
            file.write(bytes(_HEADER))
            for part in making.parts:
                file.write(part)
            file.flush()
            content = _whole_file(file)[_HEADER:]
            file.seek(0)
            file.write(_header(content))
        beside.rename(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return content


def _mapped(file: IO[bytes]) -> Content:
    whole = _whole_file(file)
    content = whole[_HEADER:]
    if whole[:_HEADER].tobytes() != _header(content):
        raise OSError("is damaged")
    return content


def _whole_file(file: IO[bytes]) -> Content:
    try:
        return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)
    except ValueError as error:
        raise OSError("is empty") from error


def _header(content: Content) -> bytes:
    """Return what vouches for the content: the hash of the sums of its blocks, as 64-bit words."""
    words = np.frombuffer(content, np.uint64, len(content) // 8)
    whole_blocks = len(words) // (_BLOCK // 8) * (_BLOCK // 8)
    sums = words[:whole_blocks].reshape(-1, _BLOCK // 8).sum(axis=1)
    rest = content[8 * whole_blocks :].tobytes()
    digest = hashlib.sha256(len(content).to_bytes(8, "little") + sums.tobytes() + rest).digest()
    return (_MAGIC + digest).ljust(_HEADER, b"\0")
