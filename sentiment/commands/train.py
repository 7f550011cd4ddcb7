"""`train`: learn from labelled texts."""

import argparse
from pathlib import Path
from typing import TypeVar, get_args

import msgspec

from configuration.command_line import above_zero, whole_number
from sentiment.commands.options import (
    add_data,
    add_numbers,
    add_show_texts,
    columns,
    share,
    some_share,
)
from sentiment.data.split import Shares
from sentiment.settings import (
    LARGEST_LAYER,
    LARGEST_VOCABULARY,
    MOST_TOKENS,
    WIDEST_FILTER,
    NetworkSettings,
    Padding,
    Pooling,
    PreprocessorSettings,
    TrainingSettings,
)
from sentiment.text.vocabulary import LEAST_SIZE

PURPOSE = "learn from labelled texts"

_NETWORK = NetworkSettings(vocabulary_size=20_000)
_TRAINING = TrainingSettings()
_PREPROCESSOR = PreprocessorSettings()

_COUNT = whole_number(1)
_TOKENS = whole_number(1, MOST_TOKENS)
_LAYER = whole_number(1, LARGEST_LAYER)
_WIDTH = whole_number(1, WIDEST_FILTER)
_SIZE = whole_number(LEAST_SIZE, LARGEST_VOCABULARY)
_SEED = whole_number(0, (1 << 32) - 1)

_Settings = TypeVar("_Settings", bound=msgspec.Struct)


def add(train: argparse.ArgumentParser) -> None:
    """Add the options."""
    files = train.add_argument_group("texts and labels")
    add_data(files)
    files.add_argument(
        "--data-weights",
        type=above_zero,
        nargs="+",
        default=[],
        metavar="N",
        help="how much the texts of each file count, one weight for each (default: all 1)",
    )
    for option, purpose in (("--validation", "choose the best epoch"), ("--test", "measure")):
        files.add_argument(
            option,
            nargs="+",
            type=Path,
            default=[],
            metavar="FILE",
            help=f"labelled texts to {purpose} with, not a share of the data",
        )
    add_numbers(
        files,
        ("--validation-share", some_share, 0.1, "share held out to choose the best epoch with"),
        ("--test-share", share, 0.1, "share held out to measure with; may be 0"),
    )

    model = train.add_argument_group("the model")
    model.add_argument("--out", required=True, type=Path, metavar="DIR", help="where to write it")
    model.add_argument(
        "--force", dest="replace", action="store_true", help="replace the model that is there"
    )
    model.add_argument("--name", help="name in scored records (default: the last part of --out)")
    add_show_texts(model)

    network = train.add_argument_group("the network")
    add_numbers(
        network,
        ("--max-tokens", _TOKENS, _PREPROCESSOR.max_tokens, "tokens of a text that are read"),
        ("--vocabulary-size", _SIZE, _NETWORK.vocabulary_size, "tokens known at most"),
        ("--embedding-size", _LAYER, _NETWORK.embedding_size, "dimensions of a token"),
        ("--filters", _LAYER, _NETWORK.filters, "filters of each width"),
        ("--dropout", share, _NETWORK.dropout, "share of the features dropped"),
        ("--spatial-dropout", share, _NETWORK.spatial_dropout, "share of the dimensions dropped"),
    )
    network.add_argument(
        "--widths",
        type=_WIDTH,
        nargs="+",
        default=_NETWORK.widths,
        metavar="N",
        help="tokens that a filter sees",
    )
    network.add_argument(
        "--padding",
        choices=get_args(Padding),
        default=_NETWORK.padding,
        help="same: filters also see beyond the edges of a text; valid: only what is in it",
    )
    network.add_argument(
        "--pooling",
        nargs="+",
        choices=get_args(Pooling),
        default=_NETWORK.pooling,
        help="what is kept of each filter over a text",
    )
    network.add_argument(
        "--hidden",
        type=_LAYER,
        nargs="+",
        default=_NETWORK.hidden,
        metavar="N",
        help="units of dense layers before the last",
    )

    learning = train.add_argument_group("learning")
    add_numbers(
        learning,
        ("--epochs", _COUNT, None, f"passes (default: {_TRAINING.epochs}, more for few texts)"),
        ("--patience", _COUNT, _TRAINING.patience, "passes without gain before it stops"),
        ("--batch-size", _COUNT, _TRAINING.batch_size, "texts of a step"),
        ("--learning-rate", above_zero, _TRAINING.learning_rate, "of AdamW at the start"),
        ("--weight-decay", share, _TRAINING.weight_decay, "of AdamW"),
        ("--ngrams", whole_number(0), _TRAINING.ngrams, "character n-grams shared; 0 for none"),
        ("--word-dropout", share, _TRAINING.word_dropout, "share of the words made unknown"),
        ("--label-smoothing", share, _TRAINING.label_smoothing, "share of each target spread"),
        ("--seed", _SEED, _TRAINING.seed, "of the split, the weights and the order"),
    )
    learning.add_argument(
        "--no-class-weights",
        dest="class_weights",
        action="store_false",
        help="let frequent labels count more",
    )


def run(options: argparse.Namespace) -> None:
    """Train, and print how well the model does."""
    from sentiment.storage.model_card import results  # noqa: PLC0415  (slow)
    from sentiment.training.progress import TrainingProgress  # noqa: PLC0415  (slow)
    from sentiment.training.train import Plan, train  # noqa: PLC0415  (slow)

    options.widths = tuple(sorted(set(options.widths)))
    options.pooling = tuple(sorted(set(options.pooling)))
    options.hidden = tuple(options.hidden)
    training = _settings(TrainingSettings, options)
    if options.epochs:  # Then it is that many, however few the texts.
        training = msgspec.structs.replace(training, least_steps=0)
    plan = Plan(
        data=options.data,
        data_weights=options.data_weights,
        encoding=options.encoding,
        validation=options.validation,
        test=options.test,
        columns=columns(options),
        shares=Shares(options.validation_share, options.test_share),
        out=options.out,
        replace=options.replace,
        name=options.name or options.out.absolute().name,
        preprocessor=PreprocessorSettings(options.max_tokens, 64 * options.max_tokens),
        network=_settings(NetworkSettings, options),
        training=training,
        show_texts=options.show_texts,
    )
    with TrainingProgress() as progress:
        try:
            manifest = train(plan, progress)
        except KeyboardInterrupt:
            progress.say("interrupted: nothing was written")
            raise
    print(
        f"{results(manifest)}\n\nThe model is in {options.out}, the whole report in "
        f"{options.out / 'report.html'}."
    )


def _settings(kind: type[_Settings], options: argparse.Namespace) -> _Settings:
    """Return settings with the values of the options that are called like their fields."""
    given = {name: getattr(options, name, None) for name in kind.__struct_fields__}
    return kind(**{name: value for name, value in given.items() if value is not None})
