import numpy as np
import pytest

from sentiment.errors import TrainingError
from sentiment.networks import network
from sentiment.runtime import keras
from sentiment.settings import NetworkSettings, PreprocessorSettings, TrainingSettings
from sentiment.text.preprocessor import Preprocessor, tokens
from sentiment.text.vocabulary import UNKNOWN_ID, Vocabulary
from sentiment.training.fit import Labelled, _words_dropped, fit, planned_steps
from tests.sentiment.texts import make_texts

LABELS = ("negative", "neutral", "positive")
SETTINGS = TrainingSettings(epochs=6, least_steps=0, batch_size=16, learning_rate=0.01)
PREPROCESSOR = Preprocessor(
    Vocabulary.learn(
        [tokens(text, PreprocessorSettings()) for text, _ in make_texts(300)], max_size=500
    ),
    PreprocessorSettings(),
)
SIZES = NetworkSettings(len(PREPROCESSOR.vocabulary), embedding_size=8, widths=(1, 2), filters=8)


def labelled(number, seed, labels=LABELS):
    pairs = make_texts(number, labels, seed)
    classes = np.array([LABELS.index(label) for _, label in pairs])
    return Labelled(PREPROCESSOR([text for text, _ in pairs]), classes)


@pytest.fixture
def model():
    """Give a new network, the same for each test."""
    keras.utils.set_random_seed(1)
    return network.build(SIZES, len(LABELS))


def test_the_network_learns_and_keeps_the_best_weights(model):
    epochs = list(fit(model, labelled(300, 0), labelled(60, 1), LABELS, SETTINGS))
    assert [epoch.number for epoch in epochs] == list(range(1, len(epochs) + 1))
    assert epochs[-1].loss < epochs[0].loss
    best = max(epochs, key=lambda epoch: epoch.validation.macro_recall)
    assert best.validation.macro_recall > 0.9
    assert best.best
    validation = labelled(60, 1)
    predicted = np.argmax(model(validation.texts.padded(range(60))), axis=1)
    recalls = [np.mean(predicted[validation.classes == number] == number) for number in range(3)]
    assert np.mean(recalls) == pytest.approx(best.validation.macro_recall)


def test_the_weights_of_a_worse_epoch_are_not_kept(model):
    draw = np.random.default_rng(0)
    noise = labelled(60, 1)._replace(classes=draw.integers(0, 3, 60))
    *_, last = epochs = list(fit(model, labelled(300, 0), noise, LABELS, SETTINGS))
    best = max(epoch.validation.macro_recall for epoch in epochs)
    assert last.validation.macro_recall < best
    predicted = np.argmax(model(noise.texts.padded(range(60))), axis=1)
    recalls = [np.mean(predicted[noise.classes == number] == number) for number in range(3)]
    assert np.mean(recalls) == pytest.approx(best)


def test_dropped_words_become_unknown_and_padding_stays():
    ids = np.array([[5] * 900 + [0] * 100] * 10, np.int32)
    settings = TrainingSettings(word_dropout=0.25)
    dropped = _words_dropped(ids, settings, np.random.default_rng(0))
    assert set(dropped[:, :900].flat) == {5, UNKNOWN_ID}
    assert np.mean(dropped[:, :900] == UNKNOWN_ID) == pytest.approx(0.25, abs=0.02)
    assert not dropped[:, 900:].any()


def test_training_stops_when_it_no_longer_helps(model):
    settings = TrainingSettings(epochs=12, patience=1, least_steps=0, learning_rate=1e-9)
    epochs = list(fit(model, labelled(60, 0), labelled(60, 1), LABELS, settings))
    assert len(epochs) == 3  # The first is the best so far; two of twelve may be worse.


def test_the_same_seed_gives_the_same_weights(model):
    def weights():
        keras.utils.set_random_seed(1)
        model = network.build(SIZES, len(LABELS))
        list(fit(model, labelled(100, 0), labelled(30, 1), LABELS, SETTINGS))
        return model.get_weights()

    for one, other in zip(weights(), weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_class_weights_make_a_rare_label_count_as_much():
    def recall_of_the_rare_label(class_weights):
        keras.utils.set_random_seed(1)
        model = network.build(SIZES, len(LABELS))
        settings = TrainingSettings(
            epochs=2, least_steps=0, learning_rate=0.005, class_weights=class_weights
        )
        common = ("neutral", "positive")
        train = labelled(400, 0, (*common * 19, "negative"))
        *_, last = fit(model, train, labelled(90, 1), LABELS, settings)
        return last.validation.per_class["negative"].recall

    assert recall_of_the_rare_label(True) > recall_of_the_rare_label(False)


def test_each_step_is_told(model):
    steps = []
    train = labelled(50, 0)
    list(fit(model, train, labelled(30, 1), LABELS, SETTINGS, lambda: steps.append(1)))
    assert len(steps) <= planned_steps(50, SETTINGS) == 4 * 6


def test_few_texts_are_passed_over_more_often():
    settings = TrainingSettings(epochs=4, least_steps=600, batch_size=64)
    assert planned_steps(300, settings) == 5 * 120
    assert planned_steps(64_000, settings) == 1000 * 4


def test_a_loss_that_is_no_number_is_an_error(model):
    with pytest.raises(TrainingError, match="lower --learning-rate"):
        list(
            fit(
                model,
                labelled(100, 0),
                labelled(30, 1),
                LABELS,
                TrainingSettings(learning_rate=1e30, least_steps=0),
            )
        )


def test_texts_without_tokens_can_be_learnt_from(model):
    empty = Labelled(PREPROCESSOR([""] * 6), np.array([0, 1, 2] * 2))
    *_, last = fit(model, empty, empty, LABELS, SETTINGS)
    assert last.validation.examples == 6
