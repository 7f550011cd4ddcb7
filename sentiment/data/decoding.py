"""Bytes to text: UTF-8 wherever it is, and another encoding where it is not."""

import codecs
from collections.abc import Iterable

from sentiment.counting import counted
from sentiment.errors import SettingsError

AUTO = "auto"
# Enough to tell an encoding; more only takes longer.
_SAMPLE_BYTES = 1 << 14
# What the web takes text for that says nothing else; Latin-1 and more.
_USUAL = "cp1252"
# Told apart by charset-normalizer. It knows a hundred, most of them never used for texts of
# today, and the fewer signs it sees the more of these it takes for the likeliest.
_WESTERN = [_USUAL, "cp1250", "cp1254"]
_OTHERS = ["cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874"]
_EAST_ASIAN = ["cp932", "euc_jp", "cp949", "big5", "gb18030"]
# Of the letters of a line in a Latin script fewer are not ASCII, of a line in another more.
_MOST_IN_LATIN = 0.25
_NOT_IN_USUAL = b"\x81\x8d\x8f\x90\x9d"


class Decoding:
    """Decodes the lines of one source.

    Files grow from several sources, so each line is tried as UTF-8 first. The others are read in
    one encoding, told or detected from them. Told "utf-8", they are not read at all: each byte
    that is not UTF-8 becomes a lone surrogate, which `is_text` finds.

    Attributes:
        lines: How many lines were read in the other encoding.
        replaced: Characters of these that it does not have, now "\ufffd".
    """

    def __init__(self, encoding: str = AUTO) -> None:
        """Take the name of an encoding, or "auto" to detect it.

        Raises:
            SettingsError: There is no such encoding, or its lines do not end as those of ASCII.
        """
        self.lines = 0
        self.replaced = 0
        self._encoding = None if encoding == AUTO else _checked(encoding)

    def text(self, line: bytes, others: Iterable[bytes] = ()) -> str:
        """Return what a line says.

        Args:
            line: The bytes of it.
            others: Further lines to detect the encoding from, if that is to be done now.
        """
        try:
            return line.decode()
        except UnicodeDecodeError:
            if self._encoding is None:
                self._encoding = _detected(_sample(line, others))
        if self._encoding == "utf-8":
            return line.decode("utf-8", "surrogateescape")
        text = line.decode(self._encoding, "replace")
        self.lines += 1
        self.replaced += text.count("\ufffd")
        return text

    def note(self, source: str, what: str = "line") -> str | None:
        """Return a line that tells what was read otherwise than as UTF-8, or None."""
        if not self.lines:
            return None
        return (
            f"{source}: {counted(self.lines, what)} not of UTF-8, read as {self._encoding} with "
            f"{counted(self.replaced, 'character')} replaced (--encoding names another)"
        )


def _checked(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        plain = "a,\t\n".encode(name) == b"a,\t\n"
    except (LookupError, ValueError) as error:
        raise SettingsError(f"--encoding: there is no encoding {encoding!r}: try cp1252") from error
    if not plain:
        raise SettingsError(
            f"--encoding {encoding}: only those that agree with ASCII can be told (UTF-16 and "
            "UTF-32 are read without, if they have a byte order mark)"
        )
    return name


def _sample(line: bytes, others: Iterable[bytes]) -> bytes:
    sample = bytearray(line[:_SAMPLE_BYTES])
    for other in others:
        if len(sample) >= _SAMPLE_BYTES:
            break
        try:
            other.decode()
        except UnicodeDecodeError:
            sample += b"\n" + other[:_SAMPLE_BYTES]
    return bytes(sample)


def _detected(sample: bytes) -> str:
    """Return the likeliest encoding, the usual one where others are as likely."""
    from charset_normalizer import from_bytes  # noqa: PLC0415  (slow)

    letters = sum(byte > 127 or chr(byte).isalpha() for byte in sample)
    encodings = _WESTERN + _OTHERS + _EAST_ASIAN
    if sum(byte > 127 for byte in sample) < _MOST_IN_LATIN * letters:
        encodings, sample = _WESTERN, sample.translate(None, _NOT_IN_USUAL)
    matches = from_bytes(sample, cp_isolation=encodings)
    best = matches.best()
    if best is None:
        return _USUAL
    as_likely = (match for match in matches if match.chaos <= best.chaos + 0.02)
    if any(_USUAL in match.could_be_from_charset for match in as_likely):
        return _USUAL
    return best.encoding
