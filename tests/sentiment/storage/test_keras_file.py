"""What Keras is never given: files that name code, other files, or more memory than there is."""

import io
import json
import zipfile

import h5py
import numpy as np
import pytest

from sentiment import BundleError, Scorer
from sentiment.runtime import keras
from sentiment.serving.keras_engine import KerasEngine
from sentiment.storage.archive import BadArchive
from sentiment.storage.keras_file import read_config
from tests.sentiment.spoiling import replace
from tests.sentiment.tweets import DEFAULT, SHIPPED

layers = keras.layers


@pytest.fixture(scope="module")
def shipped():
    """Give the members of the shipped model's file."""
    with zipfile.ZipFile(DEFAULT / "model.keras") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return archive.getvalue()


def stored(model, tmp_path):
    """Give a file as Keras writes it."""
    model.save(tmp_path / "model.keras")
    return (tmp_path / "model.keras").read_bytes()


def network(*middle):
    ids = keras.Input((None,), dtype="int32")
    vectors = layers.Embedding(9, 4)(ids)
    for layer in middle:
        vectors = layer(vectors)
    pooled = layers.GlobalMaxPooling1D()(vectors)
    return keras.Model(ids, layers.Dense(3, "softmax")(pooled))


@keras.saving.register_keras_serializable("somebody")
class OfTheirOwn(layers.Layer):
    """A layer of somebody else's package."""

    def call(self, inputs):
        return inputs


def test_the_shipped_network_is_made_of_plain_layers():
    assert read_config((DEFAULT / "model.keras").read_bytes())["class_name"] == "Functional"


