"""A small network, to learn."""

import pytest


@pytest.fixture
def model():
    """Give a new network, the same for each test."""
    from sentiment.runtime import keras  # noqa: PLC0415  (slow)
    from tests.sentiment.training.small_network import new_network  # noqa: PLC0415  (slow)

    keras.utils.set_random_seed(1)
    return new_network()
