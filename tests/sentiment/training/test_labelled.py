import numpy as np

from sentiment.data.dataset import Example
from sentiment.settings import PreprocessorSettings
from sentiment.text.preprocessor import Preprocessor
from sentiment.text.vocabulary import Vocabulary
from sentiment.training.labelled import labelled

LABELS = ("negative", "neutral", "positive")
EXAMPLES = [
    Example("so happy", "positive"),
    Example("meh", "neutral", weight=0.5, probabilities={"neutral": 0.6, "negative": 0.4}),
]
PREPROCESSOR = Preprocessor(
    Vocabulary(["<padding>", "<unknown>", "so", "happy"]), PreprocessorSettings()
)


def test_labels_are_certain_and_probabilities_are_not():
    known = labelled(EXAMPLES, LABELS, PREPROCESSOR)
    assert known.classes.tolist() == [2, 1]
    np.testing.assert_allclose(known.targets, [[0, 0, 1], [0.4, 0.6, 0]])
    assert known.weights.tolist() == [1, 0.5]
    assert known.texts.ids.tolist() == [2, 3, 1]


def test_probabilities_make_up_the_share_that_is_asked_for():
    known = labelled(EXAMPLES, LABELS, PREPROCESSOR, soft_share=0.5)
    np.testing.assert_allclose(known.targets, [[0, 0, 1], [0.2, 0.8, 0]])
    np.testing.assert_allclose(known.targets.sum(axis=1), 1)
