"""Texts to ids: the one path from a string to the network's input, in training and in serving."""

import re
from collections.abc import Sequence

from sentiment.settings import PreprocessorSettings
from sentiment.text.encoded_texts import EncodedTexts
from sentiment.text.normalize import normalize
from sentiment.text.piece_ids import PieceIds
from sentiment.text.tokenizer import tokenize
from sentiment.text.unseen_words import UnseenWords
from sentiment.text.vocabulary import Vocabulary

# Characters of a text that is prepared in one go, which is quicker than to count its tokens.
SHORT = 512
# A piece of these alone has no token. A text may have thousands, at 3 µs each by the rules.
NO_TOKEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b\u200e\u200f\u2060\ufe0e\ufe0f\ufeff]+"
)


class Preprocessor:
    """Normalises, tokenises and encodes texts.

    The work on one text is bounded: of its first `max_characters`, whatever comes after the first
    `max_tokens` tokens is not looked at. The ids are those of `tokens`, which looks at everything.
    """

    def __init__(self, vocabulary: Vocabulary, settings: PreprocessorSettings) -> None:
        self.vocabulary = vocabulary
        self.settings = settings
        self._unseen = UnseenWords() if settings.spelling else None
        self._ids_of_piece = PieceIds(vocabulary, settings.max_tokens, self._unseen)

    def __call__(self, texts: Sequence[str]) -> EncodedTexts:
        """Return the ids of each text, in the given order. Never raises for any string."""
        if self._unseen is not None and self._unseen.full:
            self._unseen.clear()
            self._ids_of_piece.clear()
        ids_of_piece = self._ids_of_piece.__getitem__
        size, short = 4 * self.settings.max_tokens, min(SHORT, self.settings.max_characters)
        rows = [
            b"".join(map(ids_of_piece, text.split()))[:size]
            if len(text) <= short
            else self._of_long(text)
            for text in texts
        ]
        return EncodedTexts.of(rows) if self._unseen is None else self._unseen.encoded(rows)

    def _of_long(self, text: str) -> bytes:
        size = 4 * self.settings.max_tokens
        ids = bytearray()
        for piece in text[: self.settings.max_characters].split():
            if NO_TOKEN.fullmatch(piece) is None:
                ids += self._ids_of_piece[piece]
            if len(ids) >= size:
                break
        return bytes(ids[:size])


def tokens(text: str, settings: PreprocessorSettings) -> list[str]:
    """Return the tokens that a `Preprocessor` with these settings encodes, in order."""
    return tokenize(normalize(text[: settings.max_characters]))[: settings.max_tokens]
