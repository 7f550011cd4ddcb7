"""Labelled texts, read from files and folders."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sentiment.errors import DataError
from sentiment.lines import Lines, is_text
from sentiment.row import Columns, Malformed, Row
from sentiment.rows import read_rows

# Malformed rows that are named one by one; the rest are counted.
_NAMED = 5


class Example(NamedTuple):
    """A text with its label."""

    text: str
    label: str


class Dataset(NamedTuple):
    """Labelled texts in the order of the files.

    Attributes:
        examples: The texts and labels.
        files: Names of the files and folders, without their paths.
        malformed: Rows that could not be read.
    """

    examples: list[Example]
    files: tuple[str, ...]
    malformed: int


def read_labelled(paths: Sequence[Path], columns: Columns, warn: Callable[[str], None]) -> Dataset:
    """Read JSONL, CSV and TSV files, gzip or not, and folders with one subfolder a label.

    A row that is malformed, or has an empty text or label, is left out: `warn` gets a line for
    the first few of each file and one with the count of the others.

    Raises:
        DataError: A file cannot be read, has not the columns, or has no usable row.
    """
    examples: list[Example] = []
    malformed = 0
    for path in paths:
        before = len(examples)
        bad: list[Malformed] = []
        for row in _read_folder(path) if path.is_dir() else read_rows(Lines(path), columns):
            problem = row if isinstance(row, Malformed) else _problem(row)
            if problem is None and isinstance(row, Row):
                examples.append(Example(row.text, row.label or ""))
            elif problem is not None:
                bad.append(problem)
        if len(examples) == before:
            why = f": line {bad[0].line} {bad[0].reason}" if bad else ", it is empty"
            raise DataError(f"{path} has no labelled text{why}")
        _report(path, bad, warn)
        malformed += len(bad)
    return Dataset(examples, tuple(path.name for path in paths), malformed)


def count_labels(examples: Iterable[Example]) -> dict[str, int]:
    """Return how many examples each label has, in the order of the labels' names."""
    return dict(sorted(Counter(example.label for example in examples).items()))


def fingerprint(examples: Iterable[Example]) -> str:
    """Return a SHA-256 of the texts and labels, the same for any order and file format."""
    digests = sorted(
        hashlib.sha256(f"{example.label}\0{example.text}".encode("utf-8", "surrogatepass")).digest()
        for example in examples
    )
    return hashlib.sha256(b"".join(digests)).hexdigest()


def _problem(row: Row) -> Malformed | None:
    if not row.text.strip():
        return Malformed(row.line, "has an empty text")
    if not row.label:
        return Malformed(row.line, "has an empty label")
    if not is_text(row.label):
        return Malformed(row.line, "has a label that is not UTF-8")
    return None


def _report(path: Path, bad: Sequence[Malformed], warn: Callable[[str], None]) -> None:
    for row in bad[:_NAMED]:
        warn(f"{path}:{row.line}: {row.reason}; left out")
    if len(bad) > _NAMED:
        warn(f"{path}: {len(bad) - _NAMED:,} more rows left out")


def _read_folder(folder: Path) -> Iterator[Row | Malformed]:
    """Yield the texts of a folder: one subfolder a label, in it one file a text."""
    labels = sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] != ".")
    if not labels:
        raise DataError(
            f"{folder} has no subfolders: put the texts of each label in a folder of its name, "
            "or name a file"
        )
    for label in labels:
        for number, path in enumerate(sorted(label.iterdir()), start=1):
            if path.is_file() and path.name[0] != ".":
                text = path.read_bytes().decode("utf-8", "surrogateescape")
                if is_text(text):
                    yield Row(number, text.removeprefix("\ufeff"), label.name)
                else:
                    yield Malformed(number, f"({path}) is not UTF-8")
