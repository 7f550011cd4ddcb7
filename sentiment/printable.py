"""Text that a terminal can show without being told anything by it."""

import re

# Control characters but for ends of lines, what turns the direction of writing, halves of emoji.
_NOT_SHOWN = re.compile(
    "[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)


def printable(text: str) -> str:
    """Return a text with U+FFFD for each character that is no sign, but an order."""
    return _NOT_SHOWN.sub("\ufffd", text)


def first_line(error: Exception) -> str:
    """Return what a library's error says, on one line; its name where it says nothing."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
