"""From the texts to learn from to the tokens that a network will know."""

from typing import NamedTuple

import msgspec

from sentiment.data.split import Parts
from sentiment.errors import DataError
from sentiment.settings import LARGEST_VOCABULARY, NetworkSettings, PreprocessorSettings
from sentiment.text.preprocessor import Preprocessor, tokens
from sentiment.text.vocabulary import LEAST_SIZE, Vocabulary


class Prepared(NamedTuple):
    """What has to be there before a network learns.

    Attributes:
        known: All tokens that the texts have twice, for simple classifiers.
        preprocessor: With the most frequent of these, for the network.
        sizes: Those of the network, with the size of its vocabulary.
    """

    known: Vocabulary
    preprocessor: Preprocessor
    sizes: NetworkSettings


def prepare(parts: Parts, settings: PreprocessorSettings, network: NetworkSettings) -> Prepared:
    """Learn the vocabulary of the training texts.

    Raises:
        DataError: They have no token twice.
    """
    known = Vocabulary.learn(
        (tokens(example.text, settings) for example in parts.train), LARGEST_VOCABULARY
    )
    # The most frequent of them, for they are in this order.
    vocabulary = Vocabulary(known.tokens[: network.vocabulary_size])
    if len(vocabulary) < LEAST_SIZE:
        raise DataError("no word comes twice in the texts: add others, or name another column")
    sizes = msgspec.structs.replace(network, vocabulary_size=len(vocabulary))
    return Prepared(known, Preprocessor(vocabulary, settings), sizes)
