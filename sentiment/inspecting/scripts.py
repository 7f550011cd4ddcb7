"""In which script a text is written."""

import unicodedata
from collections import Counter

NONE = "none"
_OF_CJK = ("CJK", "HIRAGANA", "KATAKANA")

_script_of: dict[str, str] = {}


def script(text: str) -> str:
    """Return the script of most of a text's letters, as Unicode names it: "LATIN", "CYRILLIC".

    Chinese characters and the scripts of Japan are "CJK"; a text without letters has none.
    """
    if text.isascii():
        return "LATIN" if any(map(str.isalpha, text)) else NONE
    counts: Counter[str] = Counter()
    for character, count in Counter(text).items():
        counts[_of_character(character)] += count
    del counts[NONE]
    return min(counts, key=lambda name: (-counts[name], name)) if counts else NONE


def _of_character(character: str) -> str:
    if character not in _script_of:
        name = unicodedata.name(character, "") if character.isalpha() else ""
        first = name.split(" ", 1)[0].split("-", 1)[0]
        _script_of[character] = ("CJK" if first in _OF_CJK else first) or NONE
    return _script_of[character]
