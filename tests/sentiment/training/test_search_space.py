import argparse
from pathlib import Path
from typing import get_args

import pytest

from sentiment.__main__ import parser
from sentiment.commands.learning_settings import learning_settings
from sentiment.settings import NetworkKind, NetworkSettings, TrainingSettings
from sentiment.training.search_space import SPACE, as_options, dimensions, settled, values_of

NETWORK, TRAINING = NetworkSettings(500), TrainingSettings(epochs=4)
TRIAL = {
    "embedding_size": 64,
    "widths": "2 3 4",
    "pooling": "max mean",
    "learning_rate": 0.00123,
    "averaging": 0.99,
    "epochs": 6,
}


@pytest.mark.parametrize("kind", get_args(NetworkKind))
def test_each_network_is_searched_by_what_it_has(kind):
    names = [each.name for each in dimensions(kind, 4)]
    assert len(set(names)) == len(names)
    assert ("filters" in names) == (kind != "mlp")
    assert ("pooling" in names) == (kind in {"cnn", "cnn-subword"})
    assert ("subwords" in names) == (kind == "cnn-subword")
    assert ("units" in names) == (kind == "cnn-lstm")


def test_what_is_given_is_not_searched():
    names = [each.name for each in dimensions("cnn", 4, given=("embedding_size",))]
    assert "embedding_size" not in names


def test_passes_are_as_many_as_the_texts_need():
    def epochs(planned):
        return next(each.values for each in dimensions("cnn", planned) if each.name == "epochs")

    assert list(epochs(4)) == [3, 4, 6, 8]
    assert list(epochs(100)) == [75, 100, 150, 200]
    assert list(epochs(1)) == [1, 2]


def test_a_trial_becomes_settings():
    network, training = settled(NETWORK, TRAINING, TRIAL)
    assert (network.embedding_size, network.widths, network.pooling) == (
        64, (2, 3, 4), ("max", "mean"))  # fmt: skip
    assert (training.learning_rate, training.averaging, training.epochs) == (0.00123, 0.99, 6)
    assert training.least_steps == 0
    assert values_of(network, training, dimensions("cnn", 4))["widths"] == "2 3 4"


def test_the_options_of_a_trial_mean_the_same_to_the_train_command():
    given = f"train --data a --out b --network cnn {as_options(TRIAL)}"
    options = parser().parse_args(given.split())
    assert isinstance(options, argparse.Namespace)
    _, network, training = learning_settings(options)
    expected_network, expected_training = settled(NETWORK, TRAINING, TRIAL)
    assert network.widths == expected_network.widths
    assert network.pooling == expected_network.pooling
    assert training == expected_training


def test_the_documentation_has_the_space():
    page = (Path(__file__).parents[3] / "docs" / "training.md").read_text()
    for each in SPACE:
        assert f"| `--{each.name.replace('_', '-')}` | {each.meaning} |" in page, each
