"""How a teacher reads texts: the network's own tokens, in pieces that the teacher knows.

It reads the tokens that the network will read, so that a word means the same to both; at most 128
pieces, of which the first stands for the whole text.
"""

from typing import Any

import tokenizers

from sentiment.errors import BundleError
from sentiment.printable import first_line
from sentiment.settings import PreprocessorSettings
from sentiment.teaching.teacher_directory import CONFIG, TOKENIZER, TeacherDirectory
from sentiment.text.normalize import URL, USER
from sentiment.text.preprocessor import tokens

MOST_PIECES = 128
READ = PreprocessorSettings(MOST_PIECES, 64 * MOST_PIECES)
# What a teacher has met before. Its pieces are a fifth fewer than those of the raw tweet.
_PLAIN = {USER: "user", URL: "http"}
# First and last piece of an empty text.
_FRAMES = (["[CLS]", "[SEP]"], ["<s>", "</s>"])
# A space before a word in byte-level BPE, and in SentencePiece.
_OF_BYTES, _OF_TEXT = "Ġ", "▁"
_BYTE_LEVEL = tokenizers.decoders.ByteLevel()
# Some vocabularies are a few pieces larger than their tokenizer has, to be a round number.
_ROUNDED = 0.02
# Pieces of two letters are seldom words.
_SHORTEST_WORD = 3


def as_read(text: str) -> str:
    """Return a text as a teacher reads it: the network's own tokens, in words that it knows."""
    return " ".join(_PLAIN.get(token, token) for token in tokens(text, READ))


def own_words(teacher: TeacherDirectory) -> list[str]:
    """Return the words that are one piece to a teacher, in the order of its vocabulary.

    Raises:
        BundleError: Its tokenizer is another model's, or damaged.
    """
    tokenizer = read_tokenizer(teacher)
    ordered = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    pieces = [piece for piece, _ in ordered]
    if tokenizer.encode("").tokens != _FRAMES[0]:
        pieces = [_word(piece) for piece in pieces if piece[:1] in (_OF_BYTES, _OF_TEXT)]
    # WordPiece marks what goes on a word by "##".
    return [piece for piece in pieces if len(piece) >= _SHORTEST_WORD and piece.isalpha()]


def _word(piece: str) -> str:
    """Return a piece without the space before it; byte-level BPE writes bytes as characters."""
    return str(_BYTE_LEVEL.decode([piece]) if piece[0] == _OF_BYTES else piece)[1:]


def read_tokenizer(teacher: TeacherDirectory) -> Any:
    """Return a teacher's tokenizer, which frames every text by two pieces of its own.

    Raises:
        BundleError: It cannot be read, or is that of another model.
    """
    path = teacher.path / TOKENIZER
    try:
        tokenizer = tokenizers.Tokenizer.from_file(str(path))
        tokenizer.no_padding()
        frame = tokenizer.encode("").tokens
        highest = max(tokenizer.get_vocab(with_added_tokens=True).values(), default=0)
    except Exception as error:  # tokenizers raises Exception itself.
        raise BundleError(f"{path} is damaged ({first_line(error)}): get it anew") from error
    if frame not in _FRAMES:
        raise BundleError(
            f"{path} does not put [CLS] and [SEP], or <s> and </s>, around a text, as a teacher's "
            "does: get the tokenizer that belongs to the teacher"
        )
    if not (1 - _ROUNDED) * teacher.vocabulary <= highest + 1 <= teacher.vocabulary:
        raise BundleError(
            f"{path} has {highest + 1:,} pieces, and {CONFIG} a vocabulary of "
            f"{teacher.vocabulary:,}: get the tokenizer that belongs to the teacher"
        )
    return tokenizer
