"""Folders that outlive a run and that several programs use: where they are, how they are locked."""

import os
import stat
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import IO


def user_cache(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of what is kept between runs: in `$XDG_CACHE_HOME` or `~/.cache`.

    Raises:
        RuntimeError: The user has no home.
    """
    base = environment.get("XDG_CACHE_HOME")
    caches = Path(base).absolute() if base else Path.home() / ".cache"
    return caches / "tweet-sentiment"


def only_theirs(found: os.stat_result, users: Collection[int]) -> bool:
    """Return whether something belongs to one of these users, and only its owner may write it.

    What becomes code, or says who we are, is taken from nowhere else.
    """
    others = stat.S_IWGRP | stat.S_IWOTH
    return found.st_uid in users and not found.st_mode & others


def open_lock(folder: Path) -> IO[str]:
    """Open the file `.lock` in an existing folder, to be locked: NFS cannot lock the folder itself.

    Raises:
        OSError: The folder cannot be written, or the file is a link, which is not followed: in a
            folder that others may write, it could name any file of ours.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.fdopen(os.open(folder / ".lock", flags, 0o644), "r+")
