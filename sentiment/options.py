"""The options of the commands."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from configuration.command_line import OneLineParser, above_zero, whole_number
from sentiment.lines import STDIN
from sentiment.rows import Format
from sentiment.settings import (
    LARGEST_LAYER,
    LARGEST_VOCABULARY,
    MOST_TOKENS,
    WIDEST_FILTER,
    EngineChoice,
    NetworkSettings,
    Padding,
    Pooling,
    PreprocessorSettings,
    TrainingSettings,
)
from sentiment.vocabulary import LEAST_SIZE

PROGRAM = "python -m sentiment"
DEFAULT_MODEL = Path("models/default")

_NETWORK = NetworkSettings(vocabulary_size=20_000)
_TRAINING = TrainingSettings()
_PREPROCESSOR = PreprocessorSettings()

_COUNT = whole_number(1)
_TOKENS = whole_number(1, MOST_TOKENS)
_LAYER = whole_number(1, LARGEST_LAYER)
_WIDTH = whole_number(1, WIDEST_FILTER)
_SIZE = whole_number(LEAST_SIZE, LARGEST_VOCABULARY)
_SEED = whole_number(0, (1 << 32) - 1)


def parser() -> argparse.ArgumentParser:
    """Return the parser of `python -m sentiment`; the command's name is in `command`."""
    top = OneLineParser(
        prog=PROGRAM,
        description="Trains, measures and applies a CNN that labels short texts.",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, add, purpose in (
        ("train", _add_train, "learn from labelled texts"),
        ("evaluate", _add_evaluate, "measure a model with labelled texts"),
        ("score", _add_score, "label texts: JSONL, CSV or plain lines in, JSONL out"),
        (
            "sign",
            _add_sign,
            "sign a model with a key of yours, so that others can tell it is yours",
        ),
    ):
        add(commands.add_parser(name, help=purpose, description=purpose, formatter_class=_Help))
    return top


class _Help(argparse.ArgumentDefaultsHelpFormatter):
    """Show a default only where there is one."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        if not action.default or isinstance(action.default, bool):
            return action.help
        return super()._get_help_string(action)


def _add_train(train: argparse.ArgumentParser) -> None:
    files = train.add_argument_group("texts and labels")
    _add_data(files)
    for option, purpose in (("--validation", "choose the best epoch"), ("--test", "measure")):
        files.add_argument(
            option,
            nargs="+",
            type=Path,
            default=[],
            metavar="FILE",
            help=f"labelled texts to {purpose} with, not a share of the data",
        )
    _add_numbers(
        files,
        ("--validation-share", _some_share, 0.1, "share held out to choose the best epoch with"),
        ("--test-share", _share, 0.1, "share held out to measure with; may be 0"),
    )

    model = train.add_argument_group("the model")
    model.add_argument("--out", required=True, type=Path, metavar="DIR", help="where to write it")
    model.add_argument(
        "--force", dest="replace", action="store_true", help="replace the model that is there"
    )
    model.add_argument("--name", help="name in scored records (default: the last part of --out)")

    network = train.add_argument_group("the network")
    _add_numbers(
        network,
        ("--max-tokens", _TOKENS, _PREPROCESSOR.max_tokens, "tokens of a text that are read"),
        ("--vocabulary-size", _SIZE, _NETWORK.vocabulary_size, "tokens known at most"),
        ("--embedding-size", _LAYER, _NETWORK.embedding_size, "dimensions of a token"),
        ("--filters", _LAYER, _NETWORK.filters, "filters of each width"),
        ("--dropout", _share, _NETWORK.dropout, "share of the features dropped"),
        ("--spatial-dropout", _share, _NETWORK.spatial_dropout, "share of the dimensions dropped"),
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
    _add_numbers(
        learning,
        ("--epochs", _COUNT, None, f"passes (default: {_TRAINING.epochs}, more for few texts)"),
        ("--patience", _COUNT, _TRAINING.patience, "passes without gain before it stops"),
        ("--batch-size", _COUNT, _TRAINING.batch_size, "texts of a step"),
        ("--learning-rate", above_zero, _TRAINING.learning_rate, "of AdamW at the start"),
        ("--weight-decay", _share, _TRAINING.weight_decay, "of AdamW"),
        ("--ngrams", whole_number(0), _TRAINING.ngrams, "character n-grams shared; 0 for none"),
        ("--word-dropout", _share, _TRAINING.word_dropout, "share of the words made unknown"),
        ("--label-smoothing", _share, _TRAINING.label_smoothing, "share of each target spread"),
        ("--seed", _SEED, _TRAINING.seed, "of the split, the weights and the order"),
    )
    learning.add_argument(
        "--no-class-weights",
        dest="class_weights",
        action="store_false",
        help="let frequent labels count more",
    )


def _add_evaluate(evaluate: argparse.ArgumentParser) -> None:
    _add_model(evaluate)
    _add_data(evaluate)
    evaluate.add_argument(
        "--out", type=Path, metavar="DIR", help="write report.json and report.md there"
    )
    evaluate.add_argument("--json", action="store_true", help="print the report as one JSON object")


def _add_score(score: argparse.ArgumentParser) -> None:
    _add_model(score)
    score.add_argument(
        "file",
        nargs="?",
        type=Path,
        default=STDIN,
        metavar="FILE",
        help="the texts: JSONL, CSV, TSV or plain lines, gzip or not; '-' is standard input",
    )
    score.add_argument(
        "--format",
        type=Format,
        choices=list(Format),
        metavar="|".join(Format),
        help="of the texts (default: by the file's name, else its first line)",
    )
    _add_column(score, "--text-column", "text", "of the text")


def _add_sign(sign: argparse.ArgumentParser) -> None:
    sign.add_argument("--model", type=Path, required=True, metavar="DIR", help="the model")
    sign.add_argument(
        "--key", type=Path, required=True, metavar="PRIVATE.pem", help="your Ed25519 key (PEM)"
    )


def _add_model(group: argparse.ArgumentParser) -> None:
    group.add_argument("--model", type=Path, default=DEFAULT_MODEL, metavar="DIR", help="the model")
    group.add_argument(
        "--engine",
        choices=get_args(EngineChoice),
        default="auto",
        help="what computes the network: folded is many times faster, keras runs any network",
    )
    given = os.environ.get("SENTIMENT_MODEL_PUBLIC_KEY")
    group.add_argument(
        "--model-public-key",
        type=Path,
        default=Path(given) if given else None,
        metavar="PUBLIC.pem",
        help="refuse a model that this Ed25519 key has not signed [SENTIMENT_MODEL_PUBLIC_KEY]",
    )


def _add_data(group: argparse._ActionsContainer) -> None:
    group.add_argument(
        "--data",
        required=True,
        nargs="+",
        type=Path,
        metavar="FILE",
        help="JSONL, CSV or TSV, gzip or not, or a folder with one subfolder a label",
    )
    _add_column(group, "--text-column", "text", "of the text")
    _add_column(group, "--label-column", "label", "of the label")


def _add_column(group: argparse._ActionsContainer, option: str, name: str, what: str) -> None:
    group.add_argument(
        option,
        default=name,
        metavar="COLUMN",
        help=f"name of the column, or field of JSON, {what}; a number, from 1, without a header",
    )


def _add_numbers(
    group: argparse._ActionsContainer,
    *options: tuple[str, Callable[[str], float], float | None, str],
) -> None:
    for option, kind, default, purpose in options:
        group.add_argument(option, type=kind, default=default, metavar="N", help=purpose)


def _share(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share from 0 to below 1")
    return number


def _some_share(text: str) -> float:
    number = _share(text)
    if not number:
        raise argparse.ArgumentTypeError("0 is nothing, and some texts are needed")
    return number
