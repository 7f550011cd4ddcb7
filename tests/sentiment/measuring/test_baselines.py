import numpy as np
import pytest

from sentiment.measuring import baselines
from sentiment.measuring.report import measure
from sentiment.settings import PreprocessorSettings
from sentiment.text.preprocessor import Preprocessor, tokens
from sentiment.text.vocabulary import Vocabulary
from tests.sentiment.texts import make_texts

LABELS = ("negative", "neutral", "positive")
SETTINGS = PreprocessorSettings()


def predictions(train, held_out, labels=LABELS, weights=None, costs=baselines.COSTS):
    """Return what each baseline predicts for pairs of text and label, and what is right."""
    vocabulary = Vocabulary.learn((tokens(text, SETTINGS) for text, _ in train), 1_000)
    prepare = Preprocessor(vocabulary, SETTINGS)

    def known(pairs, weights=None):
        classes = np.array([labels.index(label) for _, label in pairs])
        weights = np.ones(len(pairs)) if weights is None else np.array(weights)
        return baselines.Known(prepare([text for text, _ in pairs]), classes, weights)

    texts, expected, _ = known(held_out)
    predicted = baselines.learn_and_predict(
        known(train, weights), known(held_out), texts, len(vocabulary), costs
    )
    return predicted, expected


@pytest.mark.parametrize("labels", [LABELS, ("negative", "positive")])
@pytest.mark.parametrize("texts", [90, 300, 1_200])
def test_both_linear_ones_learn_what_the_texts_show(labels, texts):
    predicted, expected = predictions(
        make_texts(texts, labels), make_texts(60, labels, seed=1), labels
    )
    for name in ("nb-svm", "tf-idf"):
        assert (predicted[name] == expected).mean() > 0.9


def test_the_majority_is_the_most_frequent_label_of_the_texts_learnt_from():
    train = make_texts(30) + make_texts(10, ("neutral",), seed=2)
    predicted, _ = predictions(train, make_texts(6, ("positive",), seed=1))
    assert predicted["majority"].tolist() == [1] * 6


def test_a_text_without_a_known_word_is_labelled_too():
    predicted, _ = predictions(make_texts(30), [("zzz qqq", "neutral"), ("", "neutral")])
    for classes in predicted.values():
        assert len(classes) == 2
        assert set(classes.tolist()) <= {0, 1, 2}


def test_many_texts_that_have_no_word_in_common_are_no_error():
    train = [(f"w{place} w{place}", LABELS[place % 3]) for place in range(1_200)]
    predicted, expected = predictions(train, train[:30])
    assert (predicted["tf-idf"] == expected).all()
    assert len(predicted["nb-svm"]) == 30


def test_pairs_of_words_count_where_words_alone_say_nothing():
    train = [("not good", "negative"), ("good not", "positive")] * 20
    predicted, expected = predictions(train, train[:2], ("negative", "positive"))
    assert (predicted["nb-svm"] == expected).all()
    assert (predicted["tf-idf"] == expected).all()


def test_texts_count_by_their_weights():
    train = [("fine", "positive")] * 30 + [("fine", "negative")] * 40
    train += [("so bad", "negative"), ("so good", "positive")] * 5
    labels = ("negative", "positive")
    light, _ = predictions(train, [("fine", "positive")], labels)
    heavy, _ = predictions(train, [("fine", "positive")], labels, [9] * 30 + [1] * 50)
    assert light["majority"].tolist() == [0]
    assert [heavy[name].tolist() for name in baselines.NAMES] == [[1], [1], [1]]
    few, _ = predictions(train, [("fine", "positive")], labels, [0.01] * 30 + [1] * 50)
    assert [few[name].tolist() for name in baselines.NAMES] == [[0], [0], [0]]


def test_the_validation_texts_decide_how_much_an_error_costs():
    # Some of the labels are not those of the texts.
    train, held_out = (
        [
            (text, "neutral" if place % 4 == 0 else label)
            for place, (text, label) in enumerate(make_texts(300, seed=seed))
        ]
        for seed in (0, 1)
    )

    def recalls(costs):
        predicted, expected = predictions(train, held_out, costs=costs)
        return {
            name: measure(expected, classes, LABELS).macro_recall
            for name, classes in predicted.items()
        }

    each, chosen = [recalls([cost]) for cost in baselines.COSTS], recalls(baselines.COSTS)
    for name in ("nb-svm", "tf-idf"):
        assert chosen[name] == max(found[name] for found in each)
        assert chosen[name] > min(found[name] for found in each)


def test_a_network_is_compared_with_each():
    predicted, expected = predictions(make_texts(300), make_texts(60, seed=1))
    found = baselines.compare_with_baselines(predicted, expected, expected, LABELS)
    assert set(found) == set(baselines.NAMES)
    assert found["majority"].report.accuracy == pytest.approx(1 / 3)
    assert found["majority"].differences.macro_recall.difference == pytest.approx(2 / 3)
    assert found["majority"].differences.macro_recall.wins == 1
    assert found["majority"].report.intervals.accuracy.low < 1 / 3


def verdicts_on(expected, ours, theirs):
    return baselines.verdicts(
        baselines.compare_with_baselines({"nb-svm": theirs}, expected, ours, ("a", "b"))
    )


def test_a_network_that_does_not_beat_a_baseline_is_told_of_loudly():
    expected = np.arange(200) % 2
    better, worse = np.where(np.arange(200) < 150, expected, 0), np.zeros(200, int)
    (verdict,) = verdicts_on(expected, worse, better)
    assert verdict.loud
    assert verdict.text == (
        "THE NETWORK DOES NOT BEAT NB-SVM: its macro recall is 0.500, that of the simple "
        "classifier 0.875."
    )
    assert verdicts_on(expected, better, better)[0].loud
    assert verdicts_on(expected, better, worse) == []


def test_a_lead_that_may_be_chance_is_told():
    expected = np.arange(40) % 2
    ours, theirs = expected.copy(), expected.copy()
    ours[:5], theirs[5:11] = 1 - expected[:5], 1 - expected[5:11]
    (verdict,) = verdicts_on(expected, ours, theirs)
    assert not verdict.loud
    assert "lead over NB-SVM may be chance" in verdict.text
