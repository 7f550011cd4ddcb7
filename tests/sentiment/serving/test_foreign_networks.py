"""Networks that are not of the family that can be folded; Keras scores them, and rightly."""

import hashlib
import io
import json
import shutil
from functools import partial

import numpy as np
import pytest

from sentiment import BundleError, Scorer
from sentiment.__main__ import main
from sentiment.networks import network
from sentiment.runtime import keras
from sentiment.serving.keras_engine import KerasEngine
from sentiment.storage.bundle import Bundle
from sentiment.storage.reference import Reference
from tests.sentiment.random_networks import predicted
from tests.sentiment.spoiling import replace
from tests.sentiment.texts import make_texts

layers, ops = keras.layers, keras.ops


def recurrent(sizes):
    """Give a network of other layers, which reads a text word by word."""
    ids = keras.Input((None,), dtype="int32")
    vectors = layers.Embedding(sizes.vocabulary_size, 4, mask_zero=True, name="embedding")(ids)
    return keras.Model(ids, layers.Dense(3, "softmax", name="output")(layers.GRU(5)(vectors)))


def like_ours(sizes, activation):
    """Give a network with the weights of ours, by name and shape, and an activation of its own."""
    ids = keras.Input((None,), dtype="int32")
    mask = ops.expand_dims(ops.cast(ops.not_equal(ids, 0), "float32"), -1)
    vectors = layers.Embedding(sizes.vocabulary_size, sizes.embedding_size, name="embedding")(ids)
    pooled = []
    for width in sizes.widths:
        convolution = layers.Conv1D(
            sizes.filters, width, padding="same", activation=activation, name=f"convolution_{width}"
        )
        features = ops.multiply(convolution(ops.multiply(vectors, mask)), mask)
        pooled.append(layers.GlobalMaxPooling1D()(features))
    return keras.Model(ids, layers.Dense(3, "softmax", name="output")(ops.concatenate(pooled, -1)))


@pytest.fixture
def store(small_bundle, tmp_path):
    """Give a function that makes a bundle with a network of another kind."""

    def store(build, **arrays):
        bundle = Bundle.load(small_bundle)
        keras.utils.set_random_seed(5)
        model = build(bundle.manifest.network)
        path = shutil.copytree(small_bundle, tmp_path / "foreign")
        model.save(path / "model.keras")
        archive = io.BytesIO()
        np.savez(archive, **network.weights(model), **arrays)
        (path / "weights.npz").write_bytes(archive.getvalue())
        size = bundle.manifest.network.vocabulary_size
        reference = Reference.make(bundle.preprocessor, KerasEngine(model).score, size, 64)
        (path / "reference.npz").write_bytes(reference.to_npz())
        manifest = json.loads((path / "bundle.json").read_text())
        for name in ("model.keras", "weights.npz", "reference.npz"):
            manifest["files"][name] = hashlib.sha256((path / name).read_bytes()).hexdigest()
        (path / "bundle.json").write_text(json.dumps(manifest))
        return path, model

    return store


FOREIGN = {
    "layers": (recurrent, "it has no convolution_1.bias"),
    "activation": (partial(like_ours, activation="tanh"), "it computes something else than"),
}


@pytest.fixture(params=FOREIGN)
def foreign(request, store):
    """Give a bundle, its model and why that cannot be folded."""
    build, reason = FOREIGN[request.param]
    return *store(build), reason


def test_keras_scores_what_cannot_be_folded_and_one_line_tells_why(foreign):
    path, model, reason = foreign
    said = []
    scorer = Scorer.load(path, say=said.append)
    scorer.check_reference()
    assert scorer.engine == "keras"
    (line,) = said
    assert line.startswith(f"the network in {path} cannot be folded ({reason}")
    batch = scorer.prepare([text for text, _ in make_texts(100, seed=2)])
    np.testing.assert_allclose(scorer.score(batch), predicted(model, batch), atol=1e-5)


def test_it_is_refused_where_it_has_to_be_folded(foreign):
    path, _, reason = foreign
    with pytest.raises(BundleError, match=f"{reason}.* take the engine 'auto' or 'keras'"):
        Scorer.load(path, "folded")


def test_the_same_network_with_our_activation_is_folded(store):
    path, model = store(partial(like_ours, activation="relu"))
    scorer = Scorer.load(path, "folded")
    batch = scorer.prepare([text for text, _ in make_texts(100, seed=2)])
    np.testing.assert_allclose(scorer.score(batch), predicted(model, batch), atol=1e-5)


def test_weights_that_are_no_archive_are_no_reason_for_keras(store):
    path, _ = store(partial(like_ours, activation="relu"))
    replace(path, "weights.npz", b"PK")
    with pytest.raises(BundleError, match=r"weights\.npz is no archive: restore or retrain"):
        Scorer.load(path)


def test_the_command_tells_it_on_stderr_and_scores(store, tmp_path, capsys):
    path, _ = store(recurrent)
    (tmp_path / "texts.txt").write_text("I love it\n")
    assert main(["score", "--model", str(path), str(tmp_path / "texts.txt")]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["text"] == "I love it"
    assert "cannot be folded (it has no convolution_1.bias): Keras computes it" in err


def test_the_command_cannot_explain_it(store, tmp_path, capsys):
    path, _ = store(recurrent)
    (tmp_path / "texts.txt").write_text("I love it\n")
    command = ["score", "--model", str(path), str(tmp_path / "texts.txt"), "--explain"]
    assert main(command) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1].endswith(
        f"evidence needs the folded engine, and the network in {path} cannot be folded "
        "(it has no convolution_1.bias): do without evidence"
    )


def test_the_command_refuses_it_when_it_is_told_to_fold(store, tmp_path, capsys):
    path, _ = store(recurrent)
    assert main(["score", "--model", str(path), "--engine", "folded", "-"]) == 1
    assert "take the engine 'auto' or 'keras'" in capsys.readouterr().err
