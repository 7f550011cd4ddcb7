import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sentiment.networks import network
from sentiment.networks.composition import ComposedEmbedding, token_ngrams
from sentiment.networks.inputs import TrainingInputs
from sentiment.networks.subwords import NGRAMS_OF_A_WORD
from sentiment.serving.keras_engine import KerasEngine
from sentiment.settings import NetworkSettings
from sentiment.text.encoded_texts import EncodedTexts
from tests.sentiment.random_networks import random_network

SIZES = NetworkSettings(vocabulary_size=20, embedding_size=5, widths=(1, 2, 3, 4), filters=6)
KINDS = {
    "as shipped": SIZES,
    "inside the text": replace(SIZES, padding="valid"),
    "mean": replace(SIZES, pooling=("mean",)),
    "vectors": replace(SIZES, pooling=("max", "vectors")),
    "all at once": replace(
        SIZES, padding="valid", pooling=("max", "mean", "vectors"), hidden=(7, 4)
    ),
}
TEXTS = st.lists(st.lists(st.integers(1, 19), max_size=12), min_size=1, max_size=8)


@pytest.fixture(scope="module", params=KINDS)
def sizes(request):
    """Give the settings of a network."""
    return KINDS[request.param]


@pytest.fixture(scope="module")
def model(sizes):
    """Give a network with random weights, its biases too."""
    return random_network(sizes, classes=3)


@pytest.fixture(scope="module")
def engine(model):
    """Give an engine with that network."""
    return KerasEngine(model)


def encoded(rows):
    return EncodedTexts.of([np.array(row, np.int32).tobytes() for row in rows])


def by_hand(sizes, model, ids):
    """Compute the probabilities of one text from the definition of a convolution."""
    weights = {name: each.astype(np.float32) for name, each in network.weights(model).items()}
    vectors = weights["embedding.embeddings"][np.array(ids, int)]
    strongest, means = [], []
    for width in sizes.widths:
        before = (width - 1) // 2 if sizes.padding == "same" else 0
        missing = width - 1 - before if sizes.padding == "same" else max(0, width - len(ids))
        padded = np.pad(vectors, ((before, missing), (0, 0)))
        places = len(padded) - width + 1 if ids else 0
        features = np.maximum(
            [
                np.einsum(
                    "we,wef->f",
                    padded[place : place + width],
                    weights[f"convolution_{width}.kernel"],
                )
                + weights[f"convolution_{width}.bias"]
                for place in range(places)
            ]
            or np.zeros((1, sizes.filters)),
            0,
        )
        strongest.append(features.max(axis=0))
        means.append(features.mean(axis=0))
    mean_vector = vectors.sum(axis=0) / max(len(ids), 1)
    pooled = {"max": strongest, "mean": means, "vectors": [mean_vector]}
    values = np.concatenate([part for kind in sizes.pooling for part in pooled[kind]])
    for number in range(1, len(sizes.hidden) + 1):
        sums = values @ weights[f"hidden_{number}.kernel"] + weights[f"hidden_{number}.bias"]
        values = np.maximum(sums, 0)
    logits = values @ weights["output.kernel"] + weights["output.bias"]
    return np.exp(logits) / np.exp(logits).sum()


@given(TEXTS)
def test_a_text_scores_the_same_alone_and_among_others(engine, rows):
    together = engine.score(encoded(rows))
    alone = np.concatenate([engine.score(encoded([row])) for row in rows])
    np.testing.assert_allclose(together, alone, atol=1e-5)


@given(TEXTS)
@settings(max_examples=30)
def test_the_probabilities_are_those_of_the_definition(sizes, model, engine, rows):
    expected = [by_hand(sizes, model, row) for row in rows]
    np.testing.assert_allclose(engine.score(encoded(rows)), expected, atol=1e-5)


def test_each_row_sums_to_one(engine):
    scores = engine.score(encoded([[], [1], [2, 3, 4]]))
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1e-6)


