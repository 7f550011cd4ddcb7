"""Texts to ids: the one path from a string to the network's input, in training and in serving."""

from collections.abc import Sequence

from sentiment.encoded_texts import EncodedTexts
from sentiment.normalize import normalize
from sentiment.piece_ids import PieceIds
from sentiment.settings import PreprocessorSettings
from sentiment.tokenizer import tokenize
from sentiment.vocabulary import Vocabulary


class Preprocessor:
    """Normalises, tokenises and encodes texts."""

    def __init__(self, vocabulary: Vocabulary, settings: PreprocessorSettings) -> None:
        self.vocabulary = vocabulary
        self.settings = settings
        self._ids_of_piece = PieceIds(vocabulary)

    def __call__(self, texts: Sequence[str]) -> EncodedTexts:
        """Return the ids of each text, in the given order. Never raises for any string."""
        ids_of_piece = self._ids_of_piece.__getitem__
        characters, size = self.settings.max_characters, 4 * self.settings.max_tokens
        return EncodedTexts.of(
            [b"".join(map(ids_of_piece, text[:characters].split()))[:size] for text in texts]
        )


def tokens(text: str, settings: PreprocessorSettings) -> list[str]:
    """Return the tokens that a `Preprocessor` with these settings encodes, in order."""
    return tokenize(normalize(text[: settings.max_characters]))[: settings.max_tokens]
