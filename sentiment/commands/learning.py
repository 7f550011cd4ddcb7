"""Options of what a network is made of and how it learns, for whatever trains one."""

import argparse
from pathlib import Path
from typing import get_args

from configuration.command_line import above_zero, whole_number
from sentiment.commands.learning_settings import SUBWORDS
from sentiment.commands.options import SEED, add_device, add_numbers, share, some_share
from sentiment.settings import (
    LARGEST_LAYER,
    LARGEST_VOCABULARY,
    MOST_TOKENS,
    WIDEST_FILTER,
    Augmentation,
    Keep,
    NetworkKind,
    NetworkSettings,
    Padding,
    Pooling,
    PreprocessorSettings,
    TrainingSettings,
    VectorsUse,
)
from sentiment.text.vocabulary import LEAST_SIZE

_NETWORK = NetworkSettings(vocabulary_size=20_000)
_TRAINING = TrainingSettings()
_PREPROCESSOR = PreprocessorSettings()

_COUNT = whole_number(1)
_TOKENS = whole_number(1, MOST_TOKENS)
_LAYER = whole_number(1, LARGEST_LAYER)
_WIDTH = whole_number(1, WIDEST_FILTER)
_SIZE = whole_number(LEAST_SIZE, LARGEST_VOCABULARY)
_SUBWORD_COUNT = whole_number(1, LARGEST_VOCABULARY - 1)


def add_network(parser: argparse.ArgumentParser) -> None:
    """Add what the network is made of."""
    network = parser.add_argument_group("the network")
    network.add_argument(
        "--network",
        dest="kind",
        choices=get_args(NetworkKind),
        default=_NETWORK.kind,
        help="cnn: pooled filters; cnn-subword: also reads the spelling of words it never saw; "
        "cnn-lstm, mlp: for comparison, many times slower",
    )
    add_numbers(
        network,
        ("--max-tokens", _TOKENS, _PREPROCESSOR.max_tokens, "tokens of a text that are read"),
        ("--vocabulary-size", _SIZE, _NETWORK.vocabulary_size, "tokens known at most"),
        (
            "--embedding-size",
            _LAYER,
            None,
            f"dimensions of a token (default: {_NETWORK.embedding_size}, or those of --vectors)",
        ),
        ("--filters", _LAYER, None, f"filters of each width (default: {_NETWORK.filters})"),
        ("--subwords", _SUBWORD_COUNT, None, f"vectors of n-grams (default: {SUBWORDS})"),
        ("--units", _LAYER, None, f"of the recurrent layer (default: {_NETWORK.units})"),
        ("--dropout", share, _NETWORK.dropout, "share of the features dropped"),
        ("--spatial-dropout", share, _NETWORK.spatial_dropout, "share of the dimensions dropped"),
    )
    network.add_argument(
        "--widths",
        type=_WIDTH,
        nargs="+",
        metavar="N",
        help=f"tokens that a filter sees (default: {_listed(_NETWORK.widths)})",
    )
    network.add_argument(
        "--padding",
        choices=get_args(Padding),
        help="same: filters also see beyond the edges of a text; valid: only what is in it "
        f"(default: {_NETWORK.padding})",
    )
    network.add_argument(
        "--pooling",
        nargs="+",
        choices=get_args(Pooling),
        help="what is kept of each filter over a text; vectors: beside it the mean of the tokens' "
        f"vectors (default: {_listed(_NETWORK.pooling)})",
    )
    network.add_argument(
        "--hidden",
        type=_LAYER,
        nargs="+",
        metavar="N",
        help="units of dense layers before the last (default: none; 100 for mlp)",
    )


def add_learning(parser: argparse.ArgumentParser) -> None:
    """Add how it learns."""
    learning = parser.add_argument_group("learning")
    add_numbers(
        learning,
        ("--epochs", _COUNT, None, f"passes (default: {_TRAINING.epochs}, more for few texts)"),
        ("--patience", _COUNT, _TRAINING.patience, "passes without gain before it stops"),
        ("--batch-size", _COUNT, _TRAINING.batch_size, "texts of a step"),
        ("--learning-rate", above_zero, _TRAINING.learning_rate, "of AdamW at the start"),
        ("--weight-decay", share, _TRAINING.weight_decay, "of AdamW"),
        ("--ngrams", whole_number(0), None, f"n-grams shared (default: {_TRAINING.ngrams})"),
        ("--word-dropout", share, _TRAINING.word_dropout, "share of the words made unknown"),
        ("--label-smoothing", share, _TRAINING.label_smoothing, "share of each target spread"),
        ("--averaging", share, _TRAINING.averaging, "of the weights: share kept at each step"),
        ("--soft-share", _whole_share, None, "of probabilities in a target (default: 1)"),
        (
            "--augmented-share",
            some_share,
            None,
            f"of texts, by --augment (default: {_TRAINING.augmented_share:g})",
        ),
        ("--seed", SEED, _TRAINING.seed, "of the split, the weights and the order"),
    )
    learning.add_argument(
        "--keep",
        choices=get_args(Keep),
        help="the weights after the pass that does best on the validation texts, or after the last "
        f"(default: {_TRAINING.keep})",
    )
    learning.add_argument(
        "--no-class-weights",
        dest="class_weights",
        action="store_false",
        help="let frequent labels count more",
    )
    learning.add_argument(
        "--balanced-sampling",
        action="store_true",
        help="draw as many texts of each label for a pass, instead of weighing them",
    )
    learning.add_argument(
        "--augment",
        nargs="+",
        choices=get_args(Augmentation),
        default=(),
        help="change texts a little while learning: words dropped or swapped, other emoji or tags",
    )
    learning.add_argument(
        "--vectors",
        type=Path,
        metavar="FILE",
        help="word vectors to start from: word2vec's, binary or text, GloVe's, or fastText's .vec; "
        "gzip or not",
    )
    learning.add_argument(
        "--vectors-use",
        choices=get_args(VectorsUse),
        help="whether these change while learning; frozen-then-tuned: in the second half "
        f"(default: {_TRAINING.vectors_use})",
    )
    add_device(learning)


def _listed(values: tuple[object, ...]) -> str:
    return " ".join(map(str, values))


def _whole_share(text: str) -> float:
    return 1.0 if text in ("1", "1.0") else share(text)
