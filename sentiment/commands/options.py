"""Options that several commands share."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from configuration.command_line import whole_number
from sentiment.data.class_names import read_renames
from sentiment.data.decoding import AUTO
from sentiment.data.findings import Method, Rules
from sentiment.data.row import Columns
from sentiment.errors import SettingsError
from sentiment.settings import Device, EngineChoice

SEED = whole_number(0, (1 << 32) - 1)
DEFAULT_MODEL = Path("models/default")


def add_model(group: argparse.ArgumentParser) -> None:
    """Add the model to load, and how."""
    group.add_argument("--model", type=Path, default=DEFAULT_MODEL, metavar="DIR", help="the model")
    add_loading(group)


def add_loading(group: argparse.ArgumentParser) -> None:
    """Add how models are loaded."""
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


def add_data(group: argparse._ActionsContainer) -> None:
    """Add labelled files, and where they have text and label."""
    group.add_argument(
        "--data",
        required=True,
        nargs="+",
        type=Path,
        metavar="FILE",
        help="JSONL, CSV or TSV, gzip or not, Parquet, Sentiment140's own CSV (known by its first "
        "row), or a folder with one subfolder a label",
    )
    add_column(group, "--text-column", "text", "of the text")
    add_column(group, "--label-column", "label", "of the label")
    add_column(
        group,
        "--probabilities-column",
        "probabilities",
        "of soft labels, if there are any: label to share, as `score` writes them",
    )
    group.add_argument(
        "--labels",
        metavar="OLD=NEW,...",
        help="rename labels, as in 0=negative,4=positive; those not named stay as they are, and "
        "texts of one without a new name, as in unsup=, are left out",
    )
    add_encoding(group)


def add_split(group: argparse._ActionsContainer) -> None:
    """Add how texts come into parts, and what becomes of those that would flatter the figures."""
    add_column(group, "--group-column", None, "of whom a text is from")
    add_column(
        group,
        "--time-column",
        None,
        "of when a text was written (ISO 8601, as Twitter writes it, or seconds or milliseconds)",
    )
    group.add_argument(
        "--split",
        choices=get_args(Method),
        help="shuffle: held out at random within each label (default); time: the latest texts are "
        "held out, told by --time-column or by the ids of tweets; group: all texts of one author "
        "are in one part (default with --group-column)",
    )
    for option, default, what in (
        ("--duplicates", "remove", "texts that say what another one says"),
        ("--near-duplicates", "remove", "texts to learn from that nearly say what a held-out does"),
        ("--giveaways", "keep", "tokens that give the label away, in the texts to learn from"),
    ):
        group.add_argument(option, choices=("remove", "keep"), default=default, help=what)


def rules(options: argparse.Namespace) -> Rules:
    """Return how texts come into parts.

    Raises:
        SettingsError: Groups are named for a split that does not mind them.
    """
    method: Method = options.split or ("group" if options.group_column else "shuffle")
    if options.group_column and method != "group":
        raise SettingsError(
            f"--split {method} would part the texts of one author: leave out --group-column or "
            "--split"
        )
    return Rules(method, options.duplicates == "remove", options.near_duplicates == "remove")


def add_encoding(group: argparse._ActionsContainer) -> None:
    """Add the encoding of what is not UTF-8."""
    group.add_argument(
        "--encoding",
        default=AUTO,
        help="of lines that are not UTF-8, as cp1252; auto detects it; utf-8 leaves such lines out",
    )


def columns(options: argparse.Namespace) -> Columns:
    """Return where labelled files have their values.

    Raises:
        SettingsError: They cannot be there.
    """
    return Columns(
        options.text_column,
        options.label_column,
        probabilities=options.probabilities_column,
        group=getattr(options, "group_column", None),
        time=getattr(options, "time_column", None),
        renames=read_renames(options.labels) if options.labels else {},
    )


def add_report(group: argparse.ArgumentParser) -> None:
    """Add where a report goes, and what is in it."""
    group.add_argument(
        "--out", type=Path, metavar="DIR", help="write report.html and report.json there"
    )
    group.add_argument("--json", action="store_true", help="print the report as one JSON object")
    add_show_texts(group)


def add_show_texts(group: argparse._ActionsContainer) -> None:
    """Add whether the report shows texts."""
    group.add_argument(
        "--no-texts",
        dest="show_texts",
        action="store_false",
        help="keep texts out of the report, where others than you will see it",
    )


def add_column(group: argparse._ActionsContainer, option: str, name: str | None, what: str) -> None:
    """Add the option of one column."""
    group.add_argument(
        option,
        default=name,
        metavar="COLUMN",
        help=f"name of the column, or field of JSON, {what}; a number, from 1, without a header",
    )


def add_device(group: argparse._ActionsContainer) -> None:
    """Add what is computed on."""
    group.add_argument(
        "--device",
        choices=get_args(Device),
        default="auto",
        help="what to compute on; auto takes a GPU if there is one",
    )


def add_numbers(
    group: argparse._ActionsContainer,
    *options: tuple[str, Callable[[str], float], float | None, str],
) -> None:
    """Add options of numbers: each its name, its kind, its default and its purpose."""
    for option, kind, default, purpose in options:
        group.add_argument(option, type=kind, default=default, metavar="N", help=purpose)


def share(text: str) -> float:
    """Return the share that `text` is, as an argument type: from 0 to below 1."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share from 0 to below 1")
    return number


def some_share(text: str) -> float:
    """Return the share that `text` is, as an argument type: above 0 and below 1."""
    number = share(text)
    if not number:
        raise argparse.ArgumentTypeError("0 is nothing, and some texts are needed")
    return number
