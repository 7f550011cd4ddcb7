"""Texts as the network's input: ids of unequal length in one array, without padding."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sentiment.text.vocabulary import PADDING_ID, UNKNOWN_ID


@dataclass(frozen=True, slots=True, eq=False)
class EncodedTexts:
    """A batch of texts as token ids, one after the other.

    Attributes:
        ids: int32 (tokens of all texts); no id is padding. A word that the vocabulary lacks is
            `UNKNOWN_ID`, or, where the network reads its spelling, `-1 - place` in `unseen`.
        offsets: int64 (texts + 1); text `i` is `ids[offsets[i]:offsets[i + 1]]`.
        unseen: The words of the batch that the vocabulary lacks, each once, in the order in which
            they come.
    """

    ids: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]
    unseen: tuple[str, ...] = ()

    @classmethod
    def of(cls, rows: Sequence[bytes]) -> "EncodedTexts":
        """Join texts, each given as the bytes of its int32 ids."""
        offsets = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, rows), np.int64, len(rows)) // 4, out=offsets[1:])
        return cls(np.frombuffer(b"".join(rows), np.int32), offsets)

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.offsets) - 1

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Tokens of each text: int64 (texts,)."""
        return np.diff(self.offsets)

    @property
    def unknown(self) -> npt.NDArray[np.bool_]:
        """Which tokens the vocabulary lacks: bool (tokens of all texts)."""
        return np.less_equal(self.ids, UNKNOWN_ID)

    @property
    def unknown_ratio(self) -> float:
        """Share of all tokens that the vocabulary lacks; 0 without tokens."""
        return float(np.mean(self.unknown)) if len(self.ids) else 0.0

    def renumbered(self, words: Sequence[str]) -> "EncodedTexts":
        """Return the texts with those of the `words` as unseen ones that are in them."""
        places = np.flatnonzero(self.ids < 0)
        numbers, first, inverse = np.unique(
            -1 - self.ids[places], return_index=True, return_inverse=True
        )
        order = np.argsort(first)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        ids = self.ids.copy()
        ids[places] = -1 - rank[inverse]
        return EncodedTexts(ids, self.offsets, tuple(words[number] for number in numbers[order]))

    def part(self, first: int, end: int) -> "EncodedTexts":
        """Return the texts from `first` to before `end`, with the unseen words of these only."""
        offsets = self.offsets[first : end + 1]
        some = EncodedTexts(self.ids[offsets[0] : offsets[-1]], offsets - offsets[0], self.unseen)
        return some.renumbered(self.unseen) if self.unseen else some

    def parts(self, most_unseen: int) -> Iterator["EncodedTexts"]:
        """Yield the texts in batches with at most so many words unseen, or of one text each."""
        if len(self.unseen) <= most_unseen:
            yield self
            return
        unseen_before = np.concatenate([[0], np.cumsum(self.ids < 0)])[self.offsets]
        first = 0
        while first < len(self):
            until = unseen_before[first] + most_unseen
            end = int(np.searchsorted(unseen_before, until, side="right")) - 1
            end = min(max(first + 1, end), len(self))
            yield self.part(first, end)
            first = end

    def without_spelling(self) -> "EncodedTexts":
        """Return the texts with all words that the vocabulary lacks as the same one."""
        return EncodedTexts(np.where(self.ids < 0, np.int32(UNKNOWN_ID), self.ids), self.offsets)

    def padded(
        self, rows: npt.NDArray[np.int64] | Sequence[int], multiple: int = 1
    ) -> npt.NDArray[np.int32]:
        """Return the texts `rows` as one matrix, filled up with padding at the end.

        The width is that of the longest text, at least 1, rounded up to a `multiple`.

        Returns:
            int32 (rows, width).
        """
        starts = self.offsets[:-1][rows]
        lengths = self.lengths[rows]
        width = -(-max(1, int(lengths.max(initial=1))) // multiple) * multiple
        place = np.arange(width)
        inside = place < lengths[:, None]
        matrix = np.full(inside.shape, PADDING_ID, np.int32)
        matrix[inside] = self.ids[(starts[:, None] + place)[inside]]
        return matrix
