"""Long texts in parts that are made when they are asked for."""

import re
from collections.abc import Callable, Iterable, Iterator


def substituted(
    pattern: re.Pattern[str], change: Callable[[re.Match[str]], str], text: str
) -> Iterator[str]:
    """Yield what `pattern.sub(change, text)` joins."""
    end = 0
    for match in pattern.finditer(text):
        yield text[end : match.start()]
        yield change(match)
        end = match.end()
    yield text[end:]


def cut_at_spaces(chunks: Iterable[str]) -> Iterator[str]:
    """Yield the same text as `chunks`, cut after spaces only: the last of each chunk that has one.

    Nothing is yielded for an empty text.
    """
    begun: list[str] = []
    for chunk in chunks:
        whole, space, rest = chunk.rpartition(" ")
        if space:
            yield "".join([*begun, whole, space])
            begun.clear()
        begun.append(rest)
    if last := "".join(begun):
        yield last
