"""The settings that options of network and learning come to, or what is wrong with these."""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from sentiment.errors import SettingsError
from sentiment.settings import NetworkSettings, PreprocessorSettings, TrainingSettings

# What a network has unless it is told: fewer vectors would be shared by more n-grams.
SUBWORDS = 50_000
_HIDDEN = {"mlp": (100,)}
# Options that mean something to some networks only.
_MEANT_FOR = {
    "widths": ("cnn", "cnn-subword", "cnn-lstm"),
    "filters": ("cnn", "cnn-subword", "cnn-lstm"),
    "padding": ("cnn", "cnn-subword"),
    "pooling": ("cnn", "cnn-subword"),
    "subwords": ("cnn-subword",),
    "units": ("cnn-lstm",),
    "ngrams": ("cnn", "cnn-lstm", "mlp"),
}

_NEEDED = {"--vectors-use": "vectors", "--augmented-share": "augment"}

_Settings = TypeVar("_Settings", bound=msgspec.Struct)


def learning_settings(
    options: argparse.Namespace,
) -> tuple[PreprocessorSettings, NetworkSettings, TrainingSettings]:
    """Return what the options say.

    Raises:
        SettingsError: An option is given that means nothing to the network chosen, nothing is kept
            of its filters, or it is given another size of vectors than those of the file have.
        DataError: The file of vectors cannot be read.
    """
    for name, kinds in _MEANT_FOR.items():
        if getattr(options, name) is not None and options.kind not in kinds:
            raise SettingsError(
                f"--{name} means nothing to the network {options.kind}: leave it out, or choose "
                f"{' or '.join(kinds)}"
            )
    for option, needed, meant in (
        ("--vectors-use", options.vectors, options.vectors_use),
        ("--augmented-share", options.augment, options.augmented_share),
    ):
        if meant is not None and not needed:
            raise SettingsError(f"{option} means nothing without --{_NEEDED[option]}: leave it out")
    if options.pooling and set(options.pooling) == {"vectors"}:
        raise SettingsError(
            "--pooling vectors keeps nothing of the filters: add max or mean, or take --network mlp"
        )
    if options.balanced_sampling and not options.class_weights:
        raise SettingsError("--balanced-sampling or --no-class-weights: give one of them")
    values = vars(options) | {
        "widths": _sorted(options.widths),
        "pooling": _sorted(options.pooling),
        "hidden": tuple(options.hidden or _HIDDEN.get(options.kind, ())),
        "augment": _sorted(options.augment),
    }
    if options.vectors:
        values["embedding_size"] = _size_with_vectors(options.vectors, options.embedding_size)
    spelling = options.kind == "cnn-subword"
    if spelling:
        values["subwords"] = options.subwords or SUBWORDS
        values["ngrams"] = 0
    if options.epochs:  # Then it is that many, however few the texts.
        values["least_steps"] = 0
    tokens = options.max_tokens
    return (
        PreprocessorSettings(tokens, 64 * tokens, spelling=spelling),
        _settings(NetworkSettings, values),
        _settings(TrainingSettings, values),
    )


def _size_with_vectors(path: Path, wanted: int | None) -> int:
    from sentiment.training.word_vectors import dimensions_of  # noqa: PLC0415  (slow)

    dimensions = dimensions_of(path)
    if wanted not in (None, dimensions):
        raise SettingsError(
            f"--embedding-size {wanted}, and the vectors in {path} have {dimensions} dimensions: "
            "leave --embedding-size out"
        )
    return dimensions


def _settings(kind: type[_Settings], values: dict[str, object]) -> _Settings:
    """Return settings with the values that are called like their fields."""
    given = {name: values.get(name) for name in kind.__struct_fields__}
    return kind(**{name: value for name, value in given.items() if value is not None})


def _sorted(values: Iterable[Any] | None) -> tuple[Any, ...] | None:
    return None if values is None else tuple(sorted(set(values)))
