"""Labelled texts, read from files and folders."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sentiment.counting import counted
from sentiment.data.class_names import ClassNames
from sentiment.data.decoding import AUTO
from sentiment.data.folder import Folder
from sentiment.data.left_out import LeftOut
from sentiment.data.lines import Lines, is_text
from sentiment.data.row import Columns, Malformed, Row
from sentiment.data.rows import read_rows
from sentiment.data.soft_labels import likeliest
from sentiment.data.times import seconds_of_id
from sentiment.errors import DataError, SettingsError

_NUMBER = re.compile(r"\A\s*[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?%?\s*\Z")


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
        malformed: Lines that could not be read, each a row unless a row went over several.
        original_labels: The labels before any was renamed.
    """

    examples: list[Example]
    files: tuple[str, ...]
    malformed: int
    original_labels: frozenset[str]


def read_labelled(
    paths: Sequence[Path],
    columns: Columns,
    warn: Callable[[str], None],
    weights: Sequence[float] = (),
    encoding: str = AUTO,
) -> Dataset:
    """Read JSONL, CSV, TSV and Parquet files, and folders with one subfolder a label.

    A row that is malformed, or has an empty text or label, is left out: `warn` gets a line for
    the first few of each file and one with the count of the others, and one for what was not UTF-8.
    `weights` are those of the files' texts, one for each path; without any, all texts weigh 1.

    Raises:
        DataError: A file cannot be read, has not the columns, or has no usable row; the texts are
            numbers.
        SettingsError: There are weights, but not one for each path; there is no such encoding.
    """
    if weights and len(weights) != len(paths):
        raise SettingsError(
            f"--data names {len(paths)} files and --data-weights {len(weights)} weights: "
            "give one weight for each file, in the same order"
        )
    examples: list[Example] = []
    malformed = 0
    names = ClassNames(columns.renames)
    for path, weight in zip(paths, weights or (1.0,) * len(paths), strict=True):
        read, lines = _read(path, columns, encoding, names, warn)
        examples += read if weight == 1 else (each._replace(weight=weight) for each in read)
        malformed += lines
    files = tuple(path.name.encode(errors="replace").decode() for path in paths)
    return Dataset(examples, files, malformed, frozenset(names.seen))


def _read(
    path: Path, columns: Columns, encoding: str, names: ClassNames, warn: Callable[[str], None]
) -> tuple[list[Example], int]:
    """Return the texts of a file or folder, and how many lines were malformed."""
    source = Folder(path, encoding) if path.is_dir() else Lines(path, encoding)
    rows = source.rows() if isinstance(source, Folder) else read_rows(source, columns)
    warnings: list[str] = []
    left_out = LeftOut(str(path), warnings.append)
    examples: list[Example] = []
    several_lines: list[Row] = []
    unwanted = 0
    for row in rows:
        usable = _usable(row, names)
        if isinstance(usable, Malformed):
            left_out.add(usable)
        elif usable is None:
            unwanted += 1
        else:
            examples.append(usable)
            if isinstance(row, Row) and row.lines > 1:
                several_lines.append(row)
    if not examples:
        all_unwanted = unwanted and not left_out.first
        why = "--labels leaves all of them out" if all_unwanted else left_out.why_all()
        raise DataError(f"{path} has no labelled text: {why}")
    _check_words(path, examples)
    left_out.end()
    if unwanted:
        warnings.append(f"{path}: {counted(unwanted, 'text')} left out, as --labels says")
    if several_lines:
        warnings.append(f"{path}: {_of_several_lines(several_lines)}")
    for warning in (*warnings, source.note()):  # Not before no error will say it all.
        if warning:
            warn(warning)
    return examples, left_out.count


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


def _usable(row: Row | Malformed, names: ClassNames) -> Example | Malformed | None:
    """Return the row's text and label, or why it has none; None where its label is not wanted."""
    if isinstance(row, Malformed):
        return row
    if not row.text.strip():
        return Malformed(row.line, "has an empty text", row.lines)
    label = row.label or (likeliest(row.probabilities) if row.probabilities else "")
    if not label:
        return Malformed(row.line, "has an empty label", row.lines)
    if not is_text(label):
        return Malformed(row.line, "has a label that is not UTF-8", row.lines)
    time = seconds_of_id(row.id) if row.time is None else row.time
    soft = _renamed(row.probabilities, names) if row.probabilities else None
    return Example(row.text, names[label], 1.0, soft, row.group, time) if names[label] else None


def _renamed(probabilities: Mapping[str, float], names: ClassNames) -> dict[str, float] | None:
    """Return the shares by the labels' new names, of those that are wanted; None without any."""
    shares = {names[label]: 0.0 for label in probabilities if names[label]}
    for label, share in probabilities.items():
        if names[label]:
            shares[names[label]] += share
    total = sum(shares.values())
    if not total:
        return None
    return {label: share / total for label, share in shares.items()}


def _of_several_lines(rows: Sequence[Row]) -> str:
    longest = max(rows, key=lambda row: row.lines)
    return (
        f"{counted(len(rows), 'row')} of several lines, up to {longest.lines:,} (from line "
        f"{longest.line:,}): is a quotation mark missing?"
    )


def _check_words(path: Path, examples: Sequence[Example]) -> None:
    numbers = [example.text for example in examples if _NUMBER.match(example.text)]
    if len(numbers) > len(examples) / 2:
        raise DataError(
            f"{path}: {len(numbers):,} of {counted(len(examples), 'text')} are numbers, as "
            f"{numbers[0].strip()[:40]!r}: name the column of the texts with --text-column"
        )
