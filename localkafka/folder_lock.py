"""A folder that one program at a time has for itself."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from configuration.kept_folders import open_lock


@contextmanager
def locked_folder(folder: Path, *, wait: bool) -> Iterator[int]:
    """Hold `folder` alone and yield the lock's file descriptor.

    The lock is not a file that a crash leaves behind: it ends with the block or with the last
    process that inherited the descriptor, whichever comes later.

    Args:
        folder: An existing folder; it gets a file `.lock`.
        wait: Wait until whoever holds the folder is done.

    Raises:
        BlockingIOError: Another program holds the folder, and `wait` is false.
        OSError: The folder cannot be written.
    """
    with open_lock(folder) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield lock.fileno()
