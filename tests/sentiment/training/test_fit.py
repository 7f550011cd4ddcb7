from functools import partial

import numpy as np
import pytest
from msgspec.structs import replace

from sentiment.errors import TrainingError
from sentiment.networks import network
from sentiment.networks.composition import ComposedEmbedding
from sentiment.networks.inputs import Inputs, TrainingInputs
from sentiment.networks.subwords import ngram_ids
from sentiment.runtime import keras
from sentiment.serving.keras_engine import KerasEngine
from sentiment.settings import PreprocessorSettings, TrainingSettings
from sentiment.text.preprocessor import Preprocessor, tokens
from sentiment.text.vocabulary import Vocabulary
from sentiment.training.augment import Variants
from sentiment.training.fit import Fitting
from sentiment.training.planning import planned_steps
from tests.sentiment.texts import make_texts
from tests.sentiment.training.small_network import (
    LABELS,
    PREPROCESSOR,
    SETTINGS,
    SIZES,
    fit,
    known,
    labelled,
    new_network,
    probabilities_of,
)


def test_the_network_learns_and_keeps_the_best_weights(model):
    epochs = list(fit(model, labelled(300, 0), labelled(60, 1), LABELS, SETTINGS))
    assert [epoch.number for epoch in epochs] == list(range(1, len(epochs) + 1))
    assert epochs[-1].loss < epochs[0].loss
    best = max(epochs, key=lambda epoch: epoch.validation.macro_recall)
    assert best.validation.macro_recall > 0.9
    assert best.best
    validation = labelled(60, 1)
    predicted = probabilities_of(model, validation.texts).argmax(axis=1)
    recalls = [np.mean(predicted[validation.classes == number] == number) for number in range(3)]
    assert np.mean(recalls) == pytest.approx(best.validation.macro_recall)


def test_the_weights_of_a_worse_epoch_are_not_kept(model):
    draw = np.random.default_rng(0)
    noise = known(labelled(60, 1).texts, draw.integers(0, 3, 60))
    *_, last = epochs = list(fit(model, labelled(300, 0), noise, LABELS, SETTINGS))
    best = max(epoch.validation.macro_recall for epoch in epochs)
    assert last.validation.macro_recall < best
    predicted = probabilities_of(model, noise.texts).argmax(axis=1)
    recalls = [np.mean(predicted[noise.classes == number] == number) for number in range(3)]
    assert np.mean(recalls) == pytest.approx(best)


def test_the_weights_of_the_last_epoch_are_kept_where_that_is_asked_for(model):
    settings = replace(SETTINGS, keep="last", epochs=6, patience=1, least_steps=0)
    draw = np.random.default_rng(0)
    noise = known(labelled(60, 1).texts, draw.integers(0, 3, 60))
    fitting = Fitting(model, labelled(100, 0), noise, LABELS, settings)
    *_, last = weights = [model.get_weights() for _ in fitting.epochs()]
    assert len(weights) == 6  # Others would have stopped when the first two brought nothing.
    recalls = [epoch.validation.macro_recall for epoch in fitting.done]
    assert max(recalls) not in recalls[-2:]
    for one, other in zip(model.get_weights(), last, strict=True):
        np.testing.assert_array_equal(one, other)


def test_training_stops_when_it_no_longer_helps(model):
    settings = TrainingSettings(epochs=12, patience=1, least_steps=0, learning_rate=1e-9)
    epochs = list(fit(model, labelled(60, 0), labelled(60, 1), LABELS, settings))
    assert len(epochs) == 3  # The first is the best so far; two of twelve may be worse.


