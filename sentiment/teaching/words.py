"""Words whose vectors a teacher is asked for: those of the texts, and others that it knows."""

from collections.abc import Iterable, Sequence

from sentiment.settings import LARGEST_VOCABULARY, PreprocessorSettings
from sentiment.text.preprocessor import tokens
from sentiment.text.vocabulary import LEAST_SIZE, Vocabulary


def frequent(texts: Iterable[str], settings: PreprocessorSettings) -> list[str]:
    """Return the tokens that are twice in the texts, the most frequent first."""
    known = Vocabulary.learn((tokens(text, settings) for text in texts), LARGEST_VOCABULARY)
    return list(known.tokens[LEAST_SIZE - 1 :])


def foreign(
    of_teacher: Iterable[str], known: Sequence[str], settings: PreprocessorSettings
) -> list[str]:
    """Return the words of a teacher that are tokens to a network, and none of those it knows."""
    there = frozenset(known)
    return [word for word in of_teacher if word not in there and tokens(word, settings) == [word]]
