"""Reads the files of a model directory, which anyone may have put there.

Only the files that a bundle has are opened, by their own names: no name that stands in a file of
the bundle is ever one on disk. What is not a plain file within the directory, or larger than such a
file can be, is refused before any of it is read, and what is read is read once: the bytes that are
verified are the bytes that are used.
"""

import errno
import os
import stat
from pathlib import Path

from sentiment.errors import BundleError

MANIFEST = "bundle.json"
SIGNATURE = "bundle.json.sig"
VOCABULARY = "vocabulary.txt"
MODEL = "model.keras"
WEIGHTS = "weights.npz"
REFERENCE = "reference.npz"
CARD = "README.md"
REPORT = "report.json"
REPORT_PAGE = "report.html"
# What the manifest vouches for: always, and where there is one.
HASHED = (VOCABULARY, MODEL, WEIGHTS, REFERENCE, CARD)
OPTIONAL = (REPORT, REPORT_PAGE)

_MIB = 1 << 20
# The shipped model's files are 18 kB, 227 kB, 12.1 MB, 12.1 MB, 7 kB and 6 kB, and reports take
# 0.3 MB. The confusion matrices of a thousand labels would take 36 MB of bundle.json, which is more
# labels than texts tell apart.
MOST_BYTES = {
    MANIFEST: 16 * _MIB,
    SIGNATURE: 64,
    VOCABULARY: 64 * _MIB,
    MODEL: 2048 * _MIB,
    WEIGHTS: 2048 * _MIB,
    REFERENCE: 16 * _MIB,
    CARD: 16 * _MIB,
    REPORT: 16 * _MIB,
    REPORT_PAGE: 16 * _MIB,
}


def read_file(folder: Path, name: str) -> bytes:
    """Return the content of one of the files that a bundle has.

    A link is followed within the folder only, as Kubernetes makes them in its volumes; the folder
    itself may be one.

    Raises:
        BundleError: It is missing, unreadable, too large, no plain file, or lies elsewhere.
    """
    path = folder / name
    try:
        return read_within(folder, name, MOST_BYTES[name])
    except Refused as refused:
        raise BundleError(f"{path} {refused}: restore or retrain the model") from refused
    except OSError as error:
        if not folder.is_dir():
            raise BundleError(
                f"there is no model in {folder}: train one with 'python -m sentiment train', "
                "or name another directory"
            ) from error
        reason = "is missing" if isinstance(error, FileNotFoundError) else error.strerror
        raise BundleError(f"{path} {reason}: it is not a whole model, restore or retrain it") from (
            error
        )


class Refused(Exception):
    """A file that is not read, with the reason."""


def read_within(folder: Path, name: str, most_bytes: int) -> bytes:
    """Return the content of a plain file within a folder, which may be a link itself.

    Raises:
        Refused: It lies elsewhere, is no plain file, or is larger than that.
        OSError: It is missing or unreadable.
    """
    try:
        path, within = (folder / name).resolve(strict=True), folder.resolve()
    except RuntimeError as error:  # Python before 3.13 tells so of links that go in a circle.
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from error
    if not path.is_relative_to(within):
        raise Refused("is a link that leads out of its directory")
    # To open a device may do something, and a pipe would wait for a writer.
    _check(path.lstat())
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        _check(facts)
        if facts.st_size > most_bytes:
            raise Refused(f"is larger than the {most_bytes:,} bytes that it may have")
        # One byte more than it has, to notice when it grows meanwhile.
        content = file.read(facts.st_size + 1)
    if len(content) != facts.st_size:
        raise Refused("changed while it was read")
    return content


def _check(facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise Refused("is no file")
