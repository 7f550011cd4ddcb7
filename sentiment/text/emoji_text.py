"""Emoji as the words of their names, so that an emoji never seen in training still says something.

"😂" becomes "face with tears of joy": "joy" and "tears" are words that the training texts teach.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import emoji

from sentiment.text.lazy_text import substituted

# demojize looks at one character at a time and is quadratic in a long chain of joined emoji, so
# it gets bounded runs. A keycap ("5️⃣") begins with an ASCII character.
_RUN = re.compile(r"[0-9#*]?[^\x00-\x7f\s]{1,64}")
# No text without one of these holds an emoji: what one begins with, what makes a keycap of a digit,
# and what demojize removes. It would take 0.7 µs a character of any other text.
OF_EMOJI = {name[0] for name in emoji.EMOJI_DATA if name[0] > "\x7f"} | set("\u20e3\ufe0e\ufe0f")
# Of the runs that people type, nearly all; and 4,096 of the longest names take 7 MB.
_LONGEST_REMEMBERED = 8

# "👍🏽" says what "👍" says, and its name would be "thumbs up medium skin tone".
_SKIN_TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))


def emoji_to_words(text: str) -> str:
    """Replace every emoji of `text` by the words of its English name, set off by spaces."""
    if OF_EMOJI.isdisjoint(text):
        return text
    return _RUN.sub(_words_of_run, text)


def emoji_to_words_lazily(text: str) -> Iterator[str]:
    """Yield what `emoji_to_words` returns, in parts that are made when asked for."""
    return substituted(_RUN, _words_of_run, text)


def _words_of_run(run: re.Match[str]) -> str:
    text = run[0]
    if OF_EMOJI.isdisjoint(text):
        return text
    return _remembered(text) if len(text) <= _LONGEST_REMEMBERED else _with_words(text)


def _with_words(run: str) -> str:
    # Every second piece between the delimiters is a name: "café", "red_heart", "!".
    pieces = emoji.demojize(run.translate(_SKIN_TONES), delimiters=("\x00", "\x00")).split("\x00")
    pieces[1::2] = [f" {name.replace('_', ' ').replace('-', ' ')} " for name in pieces[1::2]]
    return "".join(pieces)


_remembered = lru_cache(maxsize=4096)(_with_words)
