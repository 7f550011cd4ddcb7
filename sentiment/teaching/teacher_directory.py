"""The directory of a transformer as Hugging Face lays it out, looked at before any work is done.

Only what is plain is read of it: settings as JSON, weights as safetensors, a tokenizer as JSON. No
code and no pickle that may lie beside these is ever looked at.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from sentiment.data.content import sha256
from sentiment.errors import BundleError, DataError

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
# With this beside the weights, KerasHub would read others than those that were looked at.
_SHARDS = "model.safetensors.index.json"

# Of those that KerasHub reads, the ones whose first token is made to stand for the whole text.
ARCHITECTURES = ("bert", "distilbert", "roberta", "xlm-roberta")
_SIZES = ("vocab_size", "hidden_size", "intermediate_size", "max_position_embeddings")
_DISTILBERT_SIZES = ("vocab_size", "dim", "hidden_dim", "max_position_embeddings")

# Settings take a kilobyte.
_MOST_CONFIG_BYTES = 1 << 20
_NO_NAME = re.compile(r"LABEL_\d+")


@dataclass(frozen=True, slots=True)
class TeacherDirectory:
    """A directory that has all that a teacher is made of.

    Attributes:
        path: The directory, resolved.
        name: Its last part.
        architecture: One of `ARCHITECTURES`.
        sha256: Of its weights.
        others: SHA-256 of its settings, and of its tokenizer.
        vocabulary: Pieces that it has a vector for.
        layers: How many it has.
        sizes: What it says of its own sizes, by the names of its settings; all above 0.
        labels: What it was fine-tuned to tell, in the order of their numbers; perhaps nothing.
    """

    path: Path
    name: str
    architecture: str
    sha256: str
    others: tuple[str, str]
    vocabulary: int
    layers: int
    sizes: dict[str, int]
    labels: tuple[str, ...]

    @property
    def width(self) -> int:
        """Return the size of its vectors."""
        return self.sizes["dim" if self.architecture == "distilbert" else "hidden_size"]

    @classmethod
    def look_at(cls, path: Path, wanted: str | None = None) -> "TeacherDirectory":
        """Look at a directory.

        Args:
            path: The directory.
            wanted: The SHA-256 that its weights must have, if any: 64 hexadecimal digits.

        Raises:
            BundleError: It is none, lacks a file, is of an architecture that is not read, or has
                other weights.
        """
        _check_files(path)
        config = _config(path)
        architecture = config.get("model_type")
        if "registered_name" in config:
            raise BundleError(
                f"{path / CONFIG} is Keras's own, not Hugging Face's: name a teacher as Hugging "
                "Face lays it out"
            )
        if architecture not in ARCHITECTURES:
            raise BundleError(
                f"the teacher in {path} is of the architecture {architecture!r}, and only "
                f"{', '.join(ARCHITECTURES)} are read: name another one"
            )
        of_distilbert = architecture == "distilbert"
        layers = "n_layers" if of_distilbert else "num_hidden_layers"
        names = (*(_DISTILBERT_SIZES if of_distilbert else _SIZES), layers)
        sizes = {name: _size(path, config, name) for name in names}
        found = _hash(path / WEIGHTS)
        if wanted is not None and found != wanted.lower():
            raise BundleError(
                f"{path / WEIGHTS} has the SHA-256 {found}, not that of --teacher-sha256: get the "
                "teacher anew, or correct the option"
            )
        return cls(
            path=path.resolve(),
            name=path.resolve().name.encode(errors="replace").decode(),
            architecture=architecture,
            sha256=found,
            others=(_hash(path / CONFIG), _hash(path / TOKENIZER)),
            vocabulary=sizes["vocab_size"],
            layers=sizes.pop(layers),
            sizes=sizes,
            labels=_labels(config),
        )

    def check_labels(self, labels: Sequence[str]) -> None:
        """Refuse a teacher that was fine-tuned to tell other labels, whatever their order and case.

        Raises:
            DataError: It was.
        """
        if self.labels and _folded(self.labels) != _folded(labels):
            raise DataError(
                f"the teacher was fine-tuned for the labels {', '.join(self.labels)}, the texts "
                f"have {', '.join(labels)}: name another --teacher, or rename with --labels"
            )


def _check_files(path: Path) -> None:
    if not path.exists():
        raise BundleError(f"there is no teacher in {path}: --teacher names the folder of one")
    if not path.is_dir():
        raise BundleError(f"{path} is no folder: --teacher names the one that the teacher is in")
    for name in (CONFIG, WEIGHTS, TOKENIZER):
        if not (path / name).is_file():
            raise BundleError(
                f"{path} has no {name}: a teacher is a folder with {CONFIG}, {WEIGHTS} and "
                f"{TOKENIZER}, as Hugging Face lays it out"
            )
    if (path / _SHARDS).exists():
        raise BundleError(
            f"the weights in {path} are in several files: save them as one {WEIGHTS}, and remove "
            f"{_SHARDS}"
        )


def _config(path: Path) -> dict[str, Any]:
    file = path / CONFIG
    try:
        if file.stat().st_size > _MOST_CONFIG_BYTES:
            raise BundleError(f"{file} is too large for settings: get the teacher anew")
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
    except OSError as error:
        raise BundleError(f"{file} cannot be read: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BundleError(f"{file} is damaged ({error}): get the teacher anew") from error


def _size(path: Path, config: dict[str, Any], name: str) -> int:
    size = config.get(name)
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise BundleError(f"{path / CONFIG} has no {name} above 0: get the teacher anew")
    return size


def _labels(config: dict[str, Any]) -> tuple[str, ...]:
    names = config.get("id2label")
    if not isinstance(names, dict):
        return ()
    labels = tuple(map(str, names.values()))
    # What a model is given that nobody fine-tuned.
    return () if all(map(_NO_NAME.fullmatch, labels)) else labels


def _folded(labels: Sequence[str]) -> set[str]:
    return {label.casefold() for label in labels}


def _hash(path: Path) -> str:
    try:
        return sha256(path) or ""
    except DataError as error:
        raise BundleError(str(error)) from error
