import numpy as np
import pytest

from sentiment.measuring.calibration import at_temperature
from sentiment.networks import network
from sentiment.networks.tempered import tempered
from sentiment.serving.keras_engine import KerasEngine
from sentiment.settings import NetworkSettings
from sentiment.text.encoded_texts import EncodedTexts


@pytest.fixture(params=[(), (5,)], ids=["plain", "hidden"])
def model(request):
    """Give a network with random weights that is sure of some texts."""
    settings = NetworkSettings(50, 8, (1, 2), 6, hidden=request.param)
    model = network.build(settings, 3)
    random = np.random.default_rng(0)
    model.set_weights([random.normal(0, 0.7, each.shape) for each in model.get_weights()])
    return model


def texts(number=200):
    lengths = np.random.default_rng(1).integers(0, 12, number)
    ids = np.random.default_rng(2).integers(1, 50, int(lengths.sum()), dtype=np.int32)
    return EncodedTexts(ids, np.concatenate([[0], np.cumsum(lengths)]))


@pytest.mark.parametrize("temperature", [0.25, 1.0, 1.7, 4.0])
def test_the_network_itself_gives_what_the_temperature_makes_of_its_probabilities(
    model, temperature
):
    engine = KerasEngine(model)
    before = engine.score(texts())
    assert tempered(model, temperature) is model
    after = engine.score(texts())
    assert after == pytest.approx(at_temperature(before, temperature), abs=1e-5)
    assert (after.argmax(axis=1) == before.argmax(axis=1)).all()


def test_its_logits_are_centred(model):
    kernel, bias = tempered(model, 2.0).get_layer("output").get_weights()
    assert np.abs(kernel.sum(axis=1)).max() < 1e-5
    assert abs(bias.sum()) < 1e-5
