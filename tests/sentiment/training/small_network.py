"""A network that learns in a second, and texts for it."""

import numpy as np

from sentiment.networks import network
from sentiment.networks.composition import ComposedEmbedding
from sentiment.networks.inputs import TrainingInputs
from sentiment.serving.keras_engine import KerasEngine
from sentiment.settings import NetworkSettings, PreprocessorSettings, TrainingSettings
from sentiment.text.preprocessor import Preprocessor, tokens
from sentiment.text.vocabulary import Vocabulary
from sentiment.training.fit import Fitting
from sentiment.training.labelled import Labelled, text_weights
from tests.sentiment.texts import make_texts

LABELS = ("negative", "neutral", "positive")
SETTINGS = TrainingSettings(epochs=6, least_steps=0, batch_size=16, learning_rate=0.01)
PREPROCESSOR = Preprocessor(
    Vocabulary.learn(
        [tokens(text, PreprocessorSettings()) for text, _ in make_texts(300)], max_size=500
    ),
    PreprocessorSettings(),
)
SIZES = NetworkSettings(len(PREPROCESSOR.vocabulary), embedding_size=8, widths=(1, 2), filters=8)


def labelled(number, seed, labels=LABELS):
    pairs = make_texts(number, labels, seed)
    return known(
        PREPROCESSOR([text for text, _ in pairs]), [LABELS.index(each) for _, each in pairs]
    )


def known(texts, classes):
    """Give texts with hard labels that all count the same."""
    targets = np.eye(len(LABELS), dtype=np.float32)[classes]
    return Labelled(texts, np.array(classes), targets, np.ones(len(classes), np.float32))


def new_network(sizes=SIZES, *, given=False):
    """Give a network that learns, whose words start at random, or from vectors that were given."""
    start = np.random.default_rng(0).normal(0, 0.05, (sizes.vocabulary_size, sizes.embedding_size))
    of_others = np.arange(len(start)) % 2 == 0 if given else None
    embedding = ComposedEmbedding(start.astype(np.float32), None, of_others)
    return network.build(sizes, len(LABELS), embedding)


def probabilities_of(model, texts):
    """Give what a network that learns says."""
    return KerasEngine(model, TrainingInputs).score(texts)


def fit(model, train, validation, labels, settings, *more, step_done=lambda: None, **options):
    """Train with texts that weigh what the settings say."""
    weighed = train._replace(weights=text_weights(train, settings))
    fitting = Fitting(model, weighed, validation, labels, settings, *more, **options)
    return fitting.epochs(step_done)
