"""Where in a piece of text its tokens come from; a piece is what comes between two white spaces.

The rules that make tokens forget where they found them: "&lt;3" becomes "red heart", "SOOO" "soo".
So a piece is cut into atoms, which are what a person would underline: a word, a handle, a link, an
emoji, a sign with its like. Where the tokens of the atoms, joined, are those of the piece, each
comes from its atom; where they are not, atoms are put together until they are ("<" and "3"). All
tokens of an atom share its span.
"""

import re
import struct
from array import array
from functools import lru_cache
from itertools import chain, islice

from sentiment.text.emoji_text import OF_EMOJI
from sentiment.text.normalize import (
    ENTITY,
    HANDLE,
    LINK,
    UNSPACED,
    normalize,
    normalized_parts,
)
from sentiment.text.piece_ids import HANDLE_OR_LINK, SIGNS
from sentiment.text.tokenizer import IN_WORDS, TOKEN, tokenize, tokens_lazily

_MOST_REMEMBERED = 1 << 16
_LONGEST_REMEMBERED = 32
# Atoms that are put together at most, and their characters: it bounds the work on hostile texts.
_MOST_JOINED = 12
_LONGEST_JOINED = 64

# Of a word that has to be more than made lower case.
_NOT_PLAIN = re.compile(r"xd|(.)\1\1|(..)\2\2")
_BYTES_OF = struct.Struct("2i").pack
_EMOJI = "".join(sorted(OF_EMOJI))
_MODIFIERS = "\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
_LETTER = rf"(?![_{UNSPACED}])[{IN_WORDS}]"
_APOSTROPHE = "['’‘´]"
# A word ends where no letter follows, or where a hashtag's next word begins.
_WORD_END = rf"(?=(?<=[a-z])[A-Z]|(?<=[A-Z])[A-Z][a-z])|(?!{_APOSTROPHE}?{_LETTER})"
_ATOM = re.compile(
    rf"{LINK.pattern}|{HANDLE.pattern}|{ENTITY.pattern}"
    rf"|[0-9#*]\ufe0f?\u20e3|[\U0001f1e6-\U0001f1ff]{{2}}"
    rf"|[{_EMOJI}](?:[{_MODIFIERS}]|\u200d[{_EMOJI}]?)*"
    rf"|[{UNSPACED}]|\#?{_LETTER}(?:{_APOSTROPHE}?{_LETTER})*?(?:{_WORD_END})"
    r"|(?P<sign>.)(?P=sign)*",
    re.DOTALL,
)


# A range of characters: from the first to before the second.
Span = tuple[int, int]


class PieceSpans(dict[str, bytes]):
    """The spans of the tokens in pieces of text, as the bytes of int32 pairs.

    They are counted from the begin of the piece. Of a piece that is longer than what is remembered,
    no more than `max_tokens` are made. When it is full it starts afresh.
    """

    def __init__(self, max_tokens: int) -> None:
        super().__init__()
        self._max_tokens = max_tokens
        self._with_signs = lru_cache(maxsize=1024)(self._of_word_with_signs)

    def __missing__(self, piece: str) -> bytes:
        # Nearly every one is new: to remember them would only push out what comes again.
        if HANDLE_OR_LINK.fullmatch(piece):
            return _BYTES_OF(0, len(piece))
        word = piece.rstrip(SIGNS)
        if word.isascii() and word.isalnum() and _NOT_PLAIN.search(word.lower()) is None:
            spans = self._with_signs(len(word), piece[len(word) :])
        else:
            found = spans_in(piece, self._max_tokens)
            spans = array("i", chain.from_iterable(found)).tobytes()
        if len(piece) <= _LONGEST_REMEMBERED:
            if len(self) >= _MOST_REMEMBERED:
                self.clear()
            self[piece] = spans
        return spans

    def _of_word_with_signs(self, length: int, signs: str) -> bytes:
        behind = [length + place for place in array("i", self[signs])] if signs else ()
        return array("i", [0, length, *behind]).tobytes()


def spans_in(piece: str, max_tokens: int) -> list[Span]:
    """Return the span of each of a piece's tokens, in order; of a long piece's first `max_tokens`.

    Tokens whose origin was not found share the rest of the piece. Never raises for any string
    without white space.
    """
    if len(piece) <= _LONGEST_REMEMBERED:
        tokens = tokenize(normalize(piece))
    else:
        of_parts = chain.from_iterable(map(tokens_lazily, normalized_parts(piece)))
        tokens = list(islice(of_parts, max_tokens))
    lowered = piece.lower()
    if tokens == [lowered[1:]] and piece[0] == "#":
        return [(0, len(piece))]
    if len(lowered) == len(piece):
        at_sight = list(islice(TOKEN.finditer(lowered), len(tokens) + 1))
        if [token[0] for token in at_sight] == tokens:
            return [token.span() for token in at_sight]
    return _by_atoms(piece, tokens)


def _by_atoms(piece: str, tokens: list[str]) -> list[Span]:
    spans: list[Span] = []
    start, joined = 0, 0
    for atom in _ATOM.finditer(piece):
        if len(spans) == len(tokens):
            return spans
        start = start if joined else atom.start()
        end, joined = atom.end(), joined + 1
        # All that is left comes from the last atom. Long ones have to be the last.
        if end == len(piece) or end - start > _LONGEST_JOINED or joined > _MOST_JOINED:
            break
        made = _of_atom(piece[start:end])
        expected = tokens[len(spans) : len(spans) + len(made)]
        if made[: len(expected)] == expected:
            # Of no tokens too, as a control character makes: what comes next begins behind it.
            spans += len(expected) * [(start, end)]
            joined = 0
    missing = len(tokens) - len(spans)
    rest = (start, len(piece)) if joined or not spans else spans[-1]
    return spans + missing * [rest]


@lru_cache(maxsize=4096)
def _of_atom(atom: str) -> list[str]:
    return tokenize(normalize(atom))
