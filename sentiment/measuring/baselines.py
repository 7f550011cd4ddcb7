"""The simple classifiers that a network has to beat, learnt from the same texts in seconds.

They see the tokens of a vocabulary, each and in pairs, and count every label the same, however many
texts it has, and every text by its weight. Of probabilities that a text came with they only know
the label:

- "majority" says what is said most often: what accuracy is worth.
- "nb-svm" is a linear support vector machine on words and pairs that a text has or has not, each
  weighed by the logarithm of how much more often it comes with a label than without (Wang &
  Manning, "Baselines and Bigrams: Simple, Good Sentiment and Topic Classification", ACL 2012); of
  more than two labels, each stands against the rest.
- "tf-idf" is one on their tf-idf.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from sentiment.measuring.bootstrap import Differences, differences
from sentiment.measuring.report import Report, measure_with_intervals
from sentiment.text.encoded_texts import EncodedTexts
from sentiment.text.vocabulary import UNKNOWN_ID

NAMES = {
    "majority": "most frequent label",
    "nb-svm": "NB-SVM",
    "tf-idf": "tf-idf + linear SVM",
}

# From so many texts on, a word or pair that one text has tells nothing about others.
_MANY_TEXTS = 1_000
# Of these the best on the validation part is taken, by macro recall. What the paper also does, to
# pull the weights to their mean size, made macro recall 0.12 less where one label of three is rare
# (0.55 instead of 0.67 of 5,000 tweets).
COSTS = (0.01, 0.1, 1.0)
# When liblinear stops. After 1,000 passes the figures on 50,000 tweets were the same to 0.001, and
# a cost of 1 took 18 s instead of 4.
_TOLERANCE = 0.01
_PASSES = 100

_Classes = npt.NDArray[np.int64]
_Weights = npt.NDArray[np.floating]
_Predictor = Callable[[Any], _Classes]


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A simple classifier beside the network, on the same texts.

    Attributes:
        report: Its figures.
        differences: The network's figures less its own.
    """

    report: Report
    differences: Differences


def compare_with_baselines(
    predictions: dict[str, _Classes],
    expected: _Classes,
    predicted: _Classes,
    labels: tuple[str, ...],
) -> dict[str, Baseline]:
    """Return what `learn_and_predict` led to beside what the network predicted."""
    return {
        name: Baseline(
            report=measure_with_intervals(expected, theirs, labels),
            differences=differences(expected, predicted, theirs, len(labels)),
        )
        for name, theirs in predictions.items()
    }


class Verdict(NamedTuple):
    """A sentence about the network beside the baselines; a `loud` one is not to be overlooked."""

    text: str
    loud: bool


def verdicts(baselines: dict[str, Baseline]) -> list[Verdict]:
    """Return a sentence on those that the network does not beat, and on those it hardly does."""
    ours = {
        name: each.report.macro_recall + each.differences.macro_recall.difference
        for name, each in baselines.items()
    }
    lost = [name for name, each in baselines.items() if ours[name] <= each.report.macro_recall]
    unsure = [
        name
        for name, each in baselines.items()
        if name not in lost and each.differences.macro_recall.low <= 0
    ]
    said = []
    if lost:
        best = max(lost, key=lambda name: baselines[name].report.macro_recall)
        said.append(
            Verdict(
                f"THE NETWORK DOES NOT BEAT {_named(lost)}: its macro recall is {ours[best]:.3f}, "
                f"that of the simple classifier {baselines[best].report.macro_recall:.3f}.",
                loud=True,
            )
        )
    if unsure:
        text = (
            f"The network's lead over {_named(unsure)} may be chance: the interval begins below 0."
        )
        said.append(Verdict(text, loud=False))
    return said


def _named(names: Sequence[str]) -> str:
    *others, last = (NAMES.get(name, name) for name in names)
    return f"{', '.join(others)} and {last}" if others else last


class Known(NamedTuple):
    """Texts whose labels are known.

    Attributes:
        texts: Their ids.
        classes: Their labels: int64 (texts,).
        weights: How much each counts: float (texts,).
    """

    texts: EncodedTexts
    classes: _Classes
    weights: _Weights


def learn_and_predict(
    train: Known,
    validation: Known,
    held_out: EncodedTexts,
    tokens: int,
    costs: Sequence[float] = COSTS,
) -> dict[str, _Classes]:
    """Learn each of them from `train`, and return the classes it predicts: int64 (held out,).

    Args:
        train: Texts to learn from.
        validation: Texts that decide how closely the linear ones follow them.
        held_out: Texts to label.
        tokens: Size of the vocabulary that all were encoded with.
        costs: Of the errors of the linear ones, of which those texts choose.
    """
    counts, of_validation, of_held_out = _features(
        train.texts, (validation.texts, held_out), tokens
    )
    majority = int(np.bincount(train.classes, train.weights).argmax())

    def best(learnt: Callable[[float], _Predictor]) -> _Classes:
        predictors = [learnt(cost) for cost in costs]
        recalls = [
            _macro_recall(validation.classes, predict(of_validation)) for predict in predictors
        ]
        return predictors[int(np.argmax(recalls))](of_held_out)

    return {
        "majority": np.full(len(held_out), majority, np.int64),
        "nb-svm": best(_nb_svm(counts, train)),
        "tf-idf": best(_tf_idf(counts, train)),
    }