def test_the_same_seed_gives_the_same_weights(model):
    def weights():
        keras.utils.set_random_seed(1)
        model = new_network()
        list(fit(model, labelled(100, 0), labelled(30, 1), LABELS, SETTINGS))
        return model.get_weights()

    for one, other in zip(weights(), weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_averaged_weights_are_those_that_are_kept(model):
    settings = replace(SETTINGS, averaging=0.9, epochs=2)
    fitting = Fitting(model, labelled(300, 0), labelled(60, 1), LABELS, settings)
    own = [model.get_weights() for _ in fitting.epochs()][-1]
    kept = model.get_weights()
    assert not all(np.allclose(one, other, atol=1e-6) for one, other in zip(own, kept, strict=True))
    validation = labelled(60, 1)
    predicted = probabilities_of(model, validation.texts).argmax(axis=1)
    recalls = [np.mean(predicted[validation.classes == number] == number) for number in range(3)]
    assert np.mean(recalls) == pytest.approx(max(e.validation.macro_recall for e in fitting.done))


def test_a_network_that_reads_spelling_knows_words_that_it_never_saw():
    settings = PreprocessorSettings(spelling=True)
    telling = {"negative": "horribl", "neutral": "tuesda", "positive": "wonderf"}
    draw = np.random.default_rng(0)

    def texts(endings):
        return [
            (f"{stem}{draw.choice(endings)} {draw.choice(['this', 'that', 'so'])}", label)
            for label, stem in telling.items()
            for _ in range(60)
        ]

    seen, unseen = texts(["e", "y", "ul", "ys"]), texts(["ness", "ily", "ish"])
    vocabulary = Vocabulary.learn([tokens(text, settings) for text, _ in seen], 500)
    prepare = Preprocessor(vocabulary, settings)
    train, held_out = (
        known(prepare([text for text, _ in pairs]), [LABELS.index(label) for _, label in pairs])
        for pairs in (seen, unseen)
    )
    assert held_out.texts.unseen
    sizes = replace(SIZES, vocabulary_size=len(vocabulary), kind="cnn-subword", subwords=500)
    parts = ngram_ids(vocabulary.tokens, 500)
    inputs_of = partial(TrainingInputs, subwords=500, known=parts)
    keras.utils.set_random_seed(1)
    model = new_network(sizes)
    *_, last = fit(model, train, held_out, LABELS, SETTINGS, inputs_of)
    assert last.validation.macro_recall > 0.95
    finished = network.finished(model, sizes, 3, parts)
    np.testing.assert_allclose(
        KerasEngine(finished, partial(Inputs, subwords=500)).score(held_out.texts),
        KerasEngine(model, inputs_of).score(held_out.texts),
        atol=5e-4,  # Vectors of a finished network are float16.
    )


@pytest.mark.parametrize(
    ("use", "expected"), [("tuned", "1111"), ("frozen", "0000"), ("frozen-then-tuned", "0011")]
)
def test_given_vectors_change_when_they_should(use, expected):
    keras.utils.set_random_seed(1)
    size = SIZES.vocabulary_size
    start = np.random.default_rng(0).normal(size=(size, 8)).astype(np.float32)
    embedding = ComposedEmbedding(start, None, np.arange(size) % 2 == 0)
    model = network.build(SIZES, len(LABELS), embedding)
    settings = replace(SETTINGS, epochs=4, patience=9, vectors_use=use)
    fitting = Fitting(model, labelled(100, 0), labelled(30, 1), LABELS, settings)
    moved = [np.abs(embedding.table() - start)[::2].max() > 1e-6 for _ in fitting.epochs()]
    assert "".join("1" if each else "0" for each in moved) == expected


def test_what_is_frozen_for_a_while_is_not_stopped_before_it_is_thawed():
    settings = replace(
        SETTINGS, epochs=8, patience=1, vectors_use="frozen-then-tuned", learning_rate=1e-9
    )
    model = new_network(given=True)
    epochs = list(fit(model, labelled(60, 0), labelled(60, 1), LABELS, settings))
    assert len(epochs) > 4


def test_each_epoch_sees_other_variants(model):
    texts = [text for text, _ in make_texts(60, seed=0)]
    variants = Variants(texts, PREPROCESSOR, ("drop", "swap"), share=1.0)
    rng = np.random.default_rng(0)
    first, second = variants.drawn(rng), variants.drawn(rng)
    assert len(first) == len(second) == 60
    assert first.ids.tolist() != second.ids.tolist()
    epochs = list(fit(model, labelled(60, 0), labelled(30, 1), LABELS, SETTINGS, variants=variants))
    assert epochs[-1].loss < epochs[0].loss


RECIPES = {
    "plain": {},
    "averaged": {"averaging": 0.9},
    "balanced": {"balanced_sampling": True},
    "augmented": {"augment": ("drop", "swap")},
    "thawed": {"vectors_use": "frozen-then-tuned"},
}
RECIPES["all at once"] = {name: value for each in RECIPES.values() for name, value in each.items()}


@pytest.mark.parametrize(
    "recipe",
    [
        name if name in ("plain", "all at once") else pytest.param(name, marks=pytest.mark.long)
        for name in RECIPES
    ],
)
def test_a_training_taken_up_again_ends_as_if_it_had_never_stopped(recipe):
    settings = replace(SETTINGS, word_dropout=0.3, **RECIPES[recipe])
    texts = [text for text, _ in make_texts(150, seed=0)]

    def fitting():
        keras.utils.set_random_seed(1)
        model = new_network(given=settings.vectors_use == "frozen-then-tuned")
        variants = (
            Variants(texts, PREPROCESSOR, settings.augment, 0.5) if settings.augment else None
        )
        train, held_out = labelled(150, 0), labelled(60, 1)
        return model, Fitting(model, train, held_out, LABELS, settings, variants=variants)

    whole, without_a_stop = fitting()
    expected = list(without_a_stop.epochs())

    _, stopped = fitting()
    epochs = stopped.epochs()
    for _ in range(2):
        next(epochs)
    state = stopped.state()
    model, again = fitting()
    again.restore(state)
    assert [epoch.number for epoch in again.epochs()] == list(range(3, len(expected) + 1))
    assert [epoch.loss for epoch in again.done] == pytest.approx([e.loss for e in expected], 1e-4)
    for one, other in zip(model.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_each_step_is_told(model):
    steps = []
    train = labelled(50, 0)
    list(fit(model, train, labelled(30, 1), LABELS, SETTINGS, step_done=lambda: steps.append(1)))
    assert len(steps) <= planned_steps(50, SETTINGS) == 4 * 6


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
    empty = known(PREPROCESSOR([""] * 6), [0, 1, 2] * 2)
    *_, last = fit(model, empty, empty, LABELS, SETTINGS)
    assert last.validation.examples == 6
