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
from sentiment.training.word_vectors import Covered, cover


class Prepared(NamedTuple):
    """What learning starts from.

    Attributes:
        parts: The texts.
        known: Every token that comes twice in the texts to learn from.
        preprocessor: Texts to ids, with the most frequent of these.
        sizes: What the network is made of, with the size that its vocabulary came to have.
        vectors: What the words' own vectors start from, where somebody else trained them.
    """

    parts: Parts
    known: Vocabulary
    preprocessor: Preprocessor
    sizes: NetworkSettings
    vectors: Covered | None


def what_decides(prepared: Prepared, *settings: object) -> bytes:
    """Return all that what is learnt depends on, the texts in their order."""
    facts = (
        prepared.parts.train,
        prepared.parts.validation,
        prepared.parts.labels,
        prepared.sizes,
        prepared.preprocessor.settings,
        prepared.vectors and prepared.vectors.facts,
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
) -> Prepared:
    """Learn the vocabulary of the texts to learn from, and look it up in a file of vectors.

    Raises:
        DataError: No word comes twice, or the vectors cannot be used.
        SettingsError: There is not enough memory to learn so large a network.
    """
    known = Vocabulary.learn(
        (tokens(example.text, preprocessor) for example in parts.train), LARGEST_VOCABULARY
    )
    # The most frequent of them, for they are in this order.
    vocabulary = Vocabulary(known.tokens[: network.vocabulary_size])
    if len(vocabulary) < LEAST_SIZE:
        raise DataError("no word comes twice in the texts: add others, or name another column")
    encode = Preprocessor(vocabulary, preprocessor)
    sizes = msgspec.structs.replace(network, vocabulary_size=len(vocabulary))
    check_memory(sizes)
    covered = _covered(vectors, encode, parts, say) if vectors else None
    return Prepared(parts, known, encode, sizes, covered)


def _covered(
    path: Path, preprocessor: Preprocessor, parts: Parts, say: Callable[[str], None]
) -> Covered:
    vocabulary = preprocessor.vocabulary
    found = cover(path, vocabulary.tokens)
    ids = preprocessor([example.text for example in parts.train]).without_spelling().ids
    say(found.told(np.bincount(ids, minlength=len(vocabulary))))
    return found
