"""A folder of labelled texts: one subfolder a label, in it one file a text.

A file is read as those of many texts are: gzip or not, and UTF-16 if it has a byte order mark.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from sentiment.counting import counted
from sentiment.data.decoding import AUTO, Decoding
from sentiment.data.lines import LONGEST_LINE_BYTES, TOO_LONG, Lines, is_text
from sentiment.data.row import Malformed, Row
from sentiment.errors import DataError

# Files to tell an encoding from.
_SAMPLED = 1000


class Folder:
    """The texts of a folder, by label and then by the files' names, whatever these are.

    Attributes:
        name: What to call it in messages.
        drained: Never, for all that will come is there.
    """

    def __init__(self, path: Path, encoding: str = AUTO) -> None:
        """Take a folder.

        Raises:
            SettingsError: There is no such encoding.
        """
        self.name = str(path)
        self.drained = False
        self._path = path
        self._decoding = Decoding(encoding)
        self._passed_over: list[Path] = []

    def rows(self) -> Iterator[Row | Malformed]:
        """Yield the texts; their "lines" are the files, from 1.

        Raises:
            DataError: There are no subfolders, or all of them have subfolders; a file cannot be
                read.
        """
        labels = self._labels()
        for number, path in enumerate(_files(labels), start=1):
            named = f"({path.relative_to(self._path)})"
            content = _content(path)
            if len(content) > LONGEST_LINE_BYTES:
                yield Malformed(number, f"{named} {TOO_LONG}")
                continue
            others = map(_content, islice(_files(labels), _SAMPLED))
            text = self._decoding.text(content, others).removeprefix("\ufeff")
            if not text.strip():
                yield Malformed(number, f"{named} is empty")
            elif not is_text(text):
                yield Malformed(number, f"{named} is not UTF-8")
            else:
                yield Row(number, text, path.parent.name)

    def note(self) -> str | None:
        """Return a line that tells what was passed over, or not read as UTF-8, or None."""
        notes = [self._decoding.note(str(self._path), "file")]
        if self._passed_over:
            first = [str(path.relative_to(self._path)) for path in self._passed_over[:3]]
            notes.append(
                f"{self._path}: {counted(len(self._passed_over), 'other thing')} passed over, as "
                f"({', '.join(first)}): only files right in the folder of a label are read"
            )
        return "; ".join(filter(None, notes)) or None

    def _labels(self) -> list[Path]:
        labels, beside = _folders_and_files(self._path)
        if not labels:
            raise DataError(
                f"{self._path} has no subfolders: put the texts of each label in a folder of its "
                "name, or name a file"
            )
        within = [_folders_and_files(label)[0] for label in labels]
        if all(within):
            raise DataError(
                f"{self._path} has folders in each of its folders: name one of these, as "
                f"{labels[-1]}, if its folders are the labels"
            )
        self._passed_over = [*beside, *chain.from_iterable(within)]
        return labels


def _files(labels: Sequence[Path]) -> Iterator[Path]:
    return chain.from_iterable(_folders_and_files(label)[1] for label in labels)


def _folders_and_files(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return what is in a folder, but for what is hidden."""
    try:
        seen = sorted(path for path in folder.iterdir() if path.name[0] != ".")
    except OSError as error:
        raise DataError(f"{folder} cannot be read: {error.strerror}") from error
    folders = [path for path in seen if path.is_dir()]
    return folders, [path for path in seen if path.is_file()]


def _content(path: Path) -> bytes:
    """Return what is in a file, or the beginning of it if it is too long."""
    content = bytearray()
    for line in Lines(path).undecoded():
        content += line
        if len(content) > LONGEST_LINE_BYTES:
            break
    return bytes(content)
