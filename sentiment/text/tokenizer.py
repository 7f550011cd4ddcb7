"""Normalised text to tokens: words, placeholders and signs."""

import re
from collections.abc import Iterator

from sentiment.text.normalize import URL, USER

# Python's \w leaves out the vowel signs that are part of words in Arabic, Hebrew, the scripts of
# India and of South-East Asia, and the joiners between them.
_MARKS = (
    r"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u109f\u1780-\u17d3\u200c\u200d"
)
IN_WORDS = rf"\w{_MARKS}"
_WORD = rf"[{IN_WORDS}]+(?:'[{IN_WORDS}]+)*"
# Control characters and broken surrogates are nothing.
_SIGN = r"!!|\?\?|\.\.|[^\w\s\x00-\x1f\x7f-\x9f\ud800-\udfff]"
TOKEN = re.compile(rf"{_WORD}|{USER}|{URL}|{_SIGN}")


def tokenize(text: str) -> list[str]:
    """Return the tokens of normalised `text`, in order: "i'm", "<user>", "!!"."""
    return TOKEN.findall(text)


def tokens_lazily(text: str) -> Iterator[str]:
    """Yield the same tokens, each found when it is asked for."""
    return (token[0] for token in TOKEN.finditer(text))
