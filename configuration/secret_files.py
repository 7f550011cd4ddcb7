"""Secrets that are given in a file, as Docker and Kubernetes hand them over."""

from pathlib import Path

from pydantic import SecretStr

# Longer than any password; a file that is larger is not the one that was meant.
MOST_BYTES = 4_096


def secret(variable: str, given: SecretStr | None, file: Path | None) -> SecretStr | None:
    """Return a secret from where it was given, `variable` itself or the file; None if neither.

    Raises:
        ValueError: both are given, or the file holds no secret of one line. What it holds is not
            told.
    """
    if file is None:
        return given
    if given is not None:
        raise ValueError(f"{variable} and {variable}_FILE are both given: leave one out")
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise ValueError(f"{variable}_FILE: cannot read {file}: {error.strerror}") from None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = "\0"
    # Editors and `echo` end a file with a newline that is no part of the secret.
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise ValueError(f"{variable}_FILE: {file} is empty")
    if len(content) > MOST_BYTES or not text.isprintable():
        raise ValueError(f"{variable}_FILE: {file} does not hold one line of text")
    return SecretStr(text)


class Unprintable(str):
    """A secret for a library that wants a string, and may print all that it was given."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'**********'"

    __str__ = __repr__
