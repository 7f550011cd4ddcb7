import numpy as np

from sentiment.data.dataset import Example
from sentiment.measuring import baseline
from sentiment.settings import PreprocessorSettings
from tests.sentiment.texts import make_texts

LABELS = ("negative", "neutral", "positive")


def test_it_learns_what_the_texts_show():
    train = [Example(*pair) for pair in make_texts(300)]
    pairs = make_texts(60, seed=1)
    predicted = baseline.predict(train, [text for text, _ in pairs], LABELS, PreprocessorSettings())
    right = np.array([LABELS.index(label) for _, label in pairs]) == predicted
    assert right.mean() > 0.9
