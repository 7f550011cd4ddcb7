"""Words that the vocabulary lacks, by their spelling, for networks that read it."""

import sys
from collections.abc import Sequence

from sentiment.text.encoded_texts import EncodedTexts
from sentiment.text.vocabulary import UNKNOWN_ID

# The longest word of English has 45 letters; of what is longer, the beginning is kept.
LONGEST_WORD = 48
# Between two batches; with one of 65,536 words on top, some 20 MB.
_MOST_REMEMBERED = 1 << 16


class UnseenWords:
    """Numbers such words from -1 down, until it is emptied.

    A word is told by what it is made of: of a sign, or of nothing but signs, the spelling says
    nothing, and it is simply unknown.
    """

    def __init__(self) -> None:
        self._bytes: dict[str, bytes] = {}
        self._words: list[str] = []
        self._unknown = UNKNOWN_ID.to_bytes(4, sys.byteorder)

    @property
    def full(self) -> bool:
        """Whether it is time to empty it."""
        return len(self._words) > _MOST_REMEMBERED

    def clear(self) -> None:
        """Forget all words; whoever remembers their ids must forget these too."""
        self._bytes.clear()
        self._words.clear()

    def bytes_of(self, word: str) -> bytes:
        """Return a word's id as the bytes of an int32."""
        if not has_spelling(word):
            return self._unknown
        word = word[:LONGEST_WORD]
        known = self._bytes.get(word)
        if known is None:
            self._words.append(word)
            known = self._bytes[word] = (-len(self._words)).to_bytes(4, sys.byteorder, signed=True)
        return known

    def encoded(self, rows: Sequence[bytes]) -> EncodedTexts:
        """Join texts, each given as the bytes of its ids, to a batch with its own unseen words.

        What becomes of them does not depend on which words came before.
        """
        return EncodedTexts.of(rows).renumbered(self._words)


def has_spelling(token: str) -> bool:
    """Return whether a token is a word: what it begins with is a letter or a digit."""
    return token[:1].isalnum()