@pytest.mark.parametrize(
    "layer",
    [
        layers.Bidirectional(layers.GRU(4, return_sequences=True)),
        layers.LSTM(4, return_sequences=True, kernel_regularizer="l2"),
        layers.SeparableConv1D(4, 3, activation="gelu", padding="same"),
        layers.TimeDistributed(layers.Dense(4, kernel_constraint="max_norm")),
        layers.BatchNormalization(),
        keras.Sequential([layers.Dense(4), layers.LeakyReLU()]),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_networks_of_other_plain_layers_load(layer, tmp_path):
    model = network(layer)
    model.compile("adam", "sparse_categorical_crossentropy")
    engine = KerasEngine.load(stored(model, tmp_path), tmp_path / "model.keras")
    assert engine.classes == 3


def test_a_lambda_is_refused_and_does_not_run(bundle, tmp_path, capsys):
    code = layers.Lambda(lambda vectors: print("it ran") or vectors)
    content = stored(network(code), tmp_path)
    capsys.readouterr()
    replace(bundle, "model.keras", content)
    with pytest.raises(BundleError, match=r"model\.keras names 'Lambda' .* no plain layer.*train"):
        Scorer.load(bundle, "keras")
    assert capsys.readouterr().out == ""


def test_an_object_of_somebodys_own_is_refused_even_where_it_is_registered(tmp_path):
    with pytest.raises(BadArchive, match="names 'OfTheirOwn' of"):
        read_config(stored(network(OfTheirOwn()), tmp_path))


NAMED = {
    "a file": {"module": "keras.layers", "class_name": "TFSMLayer"},
    "a table in a file": {"module": "keras.layers", "class_name": "StringLookup"},
    "a download": {"module": "keras.utils", "class_name": "get_file"},
    "another model": {"module": "keras.models", "class_name": "load_model"},
    "a module of Python": {"module": "os", "class_name": "system"},
    "a function": {"module": "builtins", "class_name": "function", "config": "eval"},
    "a function of Keras": {
        "module": "keras.src.ops.core",
        "class_name": "function",
        "config": "map",
    },
    "code": {"module": "builtins", "class_name": "__lambda__", "config": {"value": "4wEAAAA="}},
    "a layer by its old name": {"class_name": "Lambda", "config": {}},
    "a module's insides": {"module": "keras.src.ops.numpy", "class_name": "__builtins__"},
    "a path into a module": {"module": "keras.initializers", "class_name": "a.b"},
    "a module that is no name": {"module": 3, "class_name": "Dense"},
    "a class that is no name": {"module": "keras.layers", "class_name": ["Dense"]},
    "an alias": {
        "module": "keras.layers",
        "class_name": "Dense",
        "registered_name": "somebody>OfTheirOwn",
    },
}


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("depth", [1, 40])
def test_a_configuration_that_names_anything_else_is_refused(shipped, name, depth):
    config = json.loads(shipped["config.json"])
    hidden = NAMED[name]
    for _ in range(depth):
        hidden = {"class_name": "__keras_tensor__", "config": [hidden]}
    config["config"]["layers"][3]["config"]["hidden"] = hidden
    with pytest.raises(BadArchive, match=r"which is no plain layer|an object of somebody's own"):
        read_config(packed(shipped | {"config.json": json.dumps(config)}))


@pytest.mark.parametrize("text", ["", "[]", "{", "\xff", "[" * 100_000, "{}"])
def test_a_configuration_of_nothing_is_refused(shipped, text, tmp_path):
    content = packed(shipped | {"config.json": text.encode("latin-1")})
    with pytest.raises(BundleError, match=r"model\.keras"):
        KerasEngine.load(content, tmp_path / "model.keras")


@pytest.mark.parametrize("units", [10**9, 10**12, 2**62, 10**30])
def test_a_network_that_asks_for_all_memory_is_refused_before_it_gets_any(shipped, units, tmp_path):
    size = str(SHIPPED.vocabulary_size).encode()
    config = shipped["config.json"].replace(size, str(units).encode())
    assert config != shipped["config.json"]
    content = packed(shipped | {"config.json": config})
    with pytest.raises(BundleError, match=r"bytes of weights, and may for 2,147|cannot load"):
        KerasEngine.load(content, tmp_path / "model.keras")


def test_other_members_are_refused(shipped):
    with pytest.raises(BadArchive, match=r"assets/words\.txt, not what a plain network has"):
        read_config(packed({**dict(list(shipped.items())[:2]), "assets/words.txt": b"secret"}))


def weights(write):
    """Give weights as HDF5 that a function has written."""
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        write(file)
    return content.getvalue()


def elsewhere(file):
    file.create_dataset("layers/x", (4,), "f4", external=[("/etc/hostname", 0, 16)])


def linked(file):
    file["layers"] = h5py.ExternalLink("/etc/secret.h5", "/")


def softly_linked(file):
    file["layers"] = h5py.SoftLink("/other")


def virtual(file):
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("/etc/secret.h5", "x", (4,))
    file.create_virtual_dataset("x", layout)


def compressed(file):
    file.create_dataset("x", (1 << 24,), "f4", chunks=(1 << 20,), compression="gzip")


def never_written(file):
    file.create_dataset("x", (1 << 40,), "f4", chunks=(1 << 20,))


def objects(file):
    file.create_dataset("x", data=["text"], dtype=h5py.string_dtype())


@pytest.mark.parametrize(
    "write", [elsewhere, linked, softly_linked, virtual, compressed, never_written, objects]
)
def test_weights_that_are_not_plain_numbers_in_the_file_are_refused(shipped, write):
    content = packed(shipped | {"model.weights.h5": weights(write)})
    with pytest.raises(BadArchive, match=r"that lie elsewhere|not stored as plain numbers"):
        read_config(content)


@pytest.mark.parametrize("cut", [0, 100, 5_000, 1_000_000])
def test_weights_that_are_cut_off_are_refused(shipped, cut):
    content = packed(shipped | {"model.weights.h5": shipped["model.weights.h5"][:cut]})
    with pytest.raises(BadArchive, match="has weights that are damaged"):
        read_config(content)


def test_weights_that_are_no_numbers_are_refused(bundle, tmp_path):
    model = keras.saving.load_model(bundle / "model.keras")
    kernel, bias = model.get_layer("output").get_weights()
    model.get_layer("output").set_weights([kernel, np.full_like(bias, np.nan)])
    replace(bundle, "model.keras", stored(model, tmp_path))
    with pytest.raises(BundleError, match="no finite numbers in output/bias: restore or retrain"):
        Scorer.load(bundle, "keras")


def test_a_file_that_is_swapped_after_it_was_verified_is_not_what_keras_reads(bundle, tmp_path):
    content = (bundle / "model.keras").read_bytes()
    (bundle / "model.keras").unlink()
    assert KerasEngine.load(content, bundle / "model.keras").classes == 3


def test_where_no_copy_can_be_written_it_is_told(bundle, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    with pytest.raises(BundleError, match=r"folder for temporary files, .*TMPDIR names it"):
        Scorer.load(bundle, "keras")
