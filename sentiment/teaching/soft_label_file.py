"""A teaching: a directory of soft labels, written whole, read as what anyone may have made.

    teaching.json         who labelled the texts, how well, and the SHA-256 of the other file
    soft-labels.jsonl.gz  a text a line, with what the teachers say of it

The lines are labelled texts as `sentiment.data` reads them: "text", "probabilities" (label to
share), "origin", and "label" where the text came with one.
"""

import gzip
import hashlib
import io
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args

import msgspec
from msgspec import Meta

from sentiment.data.dataset import Example, fingerprint
from sentiment.data.lines import LONGEST_LINE_BYTES, is_text
from sentiment.data.soft_labels import NoSoftLabel, soft_label
from sentiment.errors import BundleError
from sentiment.measuring.report import Report
from sentiment.settings import TeachingSettings
from sentiment.storage.bundle_files import Refused, read_within
from sentiment.storage.placing import check_place, put_in_place

FORMAT = 1
MANIFEST = "teaching.json"
SOFT_LABELS = "soft-labels.jsonl.gz"
Origin = Literal["labelled", "unlabelled", "invented"]

_DIGITS = 6
# Six million tweets take 2 GB, 700 MB of which they are when packed.
_MOST_BYTES = {MANIFEST: 1 << 24, SOFT_LABELS: 1 << 30}
_MOST_UNPACKED_BYTES = 1 << 32
_ANEW = "teach again, or name another directory"

_Count = Annotated[int, Meta(ge=0)]


class SoftLabel(NamedTuple):
    """A text and what the teachers say of it.

    Attributes:
        text: As it came.
        probabilities: The share of each label; they add up to 1. Those of a text with a label are
            of a teacher that did not learn from it, others the geometric mean of all teachers'.
        origin: Where the text is from.
        label: Its own, if it is a labelled one.
    """

    text: str
    probabilities: dict[str, float]
    origin: Origin
    label: str | None = None


class TeacherFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the teachers were before they learnt: the directory's name, and what is in it."""

    name: str
    architecture: str
    sha256: str


