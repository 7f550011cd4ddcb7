"""How much each text and each label counts while a network learns, and for what."""

import numpy as np
import pytest
from msgspec.structs import replace

from sentiment.runtime import keras
from sentiment.settings import TrainingSettings
from sentiment.training.labelled import text_weights
from tests.sentiment.texts import make_texts
from tests.sentiment.training.small_network import (
    LABELS,
    PREPROCESSOR,
    SETTINGS,
    fit,
    known,
    labelled,
    new_network,
    probabilities_of,
)


def test_class_weights_make_a_rare_label_count_as_much():
    def recall_of_the_rare_label(class_weights):
        keras.utils.set_random_seed(1)
        model = new_network()
        settings = TrainingSettings(
            epochs=2, least_steps=0, learning_rate=0.005, class_weights=class_weights
        )
        common = ("neutral", "positive")
        train = labelled(400, 0, (*common * 19, "negative"))
        *_, last = fit(model, train, labelled(90, 1), LABELS, settings)
        return last.validation.per_class["negative"].recall

    assert recall_of_the_rare_label(True) > recall_of_the_rare_label(False)


def test_balanced_sampling_makes_a_rare_label_count_as_much():
    settings = TrainingSettings(
        epochs=2, least_steps=0, learning_rate=0.005, class_weights=False, balanced_sampling=True
    )
    common = ("neutral", "positive")
    train = labelled(400, 0, (*common * 19, "negative"))
    recalls = []
    for each in (settings, replace(settings, balanced_sampling=False)):
        keras.utils.set_random_seed(1)
        model = new_network()
        *_, last = fit(model, train, labelled(90, 1), LABELS, each)
        recalls.append(last.validation.per_class["negative"].recall)
    assert recalls[0] > recalls[1]


def test_texts_that_weigh_nothing_teach_nothing(model):
    right, wrong = labelled(150, 0), labelled(150, 5)
    wrong = known(wrong.texts, (wrong.classes + 1) % 3)
    texts = [text for text, _ in (*make_texts(150, seed=0), *make_texts(150, seed=5))]
    both = known(PREPROCESSOR(texts), [*right.classes, *wrong.classes])
    light = both._replace(weights=np.repeat([1, 1e-6], 150).astype(np.float32))
    *_, last = fit(model, light, labelled(90, 1), LABELS, SETTINGS)
    assert last.validation.macro_recall > 0.9


def test_soft_targets_are_learnt(model):
    train = labelled(300, 0)
    soft = train._replace(targets=np.tile(np.array([[0.2, 0.3, 0.5]], np.float32), (300, 1)))
    list(fit(model, soft, labelled(60, 1), LABELS, replace(SETTINGS, class_weights=False)))
    probabilities = probabilities_of(model, soft.texts)
    np.testing.assert_allclose(probabilities.mean(axis=0), [0.2, 0.3, 0.5], atol=0.05)


def test_soft_labels_are_of_several_classes_when_these_are_made_to_weigh_the_same():
    train = labelled(300, 0)
    soft = np.tile(np.array([[0.5, 0.5, 0.0]], np.float32), (300, 1))
    soft[:30] = [0, 0, 1]
    weights = text_weights(train._replace(targets=soft), SETTINGS)
    assert (weights @ soft).tolist() == pytest.approx([100, 100, 100], abs=0.01)