def test_no_texts_give_no_rows(engine):
    assert engine.score(encoded([])).shape == (0, 3)


def test_more_texts_than_fit_into_a_call_keep_their_order(engine):
    draw = np.random.default_rng(1)
    rows = [draw.integers(1, 20, size) for size in draw.integers(0, 30, 3000)]
    scores = engine.score(encoded(rows))
    for place in (0, 1, 1500, 2999):
        np.testing.assert_allclose(
            scores[place], engine.score(encoded([rows[place]]))[0], atol=1e-5
        )


def test_one_width_and_two_classes_make_a_network_too():
    sizes = NetworkSettings(vocabulary_size=9, embedding_size=2, widths=(2,), filters=3)
    assert KerasEngine(network.build(sizes, classes=2)).score(encoded([[1, 2]])).shape == (1, 2)


def test_weights_are_named_after_their_layers():
    convolutions = [
        f"convolution_{width}.{part}" for width in SIZES.widths for part in ("bias", "kernel")
    ]
    names = [*convolutions, "embedding.embeddings", "output.bias", "output.kernel"]
    assert sorted(network.weights(random_network(SIZES, 3))) == names
    hidden = network.weights(random_network(KINDS["all at once"], 3)).keys() - set(names)
    assert hidden == {"hidden_1.bias", "hidden_1.kernel", "hidden_2.bias", "hidden_2.kernel"}


def test_saved_networks_load_with_nothing_but_keras(tmp_path):
    for name, sizes in KINDS.items():
        random_network(sizes, 3).save(tmp_path / f"{name}.keras")
    program = (
        "import sys, keras\n"
        "import numpy\n"
        "for name in sys.argv[1:]:\n"
        "    model = keras.saving.load_model(name, safe_mode=True, compile=False)\n"
        "    print(model(numpy.array([[1, 2, 3, 0]], 'int32')).numpy().shape)\n"
        "assert 'sentiment' not in sys.modules\n"
    )
    command = [sys.executable, "-c", program, *map(str, tmp_path.iterdir())]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.stdout == "(1, 3)\n" * len(KINDS), done.stderr


def test_the_finished_network_scores_as_the_trained_one_with_composed_vectors():
    words = ["<padding>", "<unknown>", "happy", "unhappy", "happily", "unhappily"]
    sizes = NetworkSettings(len(words), embedding_size=6, widths=(1, 3), filters=4)
    start = np.random.default_rng(0).normal(size=(6, 6)).astype(np.float32)
    embedding = ComposedEmbedding(start, token_ngrams(words, most=50))
    trained = network.build(sizes, 3, embedding)
    finished = network.finished(trained, sizes, 3)
    texts = encoded([[2, 3], [5], [], [4, 1, 2, 2]])
    np.testing.assert_allclose(
        KerasEngine(finished).score(texts),
        KerasEngine(trained, TrainingInputs).score(texts),
        atol=5e-4,
    )
    table = network.weights(finished)["embedding.embeddings"]
    np.testing.assert_array_equal(table, embedding.table().astype(np.float16), strict=True)


def test_vectors_of_a_finished_network_are_rounded_and_as_large_as_can_be():
    sizes = replace(SIZES, kind="cnn-subword", subwords=2)
    start = np.full((20, 5), 1e6, np.float32)
    start[1] = 1 / 3
    trained = network.build(sizes, 3, ComposedEmbedding(start))
    trained.get_layer("subwords").set_weights([np.array([[0.0], [1 / 3], [-1e9]]) * np.ones(5)])
    parts = np.zeros((20, NGRAMS_OF_A_WORD), np.int32)
    parts[1, 0] = 1
    found = network.weights(network.finished(trained, sizes, 3, parts))
    assert found["embedding.embeddings"][:3, 0].tolist() == [65504, np.float16(2 / 3), 65504]
    assert found["subwords.embeddings"][:, 0].tolist() == [0, np.float16(1 / 3), -65504]
    assert found["output.kernel"].dtype == np.float32
