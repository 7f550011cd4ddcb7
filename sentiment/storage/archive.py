"""Zip archives that anyone may have made: nothing is unpacked before its size is known and bounded.

An archive of a few kilobytes can unpack to gigabytes, hold a million members, or name files outside
of itself. Here nothing is ever written to disk, members are bounded in number and in size, and no
more of a member is unpacked than was said of it.
"""

import struct
import zipfile
from io import BytesIO
from typing import IO

# The end of an archive without a comment: signature, disks, members (here, in all), and where the
# directory is: its size, its place, the comment's size.
_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_LARGE_LOCATOR = b"PK\x06\x07"
_LOCATOR_SIZE = 20
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# A member takes some 100 bytes in it.
_LARGEST_DIRECTORY = 1 << 16


class BadArchive(Exception):
    """It is no archive that we read; the message says why, without naming the file."""


class Archive:
    """The members of a zip archive in memory.

    Args:
        content: The archive.
        most_members: Members that it may have.
        most_bytes: Bytes that all of them may have, unpacked.

    Raises:
        BadArchive: It is damaged, or holds more than that.
    """

    def __init__(self, content: bytes, most_members: int, most_bytes: int) -> None:
        _check_end(content, most_members)
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
            raise BadArchive(f"is damaged ({error})") from error
        self._members = {member.filename: member for member in self._zip.infolist()}
        if len(self._members) != len(self._zip.infolist()):
            raise BadArchive("names a member twice")
        for member in self._members.values():
            _check_member(member)
        size = sum(member.file_size for member in self._members.values())
        if size > most_bytes:
            raise BadArchive(f"unpacks to {size:,} bytes, and may to {most_bytes:,}")

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names, in the archive's order."""
        return tuple(self._members)

    def size(self, name: str) -> int:
        """Return how many bytes a member says it has."""
        return self._members[name].file_size

    def open(self, name: str) -> IO[bytes]:
        """Open a member; give every `read` of it a number of bytes, which then bounds memory.

        Raises:
            BadArchive: It is not there, or damaged.
        """
        if name not in self._members:
            raise BadArchive(f"has no {name}")
        try:
            return self._zip.open(self._members[name])
        except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError) as error:
            raise BadArchive(f"is damaged ({error})") from error

    def read(self, name: str) -> bytes:
        """Return a member's content.

        Raises:
            BadArchive: It is not there, damaged, or of another size than it says.
        """
        with self.open(name) as member:
            return read_exactly(member, self.size(name))


def deflated(content: bytes) -> bytes:
    """Return an archive of our own with the same members, which take less room."""
    smaller = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as given,
        zipfile.ZipFile(smaller, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            made.writestr(name, given.read(name))
    return smaller.getvalue()


def read_exactly(member: IO[bytes], size: int) -> bytes:
    """Return the rest of an opened member, which is of this size.

    Raises:
        BadArchive: It is shorter or damaged. A longer one has a wrong checksum.
    """
    try:
        # The number bounds what is unpacked; without it, zlib would unpack all that there is. The
        # second read finds the end, where the checksum is compared.
        content = member.read(size) if size else b""
        rest = member.read(1)
    except Exception as error:  # zlib and zipfile have errors of their own, among others.
        raise BadArchive(f"is damaged ({error})") from error
    if len(content) != size or rest:
        raise BadArchive("is damaged (a member is not as long as it says)")
    return content


def _check_end(content: bytes, most_members: int) -> None:
    if len(content) < _END.size:
        raise BadArchive("is no archive")
    fields = _END.unpack(content[-_END.size :])
    signature, _, _, _, members, directory_size, _, comment_size = fields
    if signature != _END_SIGNATURE or comment_size:
        raise BadArchive("is no archive that ends as it should")
    # Numbers that override those of the end: only archives of more than 2 GB need them.
    if content[-_END.size - _LOCATOR_SIZE :].startswith(_LARGE_LOCATOR):
        raise BadArchive("is an archive of the kind for large files")
    if members > most_members or directory_size > _LARGEST_DIRECTORY:
        raise BadArchive(f"has more than {most_members} members")


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.filename
    if name.startswith("/") or "\\" in name or ".." in name.split("/") or not name.isprintable():
        raise BadArchive(f"names a place outside of itself ({name!r})")
    if member.flag_bits & _ENCRYPTED or member.compress_type not in _METHODS:
        raise BadArchive(f"holds {name} in a form that is not read (encrypted, or not deflated)")
