"""Looks into a `.keras` file before Keras does, and refuses what is not a network of plain layers.

Keras's safe mode runs no Python code that is stored in a file. What remains is that a configuration
may name any class of Keras or of other packages, layers that read other files among them, that its
weights may lie in other files, and that a few bytes may ask for any amount of memory. So a file has
to be made of the layers below, which compute and do nothing else, and of weights that lie in it.
"""

import json
import re
from io import BytesIO
from typing import Any

from sentiment.storage.archive import Archive, BadArchive
from sentiment.storage.bundle_files import MODEL, MOST_BYTES

_CONFIG = "config.json"
_METADATA = "metadata.json"
_WEIGHTS = "model.weights.h5"
# A layer takes a kilobyte.
_MOST_TEXT_BYTES = 1 << 24
# Layers, their variables, and the groups of both.
_MOST_WEIGHTS = 65_536

_LAYERS = frozenset(
    re.findall(
        r"\w+",
        """
    Activation Add AdditiveAttention AlphaDropout Attention Average AveragePooling1D
    BatchNormalization Bidirectional Concatenate Conv1D Conv1DTranspose Cropping1D Dense
    DepthwiseConv1D Dot Dropout ELU EinsumDense Embedding Flatten GRU GRUCell GaussianDropout
    GaussianNoise GlobalAveragePooling1D GlobalMaxPooling1D GroupNormalization
    GroupQueryAttention Identity InputLayer LSTM LSTMCell LayerNormalization LeakyReLU Masking
    MaxPooling1D Maximum Minimum MultiHeadAttention Multiply PReLU Permute RNN ReLU RepeatVector
    Reshape SeparableConv1D SimpleRNN SimpleRNNCell Softmax SpatialDropout1D SpectralNormalization
    Subtract TimeDistributed UnitNormalization UpSampling1D ZeroPadding1D
    """,
    )
)
_MODELS = frozenset({"Functional", "Model", "Sequential"})
# The classes that a configuration may name, by their module; None is for all of a module's.
_CLASSES: dict[str, frozenset[str] | None] = {
    "keras": _MODELS | {"DTypePolicy"},
    "keras.models": _MODELS,
    "keras.src.models.functional": _MODELS,
    "keras.src.models.sequential": _MODELS,
    "keras.layers": _LAYERS,
    "keras.initializers": None,
    "keras.regularizers": None,
    "keras.constraints": None,
    "keras.src.ops.core": None,
    "keras.src.ops.linalg": None,
    "keras.src.ops.math": None,
    "keras.src.ops.nn": None,
    "keras.src.ops.numpy": None,
}
_PUBLIC = re.compile(r"[A-Za-z]\w*")
# How Keras writes that a layer takes what another gives.
_TENSOR = "__keras_tensor__"


def read_config(content: bytes) -> dict[str, Any]:
    """Return the configuration in a `.keras` file, all of which was found harmless.

    Raises:
        BadArchive: It is damaged, too large, or holds anything but plain layers and their weights.
    """
    archive = Archive(content, 3, MOST_BYTES[MODEL])
    if set(archive.names) != {_CONFIG, _METADATA, _WEIGHTS}:
        raise BadArchive(f"holds {', '.join(archive.names)}, not what a plain network has")
    if archive.size(_CONFIG) + archive.size(_METADATA) > _MOST_TEXT_BYTES:
        raise BadArchive("holds a configuration larger than any network's")
    try:
        config = json.loads(archive.read(_CONFIG))
    except (ValueError, RecursionError) as error:
        raise BadArchive(f"holds a configuration that is no JSON ({error})") from error
    if not isinstance(config, dict):
        raise BadArchive("holds a configuration of nothing")
    config["compile_config"] = None  # Loss and optimizer, which are not loaded.
    _check_classes(config)
    _check_weights(archive.read(_WEIGHTS))
    return config


def _check_classes(config: dict[str, Any]) -> None:
    left: list[Any] = [config]
    while left:
        value = left.pop()
        if isinstance(value, list):
            left.extend(value)
        elif isinstance(value, dict):
            left.extend(value.values())
            if "class_name" in value and value["class_name"] != _TENSOR:
                _check_class(value)


def _check_class(named: dict[str, Any]) -> None:
    name, module = named["class_name"], named.get("module")
    if not isinstance(name, str) or not isinstance(module, str) or not _is_known(name, module):
        raise BadArchive(f"names {name!r} of {module!r}, which is no plain layer of Keras")
    if named.get("registered_name") not in (None, name):
        raise BadArchive(f"names {named['registered_name']!r}, an object of somebody's own")


def _is_known(name: str, module: str) -> bool:
    names = _CLASSES.get(module, frozenset())
    if names is not None:
        return name in names
    # By "function" Keras means whichever function of the module the configuration names.
    return name != "function" and _PUBLIC.fullmatch(name) is not None


def _check_weights(content: bytes) -> None:
    """Refuse weights that are elsewhere, or are more than there is of them."""
    import h5py  # noqa: PLC0415  (Keras needs it, and whoever serves without Keras does not)

    found = 0

    def refusal(name: str, link: Any) -> str | None:
        nonlocal found
        found += 1
        if found > _MOST_WEIGHTS:
            return f"has more than {_MOST_WEIGHTS:,} weights"
        if not isinstance(link, h5py.HardLink):
            return f"has weights that lie elsewhere ({name!r})"
        weight = file[name]
        if isinstance(weight, h5py.Group):
            return None
        if not isinstance(weight, h5py.Dataset) or weight.external or weight.is_virtual:
            return f"has weights that lie elsewhere ({name!r})"
        # What is compressed, or was never written, takes less room in the file than in memory.
        if weight.dtype.kind not in "biuf" or weight.id.get_storage_size() != weight.nbytes:
            return f"has weights that are not stored as plain numbers ({name!r})"
        return None

    try:
        with h5py.File(BytesIO(content), "r") as file:
            refused = file.visititems_links(refusal)
    except Exception as error:  # What is damaged raises OSError, RuntimeError, KeyError and more.
        reason = str(error).partition("\n")[0]
        raise BadArchive(f"has weights that are damaged ({reason})") from error
    if refused:
        raise BadArchive(refused)
