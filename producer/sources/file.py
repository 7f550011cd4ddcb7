"""Files of tweets, each also gzipped, one after another."""

import argparse
import contextlib
import gzip
import io
import stat
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from producer.envelope import Malformed, Record
from producer.errors import UnreadableSource, UsageError
from producer.formats import AUTO, add_format_options, read_records
from producer.sources.source import SourceCommand
from producer.tables import Columns

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_FORMAT_OF = {".jsonl": "jsonl", ".csv": "csv", ".tsv": "tsv", ".txt": "text"}


class Files:
    """Files in the order given, from beginning to end, once or again and again."""

    live = False

    def __init__(
        self, paths: Sequence[Path], format_name: str, columns: Columns, loop: bool = False
    ) -> None:
        """Look into every file, so that none is found missing or broken after others are sent.

        Raises:
            UnreadableSource: a file is missing, a folder, broken, empty or lacks a column.
            UsageError: a file's format cannot be told.
        """
        self._columns = columns
        self._loop = loop
        self._files: list[tuple[Path, str]] = []
        self._bytes = self._bytes_read = 0
        for path in paths:
            with _told_in_a_line(path):
                status = path.stat()
            self._bytes += status.st_size
            self._files.append((path, _format(path, format_name)))
            if not stat.S_ISFIFO(status.st_mode):  # what is read from a pipe is gone
                with contextlib.closing(self._read(*self._files[-1])) as items:
                    next(items)

    def records(self) -> Iterator[Record | Malformed]:
        """Yield what the files hold, file by file."""
        while True:
            self._bytes_read = 0
            for path, path_format in self._files:
                yield from self._read(path, path_format)
            if not self._loop:
                return

    def fraction_read(self) -> float | None:
        """Return the fraction by bytes, compressed ones where they are; None in a loop."""
        return None if self._loop or not self._bytes else self._bytes_read / self._bytes

    def _read(self, path: Path, format_name: str) -> Generator[Record | Malformed, None, None]:
        lines = tweets = 0
        with (
            _told_in_a_line(path),
            io.BufferedReader(_CountedFile(path, self._count)) as on_disk,
            gzip.GzipFile(fileobj=on_disk) if _is_gzip(path) else on_disk as stream,
        ):
            for item in read_records(stream, str(path), format_name, self._columns):
                lines += 1
                tweets += isinstance(item, Record)
                yield item
        if not tweets:
            why = "no line of it can be read as one" if lines else "it is empty"
            raise UnreadableSource(f"{path} holds no tweet: {why}")

    def _count(self, read_bytes: int) -> None:
        self._bytes_read += read_bytes


class _CountedFile(io.FileIO):
    """A file that tells how many bytes leave it, which its position does not while zipped."""

    def __init__(self, path: Path, count: Callable[[int], None]) -> None:
        super().__init__(path)
        self._count = count

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Read as every raw file does, and tell."""
        size = super().readinto(buffer)
        self._count(size or 0)
        return size


@contextlib.contextmanager
def _told_in_a_line(path: Path) -> Iterator[None]:
    """Tell what is wrong with a file by its name."""
    try:
        yield
    except FileNotFoundError:
        raise UnreadableSource(f"there is no file {path}") from None
    except IsADirectoryError:
        raise UnreadableSource(f"{path} is a folder: name the files in it") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableSource(f"{path} is broken gzip: {error}") from error
    except OSError as error:
        raise UnreadableSource(f"{path} cannot be read: {error.strerror or error}") from error


def _is_gzip(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


def _format(path: Path, format_name: str) -> str:
    if format_name != AUTO or path.is_dir():  # opening a folder tells what it is
        return format_name
    extension = (path.with_suffix("") if _is_gzip(path) else path).suffix.lower()
    if extension not in _FORMAT_OF:
        raise UsageError(
            f"{path}: its extension is none of {', '.join(_FORMAT_OF)} (or one of these and .gz): "
            "say what it holds with --format"
        )
    return _FORMAT_OF[extension]


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="file to publish")
    add_format_options(parser)
    parser.add_argument(
        "--loop",
        action="store_true",
        help="begin again after the last file, until interrupted or --limit",
    )


def _open(arguments: argparse.Namespace) -> Files:
    columns = Columns.parse(arguments.text_column, arguments.id_column)
    return Files(arguments.paths, arguments.format, columns, arguments.loop)


COMMAND = SourceCommand("file", "publish files", _add_options, _open)
