"""What tells a file again under whatever name: the SHA-256 of its bytes."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from sentiment.errors import DataError


def sha256(path: Path) -> str | None:
    """Return that of a file, or of all files in a folder with their names; None of anything else.

    What comes through a pipe can be read only once, by whoever reads its texts.

    Raises:
        DataError: A file cannot be read.
    """
    if path.is_file():
        return _of_file(path)
    if not path.is_dir():
        return None
    digest = hashlib.sha256()
    for each in sorted(path.rglob("*")):
        if each.is_file():
            name = each.relative_to(path).as_posix().encode(errors="surrogateescape")
            digest.update(name + b"\0" + _of_file(each).encode() + b"\n")
    return digest.hexdigest()


def hashes(paths: Iterable[Path]) -> tuple[str, ...]:
    """Return `sha256` of each file or folder, leaving out what is neither.

    Raises:
        DataError: A file cannot be read.
    """
    return tuple(filter(None, map(sha256, paths)))


def _of_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
