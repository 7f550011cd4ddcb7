"""A network that is as sure as it should be, and costs nothing more."""

from typing import Any


def tempered(model: Any, temperature: float) -> Any:
    """Divide the logits of a finished network by `temperature`, in place, and return it.

    The weights of its last layer, "output", are divided, so that whatever computes the network
    gives the same probabilities. They are also centred over the classes, which no probability
    shows: a logit is then the logarithm of a probability less the mean of all logarithms.

    Args:
        model: As `network.finished` returns it: its last layer is a dense one with a softmax.
        temperature: Above zero; 1 leaves the probabilities as they are.
    """
    output = model.get_layer("output")
    kernel, bias = output.get_weights()
    kernel = (kernel - kernel.mean(axis=1, keepdims=True)) / temperature
    output.set_weights([kernel, (bias - bias.mean()) / temperature])
    return model
