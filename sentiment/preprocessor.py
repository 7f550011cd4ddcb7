"""Texts to ids: the one path from a string to the network's input, in training and in serving."""

from array import array
from collections.abc import Callable, Sequence

from sentiment.encoded_texts import EncodedTexts
from sentiment.normalize import normalize
from sentiment.settings import PreprocessorSettings
from sentiment.tokenizer import tokenize
from sentiment.vocabulary import Vocabulary

# What comes between two white spaces recurs: nine in ten pieces of a tweet have been seen before.
_REMEMBERED_PIECES = 1 << 16
_LONGEST_REMEMBERED = 32


class Preprocessor:
    """Normalises, tokenises and encodes texts."""

    def __init__(self, vocabulary: Vocabulary, settings: PreprocessorSettings) -> None:
        self.vocabulary = vocabulary
        self.settings = settings
        self._ids_of_piece = _RememberedIds(self._encode_piece)

    def __call__(self, texts: Sequence[str]) -> EncodedTexts:
        """Return the ids of each text, in the given order. Never raises for any string."""
        ids_of_piece = self._ids_of_piece.__getitem__
        characters, size = self.settings.max_characters, 4 * self.settings.max_tokens
        return EncodedTexts.of(
            [b"".join(map(ids_of_piece, text[:characters].split()))[:size] for text in texts]
        )

    def _encode_piece(self, piece: str) -> bytes:
        return array("i", map(self.vocabulary.id, tokenize(normalize(piece)))).tobytes()


def tokens(text: str, settings: PreprocessorSettings) -> list[str]:
    """Return the tokens that a `Preprocessor` with these settings encodes, in order."""
    return tokenize(normalize(text[: settings.max_characters]))[: settings.max_tokens]


class _RememberedIds(dict[str, bytes]):
    """The ids of pieces of text, as the bytes of int32: joining them is one call in C.

    When it is full it starts afresh, so that it follows what people talk about.
    """

    def __init__(self, encode: Callable[[str], bytes]) -> None:
        super().__init__()
        self._encode = encode

    def __missing__(self, piece: str) -> bytes:
        ids = self._encode(piece)
        if len(piece) <= _LONGEST_REMEMBERED:
            if len(self) >= _REMEMBERED_PIECES:
                self.clear()
            self[piece] = ids
        return ids
