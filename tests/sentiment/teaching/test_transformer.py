import json
import random

import numpy as np
import pytest
import safetensors.numpy

from sentiment.errors import BundleError, TrainingError
from sentiment.settings import TeachingSettings
from sentiment.teaching.teacher_directory import TeacherDirectory
from sentiment.teaching.teacher_tokenizer import as_read, own_words, read_tokenizer
from sentiment.teaching.transformer import Transformer, check, steps
from tests.sentiment.teaching import tiny_teacher as tiny
from tests.sentiment.teaching.tiny_teacher import make_teacher, make_tokenizer, save_weights
from tests.sentiment.texts import SYLLABLES, TELLING

LABELS = ("negative", "neutral", "positive")
QUICK = TeachingSettings(epochs=12, learning_rate=0.01)


def short_texts(number, seed):
    """Give texts of a few pieces, so that TensorFlow meets one shape, and the places of labels."""
    draw = random.Random(seed)
    classes = np.array([place % 3 for place in range(number)])
    words = [draw.choices(TELLING[LABELS[place]], k=2) for place in classes]
    return [" ".join([*some, draw.choice(SYLLABLES)]) for some in words], classes


def load(folder, precision="float32"):
    teacher = TeacherDirectory.look_at(folder)
    check(teacher)
    return Transformer(teacher, 3, precision)


def rewrite(folder, **settings):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | settings))
    return folder


def test_a_teacher_reads_the_tokens_of_the_network_in_words_that_it_knows():
    assert (
        as_read("@bob I'm SOOOO happyyy http://t.co/x 😀")
        == "user i'm soo happyy http grinning face"
    )
    assert as_read("\ud83d \u200b") == ""
    assert len(as_read("a " * 999).split()) == 128


@pytest.mark.parametrize("architecture", ["bert", "roberta"])
def test_the_words_of_a_teacher_are_those_that_it_knows_whole(tmp_path, architecture):
    folder = make_teacher(tmp_path / "t", architecture)
    if architecture == "roberta":  # Its own vocabulary marks where a word begins.
        path = folder / "tokenizer.json"
        tokenizer = json.loads(path.read_text())
        vocabulary = tokenizer["model"]["vocab"]
        tokenizer["model"]["vocab"] = {
            f"Ġ{piece}" if piece.isalpha() else piece: place for piece, place in vocabulary.items()
        }
        # As it writes the bytes of a letter that takes two.
        tokenizer["model"]["vocab"]["ĠespaÃ±ol"] = tokenizer["model"]["vocab"].pop("Ġboring")
        path.write_text(json.dumps(tokenizer))
    words = own_words(TeacherDirectory.look_at(folder))
    assert words[:2] == ["user", "http"]
    assert {"love", "español" if architecture == "roberta" else "boring", "station"} <= {*words}
    assert not {"[CLS]", "##ba", "ba", "a"} & {*words}


def test_a_teacher_learns_what_words_tell_from_texts_that_weigh_something(tiny_teacher):
    transformer = load(tiny_teacher)
    texts, classes = short_texts(96, seed=1)
    weights = np.ones(96, np.float32)
    weights[::4] = 0
    classes[::4] = (classes[::4] + 1) % 3
    taken = []
    transformer.learn(texts, classes, weights, QUICK, lambda: taken.append(1))
    assert len(taken) == 36
    unseen, expected = short_texts(64, seed=2)
    said = transformer.log_probabilities(unseen, lambda: taken.append(1))
    assert len(taken) == steps(96, 64, QUICK) == 37
    assert said.shape == (64, 3)
    assert said.dtype == np.float32
    np.testing.assert_allclose(np.exp(said).sum(axis=1), 1, atol=1e-5)
    assert (said.argmax(axis=1) == expected).mean() > 0.9


@pytest.mark.parametrize("architecture", ["distilbert", "roberta", "xlm-roberta"])
def test_other_architectures_are_read(tmp_path, architecture):
    transformer = load(make_teacher(tmp_path / "t", architecture, layers=2))
    vectors = transformer.vectors(["a lovely day", "awful " * 99])
    assert vectors.shape == (2, 16)
    assert np.isfinite(vectors).all()


def test_a_text_longer_than_a_teacher_has_places_for_is_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr(tiny, "POSITIONS", 36)  # Which is no multiple of 8.
    transformer = load(tiny.make_teacher(tmp_path / "t"))
    said = transformer.log_probabilities(["awful " * 99, "awful " * 60])
    np.testing.assert_allclose(said[0], said[1], atol=1e-6)


