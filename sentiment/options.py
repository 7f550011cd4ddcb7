"""The options of the commands."""

import argparse
from pathlib import Path

from configuration.command_line import OneLineParser
from sentiment.rows import Format
from sentiment.settings import NetworkSettings, PreprocessorSettings, TrainingSettings

PROGRAM = "python -m sentiment"
DEFAULT_MODEL = Path("models/default")

_NETWORK = NetworkSettings(vocabulary_size=20_000)
_TRAINING = TrainingSettings()
_PREPROCESSOR = PreprocessorSettings()


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
    ):
        add(commands.add_parser(name, help=purpose, description=purpose, formatter_class=_Help))
    return top


class _Help(argparse.ArgumentDefaultsHelpFormatter):
    """Show a default only where there is one."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return super()._get_help_string(action) if action.default else action.help


def _add_train(train: argparse.ArgumentParser) -> None:
    files = train.add_argument_group("texts and labels")
    _add_data(files)
    files.add_argument(
        "--validation",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="choose the best epoch by these, not by a share of the data",
    )
    files.add_argument(
        "--test",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="measure with these, not with a share of the data",
    )
    files.add_argument(
        "--validation-share",
        type=_share,
        default=0.1,
        metavar="SHARE",
        help="held out to choose the best epoch by",
    )
    files.add_argument(
        "--test-share",
        type=_share,
        default=0.1,
        metavar="SHARE",
        help="held out to measure with; may be 0",
    )

    model = train.add_argument_group("the model")
    model.add_argument("--out", required=True, type=Path, metavar="DIR", help="where to write it")
    model.add_argument(
        "--force", dest="replace", action="store_true", help="replace the model that is there"
    )
    model.add_argument("--name", help="name in scored records (default: the last part of --out)")

    network = train.add_argument_group("the network")
    network.add_argument(
        "--max-tokens",
        type=_count,
        default=_PREPROCESSOR.max_tokens,
        metavar="N",
        help="tokens of a text that are read",
    )
    network.add_argument(
        "--vocabulary-size",
        type=_count,
        default=_NETWORK.vocabulary_size,
        metavar="N",
        help="tokens known at most",
    )
    network.add_argument(
        "--embedding",
        dest="embedding_size",
        type=_count,
        default=_NETWORK.embedding_size,
        metavar="N",
        help="dimensions of a token",
    )
    network.add_argument(
        "--widths",
        type=_count,
        nargs="+",
        default=_NETWORK.widths,
        metavar="N",
        help="tokens that a filter sees",
    )
    network.add_argument(
        "--filters",
        type=_count,
        default=_NETWORK.filters,
        metavar="N",
        help="filters of each width",
    )
    network.add_argument(
        "--dropout", type=_share, default=_NETWORK.dropout, metavar="SHARE", help="features dropped"
    )
    network.add_argument(
        "--spatial-dropout",
        type=_share,
        default=_NETWORK.spatial_dropout,
        metavar="SHARE",
        help="dimensions dropped",
    )

    learning = train.add_argument_group("learning")
    learning.add_argument(
        "--epochs",
        type=_count,
        metavar="N",
        help=f"passes over the texts (default: {_TRAINING.epochs}, and more for few texts)",
    )
    learning.add_argument(
        "--patience",
        type=_count,
        default=_TRAINING.patience,
        metavar="N",
        help="passes without gain before stopping",
    )
    learning.add_argument(
        "--batch-size", type=_count, default=_TRAINING.batch_size, metavar="N", help="texts a step"
    )
    learning.add_argument(
        "--learning-rate",
        type=_positive,
        default=_TRAINING.learning_rate,
        metavar="RATE",
        help="at the start",
    )
    learning.add_argument(
        "--weight-decay",
        type=_share,
        default=_TRAINING.weight_decay,
        metavar="RATE",
        help="of AdamW",
    )
    learning.add_argument(
        "--word-dropout",
        type=_share,
        default=_TRAINING.word_dropout,
        metavar="SHARE",
        help="words made unknown",
    )
    learning.add_argument(
        "--label-smoothing",
        type=_share,
        default=_TRAINING.label_smoothing,
        metavar="SHARE",
        help="of each target",
    )
    learning.add_argument(
        "--no-class-weights",
        dest="class_weights",
        action="store_false",
        help="let frequent labels count more",
    )
    learning.add_argument(
        "--seed", type=int, default=_TRAINING.seed, help="same seed, same split and start"
    )


def _add_evaluate(evaluate: argparse.ArgumentParser) -> None:
    evaluate.add_argument(
        "--model", type=Path, default=DEFAULT_MODEL, metavar="DIR", help="the model"
    )
    _add_data(evaluate)
    evaluate.add_argument(
        "--out", type=Path, metavar="DIR", help="write report.json and report.md there"
    )
    evaluate.add_argument("--json", action="store_true", help="print the report as one JSON object")


def _add_score(score: argparse.ArgumentParser) -> None:
    score.add_argument("--model", type=Path, default=DEFAULT_MODEL, metavar="DIR", help="the model")
    score.add_argument(
        "file",
        nargs="?",
        type=Path,
        default=Path("-"),
        metavar="FILE",
        help="the texts; '-' is standard input",
    )
    score.add_argument(
        "--format",
        type=Format,
        choices=list(Format),
        metavar="|".join(Format),
        help="of the texts (default: by the file's name, else its first line)",
    )
    score.add_argument(
        "--text-column",
        default="text",
        metavar="COLUMN",
        help="column or JSON field of the text; a number, from 1, if the table has no header",
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
    group.add_argument(
        "--text-column",
        default="text",
        metavar="COLUMN",
        help="column or JSON field of the text; a number, from 1, if the table has no header",
    )
    group.add_argument(
        "--label-column", default="label", metavar="COLUMN", help="the same of the label"
    )


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not more than 0")
    return number


def _share(text: str) -> float:
    number = float(text)
    if not 0 <= number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a share from 0 to below 1")
    return number