class Teaching(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The content of `teaching.json`.

    Attributes:
        format: Version of the directory's layout.
        teacher: What the teachers started from.
        labels: In the order that a network's outputs have.
        fingerprint: Of the labelled texts, as `sentiment.data.dataset.fingerprint` has it.
        normalizer: Version of the rules by which the teachers read texts.
        settings: How they learnt.
        folds: What each teacher reaches on the labelled texts that it did not learn from.
        together: What all of them reach, by the geometric mean of their probabilities, on
            "validation" and "test", from which none of them learnt.
        texts: How many there are of each origin.
        libraries: Version of each library that had a part in it.
        files: SHA-256 of every other file.
    """

    format: int = FORMAT
    teacher: TeacherFacts
    labels: Annotated[tuple[str, ...], Meta(min_length=2)]
    fingerprint: str
    normalizer: int
    settings: TeachingSettings
    folds: tuple[Report, ...]
    together: dict[str, Report]
    texts: dict[Origin, _Count]
    libraries: dict[str, str]
    files: dict[str, str] = {}


class _Format(msgspec.Struct):
    format: int


def check_destination(out: Path, *, replace: bool) -> None:
    """Refuse, before any work is done, a directory that must not be written.

    Raises:
        BundleError: It exists and is not to be replaced, is no teaching, or cannot be written.
    """
    check_place(out, MANIFEST, "a teaching", replace=replace)


def write_teaching(
    out: Path, teaching: Teaching, rows: Iterable[SoftLabel], *, replace: bool = False
) -> None:
    """Write a directory beside its place and then move it there, whole or not at all.

    The same rows give the same bytes. Probabilities are rounded to 6 digits.

    Args:
        out: Where to.
        teaching: Without the hashes.
        rows: Those of labelled texts in any order.
        replace: Whether a teaching that is there already is replaced.

    Raises:
        BundleError: It cannot be written.
    """
    check_destination(out, replace=replace)
    with put_in_place(out) as staging:
        path = staging / SOFT_LABELS
        with path.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
            packed.writelines(_line(row) for row in rows)
        hashes = {SOFT_LABELS: hashlib.sha256(path.read_bytes()).hexdigest()}
        whole = msgspec.structs.replace(teaching, files=hashes)
        content = msgspec.json.format(msgspec.json.encode(whole)) + b"\n"
        (staging / MANIFEST).write_bytes(content)


def read_teaching(path: Path) -> tuple[Teaching, list[SoftLabel]]:
    """Read a directory, and verify that it is as it was written.

    Returns:
        What it says of itself, and its rows in their order.

    Raises:
        BundleError: It is none, damaged, or of another format; the message is one line.
    """
    teaching = _manifest(path)
    content = _file(path, SOFT_LABELS)
    if hashlib.sha256(content).hexdigest() != teaching.files.get(SOFT_LABELS):
        raise BundleError(
            f"{path / SOFT_LABELS} is not the file that {MANIFEST} vouches for (its SHA-256 "
            f"differs): {_ANEW}"
        )
    try:
        rows = [_row(line, teaching.labels) for line in _unpacked(content)]
    except _Damaged as damaged:
        raise BundleError(f"{path / SOFT_LABELS} {damaged}: {_ANEW}") from damaged
    counts = Counter(row.origin for row in rows)
    labelled = [Example(row.text, row.label) for row in rows if row.label is not None]
    if dict(counts) != {origin: count for origin, count in teaching.texts.items() if count} or (
        fingerprint(labelled) != teaching.fingerprint
    ):
        raise BundleError(
            f"{path / SOFT_LABELS} has other texts than {MANIFEST} describes: {_ANEW}"
        )
    return teaching, rows


class _Damaged(Exception):
    """What is wrong with the rows; goes on from the file's name."""


def _manifest(path: Path) -> Teaching:
    content = _file(path, MANIFEST)
    try:
        written_as = msgspec.json.decode(content, type=_Format).format
        if written_as != FORMAT:
            raise BundleError(
                f"{path / MANIFEST} has format {written_as}, this version reads format {FORMAT}: "
                "teach again, or use the version that wrote it"
            )
        return msgspec.json.decode(content, type=Teaching)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BundleError(f"{path / MANIFEST} is damaged ({error}): {_ANEW}") from error


def _file(folder: Path, name: str) -> bytes:
    path = folder / name
    try:
        return read_within(path.resolve(strict=True), folder.resolve(), _MOST_BYTES[name])
    except Refused as refused:
        raise BundleError(f"{path} {refused}: {_ANEW}") from refused
    except (OSError, RuntimeError) as error:  # A RuntimeError tells of links that go in a circle.
        if not (folder / MANIFEST).exists():
            raise BundleError(
                f"there are no soft labels in {folder}: make them with 'python -m sentiment "
                "teach', or name another directory"
            ) from error
        reason = getattr(error, "strerror", None) or "cannot be read"
        raise BundleError(f"{path}: {reason}: {_ANEW}") from error


def _line(row: SoftLabel) -> bytes:
    fields: dict[str, Any] = {
        "text": row.text,
        "probabilities": {
            label: round(share, _DIGITS) for label, share in row.probabilities.items()
        },
        "origin": row.origin,
    }
    if row.label is not None:
        fields["label"] = row.label
    # Half of an emoji is no UTF-8, and has to stay an escape.
    return json.dumps(fields, ensure_ascii=not is_text(row.text)).encode() + b"\n"


def _unpacked(content: bytes) -> Iterator[bytes]:
    """Yield the lines, each and all of them of a bounded length."""
    left = _MOST_UNPACKED_BYTES
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            while line := file.readline(LONGEST_LINE_BYTES + 1):
                left -= len(line)
                if len(line) > LONGEST_LINE_BYTES or left < 0:
                    raise _Damaged("has a line, or lines, beyond all measure")
                yield line
    except (OSError, EOFError, zlib.error) as error:
        raise _Damaged(f"is damaged ({error})") from error


def _row(line: bytes, labels: Sequence[str]) -> SoftLabel:
    try:
        fields = json.loads(line)
        text, origin, label = fields["text"], fields["origin"], fields.get("label")
        probabilities = soft_label(fields["probabilities"])
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError, NoSoftLabel) as error:
        raise _Damaged(f"has a line that is no soft label ({error})") from error
    if (
        not isinstance(text, str)
        or origin not in get_args(Origin)
        or (label in labels) != (origin == "labelled")
        or probabilities is None
        or set(probabilities) != set(labels)
    ):
        raise _Damaged("has a line that is no soft label of these labels")
    return SoftLabel(text, probabilities, origin, label)
