"""What a search tries: the settings that matter, each within bounds that made sense before.

docs/training.md has it as a table.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from sentiment.settings import NetworkKind, NetworkSettings, TrainingSettings

_CNN: tuple[NetworkKind, ...] = ("cnn", "cnn-subword", "cnn-lstm")
_POOLED: tuple[NetworkKind, ...] = ("cnn", "cnn-subword")


class Dimension(NamedTuple):
    """One setting of a search.

    Attributes:
        name: The field of `NetworkSettings` or `TrainingSettings`, as in the option.
        values: What is tried; of a range the least and the most.
        meaning: What it is.
        range: Whether any number between the two is tried, evenly by its logarithm.
        kinds: Networks that have it; all when empty.
    """

    name: str
    values: Sequence[Any]
    meaning: str
    range: bool = False
    kinds: tuple[NetworkKind, ...] = ()


SPACE = (
    Dimension("embedding_size", (64, 96, 128, 200), "dimensions of a token"),
    Dimension("filters", (50, 100, 150, 250), "filters of each width", kinds=_CNN),
    Dimension(
        "widths", ("1 2", "1 2 3", "2 3 4", "1 2 3 4 5"), "tokens that a filter sees", kinds=_CNN
    ),
    Dimension(
        "pooling",
        ("max", "max mean", "max vectors"),
        "what is kept of a filter, and beside it",
        kinds=_POOLED,
    ),
    Dimension("units", (50, 100, 200), "of the recurrent layer", kinds=("cnn-lstm",)),
    Dimension("subwords", (20_000, 50_000, 100_000), "vectors of n-grams", kinds=("cnn-subword",)),
    Dimension("dropout", (0.3, 0.4, 0.5, 0.6, 0.7), "share of the features dropped"),
    Dimension("spatial_dropout", (0.0, 0.1, 0.2, 0.3), "share of the dimensions dropped"),
    Dimension("word_dropout", (0.0, 0.1, 0.25, 0.4), "share of the words made unknown"),
    Dimension("label_smoothing", (0.0, 0.05, 0.1), "share of each target spread"),
    Dimension("averaging", (0.0, 0.99, 0.999), "of the weights: share kept at each step"),
    Dimension("batch_size", (32, 64, 128, 256), "texts of a step"),
    Dimension("learning_rate", (2e-4, 4e-3), "of AdamW at the start", range=True),
    Dimension("weight_decay", (1e-6, 1e-2), "of AdamW", range=True),
    Dimension("epochs", (0.75, 1, 1.5, 2), "passes, times those that there would be else"),
)


def dimensions(kind: NetworkKind, epochs: int, *, given: Sequence[str] = ()) -> list[Dimension]:
    """Return the dimensions of a network, without those whose setting is `given`.

    Args:
        kind: Of network.
        epochs: Passes that there would be without a search.
        given: Names.
    """
    return [
        each._replace(values=sorted({max(1, round(share * epochs)) for share in each.values}))
        if each.name == "epochs"
        else each
        for each in SPACE
        if (not each.kinds or kind in each.kinds) and each.name not in given
    ]


def values_of(
    network: NetworkSettings, training: TrainingSettings, space: Sequence[Dimension]
) -> dict[str, Any]:
    """Return what settings have in each dimension."""
    found = {}
    for each in space:
        value = getattr(network, each.name, getattr(training, each.name, None))
        found[each.name] = " ".join(map(str, value)) if isinstance(value, tuple) else value
    return found


def settled(
    network: NetworkSettings, training: TrainingSettings, values: dict[str, Any]
) -> tuple[NetworkSettings, TrainingSettings]:
    """Return settings with the values of a trial."""
    read = dict(values)
    if "widths" in read:
        read["widths"] = tuple(map(int, read["widths"].split()))
    if "pooling" in read:
        read["pooling"] = tuple(read["pooling"].split())
    read["least_steps"] = 0

    def replaced(settings: Any) -> Any:
        fields = read.keys() & set(settings.__struct_fields__)
        return msgspec.structs.replace(settings, **{name: read[name] for name in fields})

    return replaced(network), replaced(training)


def as_options(values: dict[str, Any]) -> str:
    """Return the options of `train` that mean these values."""
    return " ".join(f"--{name.replace('_', '-')} {_shown(values[name])}" for name in values)


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
