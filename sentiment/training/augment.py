"""Texts changed a little while learning, so that the network sees more than there are.

Each form changes what people vary without meaning something else. What they bring is in
docs/results.md: measure before you use them.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import get_args

import emoji
import numpy as np

from sentiment.settings import Augmentation
from sentiment.text.encoded_texts import EncodedTexts
from sentiment.text.preprocessor import Preprocessor

# Of the words of a text that is changed.
_SHARE_OF_WORDS = 0.1


class Variants:
    """Texts of which each epoch sees a share in another form."""

    def __init__(
        self,
        texts: Sequence[str],
        preprocessor: Preprocessor,
        forms: Sequence[Augmentation],
        share: float,
    ) -> None:
        self._texts = texts
        self._preprocessor = preprocessor
        self._changes = [_CHANGES[form] for form in forms]
        self._share = share

    def drawn(self, rng: np.random.Generator) -> EncodedTexts:
        """Return all texts, some of them changed in one of the forms, in the same order."""
        draw = random.Random(int(rng.integers(1 << 63)))
        return self._preprocessor(
            [
                draw.choice(self._changes)(text, draw) if draw.random() < self._share else text
                for text in self._texts
            ]
        )


def with_words_dropped(text: str, draw: random.Random) -> str:
    """Leave some words out, though not all."""
    words = text.split()
    kept = [word for word in words if draw.random() >= _SHARE_OF_WORDS]
    return " ".join(kept or words)


def with_words_swapped(text: str, draw: random.Random) -> str:
    """Let some words, and one at least where there are two, change places with the next."""
    words = text.split()
    if len(words) < 2:
        return text
    for _ in range(max(1, round(_SHARE_OF_WORDS * len(words)))):
        place = draw.randrange(len(words) - 1)
        words[place], words[place + 1] = words[place + 1], words[place]
    return " ".join(words)


def with_other_emoji(text: str, draw: random.Random) -> str:
    """Leave all emoji out, or write each three times, as some do and others do not."""
    times = draw.choice((0, 3))
    return emoji.replace_emoji(text, lambda characters, _: characters * times)


def with_other_hashtags(text: str, draw: random.Random) -> str:
    """Make hashtags words, or lower case; of a text without any, make a word one."""
    words = text.split()
    tags = [place for place, word in enumerate(words) if word[0] == "#" and len(word) > 1]
    if tags:
        plain = draw.random() < 0.5
        for place in tags:
            words[place] = words[place][1:] if plain else words[place].lower()
    elif places := [place for place, word in enumerate(words) if word.isalpha()]:
        place = draw.choice(places)
        words[place] = f"#{words[place]}"
    return " ".join(words)


_CHANGES: Mapping[Augmentation, Callable[[str, random.Random], str]] = dict(
    zip(
        get_args(Augmentation),
        (with_words_dropped, with_words_swapped, with_other_emoji, with_other_hashtags),
        strict=True,
    )
)
