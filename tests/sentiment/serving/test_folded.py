from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sentiment.networks import network
from sentiment.serving.folded import fold
from sentiment.serving.folded_layout import LANES, Layout, NotFoldable
from sentiment.settings import NetworkSettings
from sentiment.text.encoded_texts import EncodedTexts
from tests.sentiment.random_networks import folded, predicted, random_network, random_texts

WORDS = 30
SIZES = NetworkSettings(WORDS, embedding_size=6, widths=(2, 3), filters=5)
NETWORKS = st.builds(
    NetworkSettings,
    vocabulary_size=st.just(WORDS),
    embedding_size=st.integers(1, 9),
    widths=st.lists(st.integers(1, 7), min_size=1, max_size=4, unique=True).map(tuple),
    filters=st.integers(1, 40),
    padding=st.sampled_from(["same", "valid"]),
    pooling=st.lists(st.sampled_from(["max", "mean", "vectors"]), min_size=1, unique=True)
    .filter(lambda kinds: kinds != ["vectors"])
    .map(tuple),
    hidden=st.lists(st.integers(1, 20), max_size=2).map(tuple),
)
SPELLING = st.sampled_from([{}, {"kind": "cnn-subword", "subwords": 50}])
UNSEEN = ("happyyy", "grrr", "ok", "приветик")
LENGTHS = st.lists(st.integers(0, 9) | st.integers(0, 300), min_size=1, max_size=8)


@given(NETWORKS, SPELLING, st.integers(2, 20), LENGTHS, st.integers(0, 1000))
@settings(max_examples=40)
def test_a_folded_network_scores_as_keras_does(sizes, spelling, classes, lengths, seed):
    sizes = replace(sizes, **spelling)
    model = random_network(sizes, classes, seed)
    texts = random_texts(lengths, WORDS, seed, UNSEEN if spelling else ())
    scores = folded(model, sizes, classes).score(texts)
    assert scores.dtype == np.float32
    expected = predicted(model, texts, sizes.subwords)
    np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 6, 8])
def test_each_length_and_width_has_the_edges_of_keras(padding, width):
    sizes = NetworkSettings(
        WORDS, 4, (width,), filters=17, padding=padding, pooling=("max", "mean", "vectors")
    )
    model = random_network(sizes, 3)
    texts = random_texts([*range(13), 64, 300], WORDS)
    np.testing.assert_allclose(
        folded(model, sizes, 3).score(texts), predicted(model, texts), rtol=0, atol=1e-5
    )


@pytest.fixture(scope="module")
def engine():
    """Give a folded network with something of everything."""
    sizes = NetworkSettings(
        WORDS, 6, (1, 4), filters=20, pooling=("max", "mean", "vectors"), hidden=(9,)
    )
    return folded(random_network(sizes, 3), sizes, 3)


@given(LENGTHS, st.integers(0, 1000))
def test_a_text_scores_the_same_alone_and_among_others(engine, lengths, seed):
    texts = random_texts(lengths, WORDS, seed)
    alone = [
        engine.score(EncodedTexts(texts.ids[start:end], np.array([0, end - start])))
        for start, end in pairwise(texts.offsets)
    ]
    np.testing.assert_array_equal(engine.score(texts), np.concatenate(alone))


def test_the_tables_are_as_large_as_said():
    for sizes in (
        SIZES,
        NetworkSettings(9, 3, (1, 6), 33, pooling=("mean", "max"), hidden=(5, 40)),
        NetworkSettings(9, 3, (1, 6), 33, pooling=("max", "vectors"), hidden=(40,)),
        NetworkSettings(9, 3, pooling=("vectors", "max"), kind="cnn-subword", subwords=7),
    ):
        layout = Layout(sizes, 4)
        parts = list(fold(network.weights(random_network(sizes, 4)), layout))
        assert sum(part.size for part in parts) == layout.size
        assert {part.dtype for part in parts} == {np.dtype(np.float32)}


def test_rows_begin_where_lines_of_the_cache_do():
    assert Layout(SIZES, 3).shape.row_size == (2 + 3) * LANES


@pytest.mark.parametrize(("hidden", "tiles"), [((), 1), ((40,), 3), ((16, 40), 1)])
def test_rows_grow_by_what_vectors_say_themselves_and_only_where_they_do(hidden, tiles):
    sizes = replace(SIZES, hidden=hidden)
    assert Layout(sizes, 3).shape.row_size == (2 + 3) * LANES
    sizes = replace(sizes, pooling=("max", "vectors"))
    assert Layout(sizes, 3).shape.row_size == (2 + 3 + tiles) * LANES


@pytest.fixture
def weights():
    """Give the weights of a network of those sizes."""
    return dict(network.weights(random_network(SIZES, 3)))


def test_weights_of_the_network_described_are_taken(weights):
    Layout(SIZES, 3).check(weights)


def test_a_weight_that_is_missing_is_named(weights):
    del weights["convolution_3.bias"]
    with pytest.raises(NotFoldable, match=r"it has no convolution_3\.bias"):
        Layout(SIZES, 3).check(weights)


def test_a_weight_too_many_is_named(weights):
    weights["attention.kernel"] = np.zeros((2, 2), np.float32)
    with pytest.raises(NotFoldable, match=r"it has attention\.kernel, which is not in the network"):
        Layout(SIZES, 3).check(weights)


def test_a_weight_of_another_shape_is_named(weights):
    with pytest.raises(
        NotFoldable, match=r"its output\.bias is float32 \(3,\), not float32 \(4,\)"
    ):
        Layout(SIZES, 4).check(weights)


@pytest.mark.parametrize(
    ("name", "other"), [("convolution_2.bias", "float16"), ("embedding.embeddings", "float64")]
)
def test_a_weight_of_another_type_is_named(weights, name, other):
    weights[name] = weights[name].astype(other)
    with pytest.raises(NotFoldable, match=rf"its {name} is {other} \(.*\), not float32"):
        Layout(SIZES, 3).check(weights)


def test_vectors_of_earlier_versions_are_taken_as_they_are(weights):
    layout = Layout(SIZES, 3)
    of_now = list(fold(weights, layout))
    weights["embedding.embeddings"] = weights["embedding.embeddings"].astype(np.float32)
    layout.check(weights)
    for one, other in zip(of_now, fold(weights, layout), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "changed",
    [{"widths": ()}, {"widths": (0,)}, {"widths": (2, 2)}, {"filters": 0}, {"hidden": (0,)},
     {"pooling": ()}, {"pooling": ("max", "max")}, {"pooling": ("vectors",)}],
)  # fmt: skip
def test_settings_that_are_no_network_are_refused(weights, changed):
    with pytest.raises(NotFoldable, match="describe no network"):
        Layout(replace(SIZES, **changed), 3).check(weights)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"kind": "cnn-lstm"}, "no table holds what the network cnn-lstm computes"),
        ({"kind": "mlp"}, "no table holds what the network mlp computes"),
        ({"kind": "cnn-subword"}, "give a cnn-subword 0 subwords"),
        ({"subwords": 5}, "give a cnn 5 subwords"),
    ],
)
def test_networks_of_another_kind_are_refused(weights, changed, why):
    with pytest.raises(NotFoldable, match=why):
        Layout(replace(SIZES, **changed), 3).check(weights)
