"""What a model card tells of a network and of how it learnt."""

from collections.abc import Iterator

from sentiment.settings import NetworkSettings
from sentiment.storage.manifest import Manifest
from sentiment.storage.texts_told import listed

_KINDS = {
    "cnn": "A Keras CNN for sentences",
    "cnn-subword": "A Keras CNN for sentences that also reads how words are spelt",
    "cnn-lstm": "A Keras network of a convolution and a recurrent layer",
    "mlp": "A Keras network that takes the mean of the words' vectors, in any order,",
}
_POOLINGS = {"max": "maximum", "mean": "mean"}


def what(manifest: Manifest) -> str:
    """Return what kind of network it is, and what it knew before it learnt."""
    sources = ["the texts below"]
    if manifest.vectors:
        sources.insert(0, f"the word vectors of {manifest.vectors.file}")
    if manifest.teaching:
        sources.append(f"what larger models, made of {manifest.teaching.teacher.name}, say of them")
    only = "nothing but " if len(sources) == 1 else ""
    return f"{_KINDS[manifest.network.kind]}, trained from {only}{listed(sources)}."


def layers(manifest: Manifest) -> str:
    """Return what a text goes through, from tokens to probabilities."""
    network = manifest.network
    parts = [f"{network.vocabulary_size:,} tokens × {network.embedding_size} dimensions"]
    if network.subwords:
        parts.append(f"{network.subwords:,} vectors of character n-grams for the spelling of words")
    parts += _read(network)
    parts += [f"{size} hidden units" for size in network.hidden]
    return (
        f"{', '.join(parts)}, softmax. The first {manifest.preprocessor.max_tokens} tokens of a "
        "text are read."
    )


def _read(network: NetworkSettings) -> Iterator[str]:
    if network.kind == "mlp":
        yield "their mean over the text"
        return
    of = "each of widths" if len(network.widths) > 1 else "of width"
    inside = " inside the text" if network.padding == "valid" else ""
    yield f"{network.filters} filters {of} {listed(map(str, network.widths))}{inside}"
    if network.kind == "cnn-lstm":
        yield f"a recurrent layer of {network.units} units over the text"
    else:
        kept = (_POOLINGS[kind] for kind in network.pooling if kind in _POOLINGS)
        yield f"{listed(kept)} over the text"
        if "vectors" in network.pooling:
            yield "beside these the mean of the tokens' vectors"


def learning(manifest: Manifest) -> str:
    """Return how it learnt: all settings that had an effect."""
    network, training = manifest.network, manifest.training
    parts = [
        f"AdamW at {training.learning_rate:g} with a weight decay of {training.weight_decay:g}",
        f"batches of {training.batch_size}",
        f"{'at most ' if training.keep == 'best' else ''}{training.epochs} epochs",
        _start(manifest),
    ]
    if manifest.teaching:
        parts.append("a learnt projection of the tokens' vectors in the teachers added to these")
    if training.ngrams:
        parts.append(
            f"up to {training.ngrams:,} character n-grams shared by the tokens while training"
        )
    if training.balanced_sampling:
        parts.append("as many texts of each label drawn for an epoch")
    else:
        parts.append(f"{'balanced' if training.class_weights else 'natural'} class weights")
    if training.label_smoothing:
        parts.append(f"{training.label_smoothing:g} of each target spread over the labels")
    if manifest.teaching:
        parts.append(
            f"what teachers say to the power of {training.soft_power:g}, which makes up "
            f"{training.soft_share:g} of the targets of texts with labels"
        )
    elif manifest.data.soft_labels:
        parts.append(f"probabilities that make up {training.soft_share:g} of their texts' targets")
    if training.averaging:
        parts.append(
            f"an average of the weights that keeps {training.averaging:g} of itself each step"
        )
    if training.augment:
        forms = listed(training.augment)
        parts.append(f"{training.augmented_share:g} of an epoch's texts changed (by {forms})")
    return (
        f"{', '.join(parts)}, dropout of features {network.dropout:g}, of dimensions "
        f"{network.spatial_dropout:g}, of words {training.word_dropout:g}."
    )


def _start(manifest: Manifest) -> str:
    vectors = manifest.vectors
    if vectors is None:
        return "vectors that start from the tokens' neighbours"
    use = {
        "tuned": "",
        "frozen": ", which stay as they are",
        "frozen-then-tuned": ", which stay as they are for half of the epochs",
    }[manifest.training.vectors_use]
    return (
        f"{vectors.covered:,} vectors that start from {vectors.file}{use} and others that start "
        "from the tokens' neighbours"
    )
