"""Labelled texts, read from files and folders."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sentiment.data.left_out import LeftOut
from sentiment.data.lines import Lines, is_text
from sentiment.data.row import Columns, Malformed, Row
from sentiment.data.rows import read_rows
from sentiment.data.soft_labels import likeliest
from sentiment.errors import DataError, SettingsError


class Example(NamedTuple):
    """A text with its label.

    Attributes:
        text: As it came.
        label: Of its class; the likeliest where the file only has probabilities.
        weight: How much it counts beside the others when a network learns; 1 unless told.
        probabilities: The share of each label that has one, adding up to 1 (a soft label).
        group: Whom it is from, where a column was named for that.
        time: When it was written, in seconds since 1970 (UTC), where that is known.
    """

    text: str
    label: str
    weight: float = 1.0
    probabilities: Mapping[str, float] | None = None
    group: str | None = None
    time: float | None = None


class Dataset(NamedTuple):
    """Labelled texts in the order of the files.

    Attributes:
        examples: The texts and labels.
        files: Names of the files and folders, without their paths; "?" for what is not UTF-8.
        malformed: Rows that could not be read.
    """

    examples: list[Example]
    files: tuple[str, ...]
    malformed: int


def read_labelled(
    paths: Sequence[Path],
    columns: Columns,
    warn: Callable[[str], None],
    weights: Sequence[float] = (),
) -> Dataset:
    """Read JSONL, CSV and TSV files, gzip or not, and folders with one subfolder a label.

    A row that is malformed, or has an empty text or label, is left out: `warn` gets a line for
    the first few of each file and one with the count of the others. `weights` are those of the
    files' texts, one for each path; without any, all texts weigh 1.

    Raises:
        DataError: A file cannot be read, has not the columns, or has no usable row.
        SettingsError: There are weights, but not one for each path.
    """
    if weights and len(weights) != len(paths):
        raise SettingsError(
            f"--data names {len(paths)} files and --data-weights {len(weights)} weights: "
            "give one weight for each file, in the same order"
        )
    examples: list[Example] = []
    malformed = 0
    for path, weight in zip(paths, weights or (1.0,) * len(paths), strict=True):
        warnings: list[str] = []
        left_out = LeftOut(str(path), warnings.append)
        before = len(examples)
        for row in _read_folder(path) if path.is_dir() else read_rows(Lines(path), columns):
            usable = _usable(row)
            if isinstance(usable, Malformed):
                left_out.add(usable)
            else:
                examples.append(usable if weight == 1 else usable._replace(weight=weight))
        if len(examples) == before:
            why = "it is empty"
            if left_out.first:
                why = f"line {left_out.first.line} {left_out.first.reason}"
            raise DataError(f"{path} has no labelled text: {why}")
        left_out.end()
        for warning in warnings:  # Not before it is sure that no error will say it all.
            warn(warning)
        malformed += left_out.count
    names = tuple(path.name.encode(errors="replace").decode() for path in paths)
    return Dataset(examples, names, malformed)


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


def _usable(row: Row | Malformed) -> Example | Malformed:
    if isinstance(row, Malformed):
        return row
    if not row.text.strip():
        return Malformed(row.line, "has an empty text")
    label = row.label or (likeliest(row.probabilities) if row.probabilities else "")
    if not label:
        return Malformed(row.line, "has an empty label")
    if not is_text(label):
        return Malformed(row.line, "has a label that is not UTF-8")
    return Example(row.text, label, probabilities=row.probabilities)


def _read_folder(folder: Path) -> Iterator[Row | Malformed]:
    """Yield the texts of a folder: one subfolder a label, in it one file a text."""
    labels = sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] != ".")
    if not labels:
        raise DataError(
            f"{folder} has no subfolders: put the texts of each label in a folder of its name, "
            "or name a file"
        )
    files = (path for label in labels for path in sorted(label.iterdir()) if path.name[0] != ".")
    for number, path in enumerate(filter(Path.is_file, files), start=1):
        text = path.read_bytes().decode("utf-8-sig", "surrogateescape")
        if not text.strip():
            yield Malformed(number, f"({path.relative_to(folder)}) is empty")
        elif not is_text(text):
            yield Malformed(number, f"({path.relative_to(folder)}) is not UTF-8")
        else:
            yield Row(number, text, path.parent.name)
