"""Which worker is this? A name that is the same after a restart and never used by two at once."""

import errno
import fcntl
import os
import re
import socket
import stat
import tempfile
from pathlib import Path
from typing import IO

from configuration.kept_folders import only_theirs
from worker.errors import CannotGoOn


def transactional_id(group_id: str, worker_id: str) -> str:
    """Return the id under which a worker's transactions are known to the brokers.

    No name of a group or a worker holds a colon, so no two pairs share an id, nor does the id of
    one group's worker begin with what belongs to another group.
    """
    return f"{group_id}:{worker_id}"


class WorkerSlot:
    """The lowest number on this host that no running worker of the group holds.

    The number is held by a file lock, which the kernel lets go of when the process ends, however
    it ends. So a worker that was killed and is started again gets its old name, and with the
    name its transactions and its partitions; and two workers never share one.
    """

    def __init__(self, group_id: str, directory: Path | None = None) -> None:
        """Take a slot of `group_id`; `directory` holds the locks, by default under the temp one.

        Raises:
            CannotGoOn: no lock can be made there.
        """
        home = directory or Path(tempfile.gettempdir()) / f"tweet-sentiment-{os.getuid()}"
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            _refuse_folder_of_others(home)
            self._lock, number = _lowest_free(home, group_id)
        except OSError as error:
            raise CannotGoOn(
                f"cannot keep a worker number in {home}: {error.strerror}; set SENTIMENT_WORKER_ID"
            ) from error
        host = re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname())[:100] or "host"
        self.worker_id = f"{host}-{number}"

    def close(self) -> None:
        """Let the next worker have the number."""
        self._lock.close()


def _refuse_folder_of_others(home: Path) -> None:
    """Raise where another user could put files: they would choose our names for us.

    Raises:
        PermissionError: it is a link, not ours, or others may write there.
    """
    found = home.lstat()
    if not stat.S_ISDIR(found.st_mode) or not only_theirs(found, {os.getuid()}):
        raise PermissionError(errno.EACCES, "others may write there, or it is not yours")


def _lowest_free(home: Path, group_id: str) -> tuple[IO[bytes], int]:
    number = 0
    while True:
        # No link is followed, and nothing truncated: it could be any file of ours.
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        lock = os.fdopen(os.open(home / f"{group_id}-{number}.lock", flags, 0o600), "r+b")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            number += 1
        else:
            return lock, number
