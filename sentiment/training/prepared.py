"""Split texts with all that a network needs before it can learn from them."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from sentiment.data.split import Parts
from sentiment.errors import DataError
from sentiment.settings import LARGEST_VOCABULARY, NetworkSettings, PreprocessorSettings
from sentiment.text.preprocessor import Preprocessor, tokens
from sentiment.text.vocabulary import LEAST_SIZE, Vocabulary
from sentiment.training.libraries import libraries
from sentiment.training.memory import check_memory
from sentiment.training.taught import Taught
from sentiment.training.word_vectors import Covered, cover


class Prepared(NamedTuple):
    """What learning starts from.

    Attributes:
        parts: The texts.
        known: Every token that comes twice in the texts to learn from.
        preprocessor: Texts to ids, with the most frequent of these, and words that teachers know.
        sizes: What the network is made of, with the size that its vocabulary came to have.
        vectors: What the words' own vectors start from, where somebody else trained them.
        taught: What teachers say of the texts to learn from, and of others; None without teachers.
    """

    parts: Parts
    known: Vocabulary
    preprocessor: Preprocessor
    sizes: NetworkSettings
    vectors: Covered | None
    taught: Taught | None = None

    @property
    def learnt_from(self) -> int:
        """How many texts are learnt from, with labels and without."""
        return len(self.parts.train) + (len(self.taught.others) if self.taught else 0)


def what_decides(prepared: Prepared, *settings: object) -> bytes:
    """Return all that what is learnt depends on, the texts in their order."""
    facts = (
        prepared.parts.train,
        prepared.parts.validation,
        prepared.parts.labels,
        prepared.sizes,
        prepared.preprocessor.settings,
        prepared.vectors and prepared.vectors.facts,
        prepared.taught and prepared.taught.teaching,
        settings,
        libraries(),
    )
    return repr(facts).encode("utf-8", "surrogatepass")


def prepare(
    parts: Parts,
    preprocessor: PreprocessorSettings,
    network: NetworkSettings,
    vectors: Path | None,
    say: Callable[[str], None],
    taught: Taught | None = None,
) -> Prepared:
    """Learn the vocabulary of the texts to learn from, and look it up in a file of vectors.

    Words that only a teacher has a vector for come behind those of the texts.

    Raises:
        DataError: No word comes twice, or the vectors cannot be used.
        SettingsError: There is not enough memory to learn so large a network.
    """
    known = Vocabulary.learn(
        (tokens(example.text, preprocessor) for example in parts.train), LARGEST_VOCABULARY
    )
    # The most frequent of them, for they are in this order.
    there = dict.fromkeys(known.tokens) | dict.fromkeys(taught.vectors.words if taught else ())
    vocabulary = Vocabulary(list(there)[: network.vocabulary_size])
    if len(known) < LEAST_SIZE:
        raise DataError("no word comes twice in the texts: add others, or name another column")
    encode = Preprocessor(vocabulary, preprocessor)
    sizes = msgspec.structs.replace(network, vocabulary_size=len(vocabulary))
    check_memory(sizes)
    covered = _covered(vectors, encode, parts, say) if vectors else None
    return Prepared(parts, known, encode, sizes, covered, taught)


def _covered(
    path: Path, preprocessor: Preprocessor, parts: Parts, say: Callable[[str], None]
) -> Covered:
    vocabulary = preprocessor.vocabulary
    found = cover(path, vocabulary.tokens)
    ids = preprocessor([example.text for example in parts.train]).without_spelling().ids
    say(found.told(np.bincount(ids, minlength=len(vocabulary))))
    return found
