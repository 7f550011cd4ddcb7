"""Finds texts that say the same, so that none is learnt from and measured with at once."""

import re
from collections.abc import Iterable

from sentiment.text.normalize import URL, USER, normalize
from sentiment.text.tokenizer import IN_WORDS

_NO_WORD = re.compile(rf"{USER}|{URL}|\brt\b|[^{IN_WORDS}]")


def key(text: str) -> str:
    """Return the words of a text, without handles, links, case and punctuation.

    A text of no words, such as a lone link, is its own key.
    """
    return " ".join(_NO_WORD.sub(" ", normalize(text)).split()) or text


def first_of_each(keys: Iterable[str]) -> list[int]:
    """Return the places of the keys that come for the first time."""
    first: dict[str, int] = {}
    for place, each in enumerate(keys):
        first.setdefault(each, place)
    return list(first.values())
