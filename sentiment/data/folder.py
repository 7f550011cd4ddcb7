"""A folder of labelled texts: one subfolder a label, in it one file a text."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sentiment.data.decoding import AUTO, Decoding
from sentiment.data.lines import LONGEST_LINE_BYTES, TOO_LONG, is_text
from sentiment.data.row import Malformed, Row
from sentiment.errors import DataError

# Files to tell an encoding from.
_SAMPLED = 1000


class Folder:
    """The texts of a folder, by label and then by the files' names, whatever these are."""

    def __init__(self, path: Path, encoding: str = AUTO) -> None:
        """Take a folder.

        Raises:
            SettingsError: There is no such encoding.
        """
        self._path = path
        self._decoding = Decoding(encoding)

    def rows(self) -> Iterator[Row | Malformed]:
        """Yield the texts; their "lines" are the files, from 1.

        Raises:
            DataError: There are no subfolders, or a file cannot be read.
        """
        for number, path in enumerate(self._files(), start=1):
            named = f"({path.relative_to(self._path)})"
            content = _content(path)
            if len(content) > LONGEST_LINE_BYTES:
                yield Malformed(number, f"{named} {TOO_LONG}")
                continue
            others = map(_content, islice(self._files(), _SAMPLED))
            text = self._decoding.text(content, others).removeprefix("\ufeff")
            if not text.strip():
                yield Malformed(number, f"{named} is empty")
            elif not is_text(text):
                yield Malformed(number, f"{named} is not UTF-8")
            else:
                yield Row(number, text, path.parent.name)

    def note(self) -> str | None:
        """Return a line that tells which files were not read as UTF-8, or None."""
        return self._decoding.note(str(self._path), "file")

    def _files(self) -> Iterator[Path]:
        labels = sorted(
            path for path in self._path.iterdir() if path.is_dir() and path.name[0] != "."
        )
        if not labels:
            raise DataError(
                f"{self._path} has no subfolders: put the texts of each label in a folder of its "
                "name, or name a file"
            )
        files = (path for label in labels for path in sorted(label.iterdir()))
        return (path for path in files if path.name[0] != "." and path.is_file())


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LONGEST_LINE_BYTES + 1)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
