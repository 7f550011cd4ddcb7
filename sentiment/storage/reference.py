"""Texts with the probabilities that Keras gave them, to prove that a model still works the same.

A worker scores them at start: another version of a library, a damaged table or another engine
must not change a label unseen.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sentiment.errors import BundleError
from sentiment.storage.archive import BadArchive
from sentiment.storage.arrays import ArrayArchive
from sentiment.text.encoded_texts import EncodedTexts

LARGEST_DIFFERENCE = 1e-4

# Something of everything that `normalize` does, and texts of no words, one and many.
TEXTS = (
    "",
    "ok",
    "   \t ",
    "I love this so much",
    "Worst service ever, I want my money back!!!",
    "The match starts at 8 pm on Saturday.",
    "@ann_example have you seen https://example.org/a?b=c yet?",
    "RT @bob.bsky.social: thx @carol@example.social #GoTeam #so_happy",
    "Soooooo tired... hahahaha NOT amused :( :'( :-/",
    "Happy :) :D ;-) <3 xD ^_^ -_- :P",
    "Fish &amp; chips &lt;3 &#39;til dawn &nbsp; &quot;yum&quot;",
    "😂😂 best day 👍🏽 ❤️ 5️⃣ 🏳️‍🌈 👩‍👩‍👧",
    "It’s “fine” — really…",
    "𝓽𝓱𝓲𝓼 𝗶𝘀 ｆａｎｃｙ",
    "Qué día más bonito, señor; schöne Grüße, à bientôt",
    "今日はとても楽しかった！ 你好，世界",
    "मुझे यह बहुत पसंद है. شكرا جزيلا. Спасибо большое!",
    "$AAPL +3.5% vs. -1.2% @ 10:30 (est.) #1",
    "meh " * 200,
)
_RANDOM_ROWS = 45

_ARRAYS = ("texts", "ids", "offsets", "probabilities")
_UNSEEN = "unseen"
# The shipped model's take 90 kB.
_MOST_BYTES = 1 << 26


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """Rows of ids with their probabilities; the first of them are `texts`, prepared.

    Attributes:
        texts: The original texts.
        batch: Their ids, then rows of random ids that reach all of the vocabulary.
        probabilities: float32 (rows, classes).
    """

    texts: tuple[str, ...]
    batch: EncodedTexts
    probabilities: npt.NDArray[np.float32]

    @classmethod
    def make(
        cls,
        prepare: Callable[[Sequence[str]], EncodedTexts],
        score: Callable[[EncodedTexts], npt.NDArray[np.float32]],
        vocabulary_size: int,
        max_tokens: int,
    ) -> "Reference":
        """Prepare and score the reference rows."""
        prepared = prepare(TEXTS)
        rng = np.random.default_rng(0)
        lengths = np.append(prepared.lengths, np.linspace(1, max_tokens, _RANDOM_ROWS, dtype=int))
        drawn = rng.integers(1, vocabulary_size, int(lengths[len(TEXTS) :].sum()), dtype=np.int32)
        batch = EncodedTexts(
            np.concatenate([prepared.ids, drawn]),
            np.concatenate([[0], np.cumsum(lengths)]),
            prepared.unseen,
        )
        return cls(TEXTS, batch, score(batch))

    def check(
        self,
        prepare: Callable[[Sequence[str]], EncodedTexts],
        score: Callable[[EncodedTexts], npt.NDArray[np.float32]],
    ) -> None:
        """Prepare and score the rows once more.

        Raises:
            BundleError: A text has other ids, or a probability differs by more than 1e-4.
        """
        prepared = prepare(self.texts)
        ids = self.batch.ids[: int(self.batch.offsets[len(self.texts)])]
        if not np.array_equal(prepared.ids, ids) or prepared.unseen != self.batch.unseen:
            raise BundleError(
                "the model's reference texts are prepared differently here than when it was "
                "trained: restore the model's own vocabulary.txt, install the library versions "
                "named in its bundle.json, or retrain it"
            )
        difference = self.difference(score)
        if not difference <= LARGEST_DIFFERENCE:
            raise BundleError(
                f"the model scores its reference rows {difference:.1g} off what it scored when it "
                f"was trained (at most {LARGEST_DIFFERENCE:g} is allowed): install the library "
                "versions named in its bundle.json, or retrain it"
            )

    def difference(self, score: Callable[[EncodedTexts], npt.NDArray[np.float32]]) -> float:
        """Return how far a probability of the rows is off at most."""
        return float(np.abs(score(self.batch) - self.probabilities).max())

    def to_npz(self) -> bytes:
        """Return it as a numpy archive without pickles."""
        archive = io.BytesIO()
        np.savez_compressed(
            archive,
            texts=np.array(self.texts),
            ids=self.batch.ids,
            offsets=self.batch.offsets,
            unseen=np.array(self.batch.unseen, np.str_),
            probabilities=self.probabilities,
        )
        return archive.getvalue()

    @classmethod
    def from_npz(
        cls,
        content: bytes,
        vocabulary_size: int,
        max_tokens: int,
        classes: int,
        *,
        spelling: bool = False,
    ) -> "Reference":
        """Read what `to_npz` wrote, for a network of these sizes, which reads spelling or does not.

        Raises:
            BadArchive: It is damaged or of another network; the message says how.
        """
        archive = ArrayArchive(content, len(_ARRAYS) + 1, _MOST_BYTES)
        texts, ids, offsets, probabilities = map(archive.read, _ARRAYS)
        unseen = _texts(archive.read(_UNSEEN), ids.size) if spelling else ()
        _check_rows(ids, offsets, vocabulary_size, len(unseen), max_tokens)
        rows = len(offsets) - 1
        if probabilities.shape != (rows, classes) or probabilities.dtype != np.float32:
            raise BadArchive(
                f"holds probabilities that are {probabilities.dtype} {probabilities.shape}, "
                f"not float32 ({rows}, {classes})"
            )
        if not np.isfinite(probabilities).all():
            raise BadArchive("holds probabilities that are no numbers")
        return cls(_texts(texts, rows), EncodedTexts(ids, offsets, unseen), probabilities)


def _texts(array: npt.NDArray[Any], rows: int) -> tuple[str, ...]:
    if array.ndim != 1 or array.dtype.kind != "U" or len(array) > rows:
        raise BadArchive(f"holds {array.dtype} {array.shape} as texts of {rows} rows")
    try:
        return tuple(map(str, array))
    except (ValueError, SystemError) as error:  # Four bytes need not be a character.
        raise BadArchive("holds texts that are none") from error


def _check_rows(
    ids: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
    vocabulary_size: int,
    unseen: int,
    max_tokens: int,
) -> None:
    if ids.dtype != np.int32 or offsets.dtype != np.int64 or not ids.ndim == offsets.ndim == 1:
        raise BadArchive("holds no rows of ids")
    if len(offsets) < 2:
        raise BadArchive("holds no rows")
    # Every offset is compared, so that no difference of two can overflow.
    if offsets[0] != 0 or offsets[-1] != len(ids) or (offsets[1:] < offsets[:-1]).any():
        raise BadArchive("holds offsets that are not those of its rows")
    if np.diff(offsets).max() > max_tokens:
        raise BadArchive(f"holds a row of more than the {max_tokens:,} tokens that are read")
    if ids.min(initial=0) < -unseen or ids.max(initial=0) >= vocabulary_size:
        raise BadArchive(f"holds an id that is not among the {vocabulary_size:,} of the vocabulary")