def _macro_recall(expected: _Classes, predicted: _Classes) -> float:
    return float(
        np.mean([np.mean(predicted[expected == label] == label) for label in np.unique(expected)])
    )


def _features(train: EncodedTexts, others: Iterable[EncodedTexts], tokens: int) -> Iterator[Any]:
    """Give how often each text has each word and pair: sparse matrices (texts, features)."""
    rows, grams = _grams(train, tokens)
    kept, columns = np.unique(grams, return_inverse=True)
    counts = _counted(rows, columns, (len(train), len(kept)))
    if len(train) >= _MANY_TEXTS:
        often = np.bincount(counts.indices, minlength=len(kept)) > 1
        if often.any():
            kept, counts = kept[often], counts[:, often]
    yield counts
    for texts in others:
        rows, grams = _grams(texts, tokens)
        columns = np.searchsorted(kept, grams)
        known = kept[np.minimum(columns, len(kept) - 1)] == grams
        yield _counted(rows[known], columns[known], (len(texts), len(kept)))


def _grams(texts: EncodedTexts, tokens: int) -> tuple[_Classes, _Classes]:
    """Return each known word and pair as a number, and the text that it is in."""
    rows = np.repeat(np.arange(len(texts)), texts.lengths)
    ids = texts.ids.astype(np.int64)
    known = ids > UNKNOWN_ID  # Those below zero are unknown, too.
    pairs = known[:-1] & known[1:] & (rows[:-1] == rows[1:])
    numbers = (ids[:-1] * tokens + ids[1:])[pairs]  # At least 2 × tokens: no number of a word.
    return np.concatenate([rows[known], rows[:-1][pairs]]), np.concatenate([ids[known], numbers])


def _counted(rows: _Classes, columns: _Classes, shape: tuple[int, int]) -> Any:
    from scipy.sparse import coo_array  # noqa: PLC0415  (slow)

    # liblinear takes indices of 32 bits.
    places = (rows.astype(np.int32), columns.astype(np.int32))
    return coo_array((np.ones(len(rows), np.float64), places), shape).tocsr()


def _svm(cost: float, features: Any, classes: npt.NDArray[Any], weights: _Weights) -> Any:
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415  (slow)
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    machine = LinearSVC(
        C=cost, class_weight="balanced", tol=_TOLERANCE, max_iter=_PASSES, random_state=0
    )
    with warnings.catch_warnings():
        # It is near enough, and nobody can do anything about it.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return machine.fit(features, classes, weights)


def _nb_svm(counts: Any, train: Known) -> Callable[[float], _Predictor]:
    """Return what learns at a given cost."""
    there = counts.sign()
    # With two labels, the one against the rest is the other the wrong way round.
    present = np.unique(train.classes)
    asked = present[1:] if len(present) == 2 else present
    weighed = []
    for number in asked:
        of_label = train.classes == number
        of_both = (_log_ratios(there[of], train.weights[of]) for of in (of_label, ~of_label))
        ratios = next(of_both) - next(of_both)
        weighed.append((of_label, ratios, there.multiply(ratios).tocsr()))

    def learnt(cost: float) -> _Predictor:
        machines = []
        for of_label, ratios, features in weighed:
            machine = _svm(cost, features, of_label, train.weights)
            machines.append((ratios * machine.coef_[0], machine.intercept_[0]))

        def predict(texts: Any) -> _Classes:
            scores = [texts.sign() @ weights + bias for weights, bias in machines]
            if len(present) == 2:
                return np.asarray(np.where(scores[0] > 0, present[1], present[0]), np.int64)
            return np.asarray(asked[np.argmax(scores, axis=0)], np.int64)

        return predict

    return learnt


def _log_ratios(there: Any, weights: _Weights) -> npt.NDArray[np.float64]:
    """Return the logarithm of each feature's share, one added to all: float64 (features,)."""
    counts = 1 + np.asarray(there.T @ weights, np.float64)
    return np.asarray(np.log(counts / counts.sum()), np.float64)


def _tf_idf(counts: Any, train: Known) -> Callable[[float], _Predictor]:
    """Return what learns at a given cost."""
    from sklearn.feature_extraction.text import TfidfTransformer  # noqa: PLC0415  (slow)

    weighed = TfidfTransformer(sublinear_tf=True)
    features = weighed.fit_transform(counts)

    def learnt(cost: float) -> _Predictor:
        machine = _svm(cost, features, train.classes, train.weights)
        return lambda texts: np.asarray(machine.predict(weighed.transform(texts)), np.int64)

    return learnt