def test_padding_changes_neither_vectors_nor_probabilities(tiny_teacher):
    transformer = load(tiny_teacher)
    few = ["love", "thanks to the station"]
    many = [*few, "an awful meeting with a broken report, announced at the worst of times"]
    np.testing.assert_allclose(transformer.vectors(few), transformer.vectors(many)[:2], atol=1e-5)
    said = transformer.log_probabilities(many)
    np.testing.assert_allclose(transformer.log_probabilities(few), said[:2], atol=1e-5)


def test_bfloat16_gives_vectors_and_probabilities_that_are_nearly_the_same(tiny_teacher):
    exact, quick = (
        load(tiny_teacher).vectors(["love"]),
        load(tiny_teacher, "bfloat16").vectors(["love"]),
    )
    assert quick.dtype == np.float32
    np.testing.assert_allclose(exact, quick, atol=0.1)
    assert (exact != quick).any()


def test_no_text_at_all_has_no_answers(tiny_teacher):
    transformer = load(tiny_teacher)
    assert transformer.log_probabilities([]).shape == (0, 3)
    assert transformer.vectors([]).shape == (0, 16)


def test_a_loss_that_is_no_number_ends_it(spoilt):
    path = spoilt / "model.safetensors"
    arrays = safetensors.numpy.load_file(path)
    arrays["embeddings.word_embeddings.weight"][:] = np.nan
    save_weights(spoilt, arrays)
    transformer = load(spoilt)
    texts, classes = short_texts(32, seed=1)
    with pytest.raises(TrainingError, match="no longer a number: lower --learning-rate"):
        transformer.learn(texts, classes, np.ones(32, np.float32), QUICK)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"num_hidden_layers": 2}, "1 layers instead of 2"),
        ({"hidden_size": 24}, "no weight has the hidden_size of 24"),
        ({"vocab_size": 10**15}, "no weight has the vocab_size of 1,000,000,000,000,000"),
        ({"intermediate_size": 16}, "[Ss]hape"),
    ],
)
def test_weights_of_another_shape_than_its_settings_say_are_refused(spoilt, settings, why):
    with pytest.raises(
        BundleError, match=rf"does not fit config.json \(.*{why}.*\): get the"
    ) as told:
        load(rewrite(spoilt, **settings))
    assert "\n" not in str(told.value)


def test_a_missing_weight_is_named(spoilt):
    arrays = safetensors.numpy.load_file(spoilt / "model.safetensors")
    del arrays["encoder.layer.0.output.dense.bias"]
    save_weights(spoilt, arrays)
    with pytest.raises(BundleError, match=r"does not fit config.json \(.*output.dense.bias"):
        load(spoilt)


@pytest.mark.parametrize("size", [0, 7, 5000])
def test_truncated_weights_are_refused(spoilt, size):
    path = spoilt / "model.safetensors"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(BundleError, match=r"model.safetensors is damaged \(.+\): get it anew"):
        load(spoilt)


def test_the_tokenizer_of_another_model_is_refused(spoilt):
    tokenizer = make_tokenizer()
    tokenizer.add_tokens([f"word{number}" for number in range(99)])
    tokenizer.save(str(spoilt / "tokenizer.json"))
    with pytest.raises(BundleError, match=r"has \d+ pieces, and config.json a vocabulary of \d+:"):
        load(spoilt)
    make_tokenizer("[BOS]", "[EOS]").save(str(spoilt / "tokenizer.json"))
    with pytest.raises(BundleError, match="does not put"):
        load(spoilt)


def test_a_tokenizer_of_fewer_pieces_is_that_of_another_model(spoilt):
    path = spoilt / "tokenizer.json"
    tokenizer = json.loads(path.read_text())
    vocabulary = tokenizer["model"]["vocab"]
    pieces = len(vocabulary)
    for piece in [piece for piece, place in vocabulary.items() if place >= 0.97 * pieces]:
        del vocabulary[piece]
    path.write_text(json.dumps(tokenizer))
    with pytest.raises(BundleError, match=rf"pieces, and config.json a vocabulary of {pieces}:"):
        load(spoilt)
    rewrite(spoilt, vocab_size=len(vocabulary) + 1)  # To be a round number.
    read_tokenizer(TeacherDirectory.look_at(spoilt))


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"model": {"type": "WordPiece"}}'])
def test_a_damaged_tokenizer_is_refused(spoilt, content):
    (spoilt / "tokenizer.json").write_text(content)
    with pytest.raises(BundleError, match=r"tokenizer.json is damaged \(.+\): get it anew"):
        load(spoilt)
