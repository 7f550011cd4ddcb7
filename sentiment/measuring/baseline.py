"""The simple classifier that the network has to beat: a linear one on tf-idf."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sentiment.data.dataset import Example
from sentiment.settings import PreprocessorSettings
from sentiment.text.preprocessor import tokens

DESCRIPTION = "tf-idf of words and pairs of words, linear SVM"


def predict(
    train: Sequence[Example],
    texts: Sequence[str],
    labels: tuple[str, ...],
    settings: PreprocessorSettings,
) -> npt.NDArray[np.int64]:
    """Learn from `train` in seconds and return the classes it predicts: int64 (texts,).

    It sees the same tokens as the network, and counts every class the same.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  (slow to import)
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    classifier = make_pipeline(
        TfidfVectorizer(
            tokenizer=lambda text: tokens(text, settings),
            token_pattern=None,
            lowercase=False,
            ngram_range=(1, 2),
            min_df=2 if len(train) >= 1000 else 1,
            sublinear_tf=True,
        ),
        LinearSVC(C=0.1, class_weight="balanced", random_state=0),
    )
    classifier.fit(
        [example.text for example in train], [labels.index(example.label) for example in train]
    )
    return np.asarray(classifier.predict(list(texts)), np.int64)
