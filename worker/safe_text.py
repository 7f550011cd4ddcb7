"""Bytes that anybody may have written, as text that a terminal prints and never obeys."""

from collections.abc import Iterator

BYTES_A_LINE = 16


def escaped(content: bytes) -> str:
    r"""Return printable ASCII for any bytes, with an escape for everything else.

    Control characters, terminal escapes, bidi controls and NULs become `\x1b` or `\u202e`; a
    byte that is not UTF-8 becomes `\\xe9`, with two backslashes.
    """
    return ascii(content.decode(errors="backslashreplace"))[1:-1]


def shortened(text: str, most: int) -> str:
    """Return at most `most` characters of `text`; where some are left out, it ends in `...`."""
    return text if len(text) <= most else text[: most - 3] + "..."


def hexdump(content: bytes) -> Iterator[str]:
    """Yield lines of sixteen bytes: where they begin, in hexadecimal, and as ASCII."""
    for start in range(0, len(content), BYTES_A_LINE):
        line = content[start : start + BYTES_A_LINE]
        plain = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in line)
        yield f"{start:08x}  {line.hex(' '):<47}  |{plain}|"
