"""Directories in which a manifest, a JSON file, vouches for all other files by their SHA-256."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from sentiment.errors import BundleError

_Manifest = TypeVar("_Manifest", bound=msgspec.Struct)


class _Format(msgspec.Struct):
    format: int


class Vouched(NamedTuple):
    """A kind of such directories.

    Attributes:
        manifest: Name of the manifest: "bundle.json".
        format: Version of their layout.
        again: How to have one of this version: "train the model again".
        remedy: What to do about one that is not as it was written: "restore or retrain the model".
    """

    manifest: str
    format: int
    again: str
    remedy: str

    def write_manifest(self, folder: Path, manifest: msgspec.Struct, names: Iterable[str]) -> None:
        """Write a manifest, indented, that vouches for these files, which are there already."""
        hashes = {name: _sha256((folder / name).read_bytes()) for name in names}
        whole = msgspec.structs.replace(manifest, files=hashes)
        content = msgspec.json.format(msgspec.json.encode(whole)) + b"\n"
        (folder / self.manifest).write_bytes(content)

    def read_manifest(self, content: bytes, kind: type[_Manifest]) -> _Manifest:
        """Return the content of a manifest.

        Raises:
            BundleError: It is damaged or of another format; goes on from the file's name.
        """
        try:
            written_as = msgspec.json.decode(content, type=_Format).format
            if written_as != self.format:
                raise BundleError(
                    f"has format {written_as}, this version reads format {self.format}: "
                    f"{self.again}, or use the version that wrote it"
                )
            return msgspec.json.decode(content, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise BundleError(f"is damaged ({error}): {self.remedy}") from error

    def verified(self, path: Path, content: bytes, files: Mapping[str, str]) -> bytes:
        """Return the content of a file, for which `files` of the manifest vouches.

        Raises:
            BundleError: It is another one.
        """
        if _sha256(content) != files.get(path.name):
            raise BundleError(
                f"{path} is not the file that {self.manifest} vouches for (its SHA-256 differs): "
                f"{self.remedy}"
            )
        return content


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
