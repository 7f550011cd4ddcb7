"""Tokens and their ids."""

from collections import Counter
from collections.abc import Iterable, Sequence

PADDING_ID = 0
UNKNOWN_ID = 1
_RESERVED = ("<padding>", "<unknown>")
# With one token that says something.
LEAST_SIZE = len(_RESERVED) + 1
# Different tokens that are counted at a time, which takes some 500 MB; 49,553 tweets have 50,000.
_MOST_HELD = 4_000_000


class Vocabulary:
    """An ordered set of tokens; a token's place is its id, 0 is padding and 1 is unknown."""

    def __init__(self, tokens: Sequence[str]) -> None:
        """Take all tokens in order of id, the two reserved ones first.

        Raises:
            ValueError: The reserved tokens are not there, a token is empty or comes twice.
        """
        if tuple(tokens[:2]) != _RESERVED:
            raise ValueError(f"the first two tokens are not {_RESERVED[0]} and {_RESERVED[1]}")
        self._ids = {token: number for number, token in enumerate(tokens)}
        if len(self._ids) != len(tokens):
            raise ValueError("a token stands in it twice")
        if any(not token or token.isspace() for token in self._ids):
            raise ValueError("a token in it is empty")

    @classmethod
    def learn(
        cls,
        texts: Iterable[Iterable[str]],
        max_size: int,
        min_count: int = 2,
        most_held: int = _MOST_HELD,
    ) -> "Vocabulary":
        """Keep the tokens most often seen in `texts` (each a list of tokens).

        At most `max_size` with the two reserved ones, each seen at least `min_count` times;
        equally frequent tokens are taken in alphabetical order, so the result is reproducible.

        No more than `most_held` different tokens are held at a time: beyond, the rarest half is
        forgotten and counted anew from then on. The result is exact for texts that have no more,
        and otherwise a token may only miss it that is hardly more frequent than what is forgotten
        (as in Manku and Motwani, "Approximate frequency counts over data streams", VLDB 2002).
        """
        counts: Counter[str] = Counter()
        for tokens in texts:
            counts.update(tokens)
            if len(counts) > most_held:
                counts = _without_rarest(counts, most_held // 2)
        by_frequency = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        kept = [token for token, count in by_frequency if count >= min_count]
        return cls([*_RESERVED, *kept[: max(0, max_size - len(_RESERVED))]])

    @property
    def tokens(self) -> Sequence[str]:
        """All tokens in order of id."""
        return tuple(self._ids)

    def id(self, token: str) -> int:
        """Return the token's id, `UNKNOWN_ID` when it has none."""
        return self._ids.get(token, UNKNOWN_ID)

    def __len__(self) -> int:
        """Return the number of tokens, the two reserved ones included."""
        return len(self._ids)

    def to_text(self) -> str:
        """Return one token a line, in order of id."""
        return "".join(f"{token}\n" for token in self._ids)

    @classmethod
    def from_text(cls, text: str) -> "Vocabulary":
        """Read what `to_text` wrote.

        Raises:
            ValueError: It is not such a text; the message says why.
        """
        # Not splitlines(): a token may be a sign at which only splitlines() ends a line.
        return cls(text.removesuffix("\n").split("\n"))


def _without_rarest(counts: Counter[str], left: int) -> Counter[str]:
    """Return the counts without those of so rare tokens that at most so many are left."""
    least = sorted(counts.values(), reverse=True)[left]
    return Counter({token: count for token, count in counts.items() if count > least})
