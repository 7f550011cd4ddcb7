"""A teaching: a directory of soft labels, written whole, read as what anyone may have made.

teaching.json         who labelled the texts, how well, and the SHA-256 of the other files
soft-labels.jsonl.gz  a text a line, with what the teachers say of it
vectors.npz           words, and their vectors in each teacher
"""

import gzip
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from sentiment.data.dataset import Example, fingerprint
from sentiment.errors import BundleError
from sentiment.storage.archive import BadArchive
from sentiment.storage.bundle_files import Refused, read_within
from sentiment.storage.placing import check_place, put_in_place
from sentiment.storage.soft_label_rows import Damaged, SoftLabel, line_of, row_of, unpacked
from sentiment.storage.teaching_facts import FORMAT, Teaching
from sentiment.storage.token_vectors import MOST_BYTES, TokenVectors, from_npz
from sentiment.storage.vouched import Vouched

MANIFEST = "teaching.json"
SOFT_LABELS = "soft-labels.jsonl.gz"
VECTORS = "vectors.npz"

# Six million tweets take 2 GB, 700 MB of which they are when packed.
_MOST_BYTES = {MANIFEST: 1 << 24, SOFT_LABELS: 1 << 30, VECTORS: MOST_BYTES}
_ANEW = "teach again, or name another directory"
_TEACHING = Vouched(MANIFEST, FORMAT, "teach again", _ANEW)


class SoftLabels(NamedTuple):
    """All that is in a directory.

    Attributes:
        teaching: Who the teachers are, and how well they do.
        rows: What they say, in the order of the file.
        vectors: Of words in all of them.
    """

    teaching: Teaching
    rows: list[SoftLabel]
    vectors: TokenVectors


def check_destination(out: Path, *, replace: bool) -> None:
    """Refuse, before any work is done, a directory that must not be written.

    Raises:
        BundleError: It exists and is not to be replaced, is no teaching, or cannot be written.
    """
    check_place(out, MANIFEST, "a teaching", replace=replace)


def write_teaching(
    out: Path,
    teaching: Teaching,
    rows: Iterable[SoftLabel],
    vectors: TokenVectors,
    *,
    replace: bool = False,
) -> None:
    """Write a directory beside its place and then move it there, whole or not at all.

    The same rows give the same bytes. Probabilities are rounded to 6 digits.

    Args:
        out: Where to.
        teaching: Without the hashes.
        rows: Those of labelled texts in any order.
        vectors: Of words.
        replace: Whether a teaching that is there already is replaced.

    Raises:
        BundleError: It cannot be written.
    """
    check_destination(out, replace=replace)
    with put_in_place(out) as staging:
        path = staging / SOFT_LABELS
        with path.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
            packed.writelines(line_of(row) for row in rows)
        (staging / VECTORS).write_bytes(vectors.to_npz())
        _TEACHING.write_manifest(staging, teaching, (SOFT_LABELS, VECTORS))
        read_teaching(staging)  # What cannot be read back is not put in its place.


def read_teaching(path: Path) -> SoftLabels:
    """Read a directory, and verify that it is as it was written.

    Raises:
        BundleError: It is none, damaged, or of another format; the message is one line.
    """
    teaching = _manifest(path)
    try:
        lines = unpacked(_verified(path, SOFT_LABELS, teaching))
        rows = [row_of(line, teaching.labels) for line in lines]
    except Damaged as damaged:
        raise BundleError(f"{path / SOFT_LABELS} {damaged}: {_ANEW}") from damaged
    counts = Counter(row.origin for row in rows)
    labelled = [Example(row.text, row.label) for row in rows if row.label is not None]
    if dict(counts) != {origin: count for origin, count in teaching.texts.items() if count} or (
        fingerprint(labelled) != teaching.fingerprint
    ):
        raise BundleError(
            f"{path / SOFT_LABELS} has other texts than {MANIFEST} describes: {_ANEW}"
        )
    try:
        vectors = from_npz(_verified(path, VECTORS, teaching))
    except BadArchive as error:
        raise BundleError(f"{path / VECTORS} {error}: {_ANEW}") from error
    return SoftLabels(teaching, rows, vectors)


def _manifest(path: Path) -> Teaching:
    content = _file(path, MANIFEST)
    try:
        return _TEACHING.read_manifest(content, Teaching)
    except BundleError as error:
        raise BundleError(f"{path / MANIFEST} {error}") from error


def _verified(folder: Path, name: str, teaching: Teaching) -> bytes:
    return _TEACHING.verified(folder / name, _file(folder, name), teaching.files)


def _file(folder: Path, name: str) -> bytes:
    path = folder / name
    try:
        return read_within(folder, name, _MOST_BYTES[name])
    except Refused as refused:
        raise BundleError(f"{path} {refused}: {_ANEW}") from refused
    except OSError as error:
        if not (folder / MANIFEST).exists():
            raise BundleError(
                f"there are no soft labels in {folder}: make them with 'python -m sentiment "
                "teach', or name another directory"
            ) from error
        raise BundleError(f"{path}: {error.strerror}: {_ANEW}") from error
