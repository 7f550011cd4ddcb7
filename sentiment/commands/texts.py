"""Options of the texts that something is trained with."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from configuration.command_line import above_zero
from sentiment.commands.options import (
    add_data,
    add_numbers,
    add_split,
    columns,
    rules,
    share,
    some_share,
)
from sentiment.data.split import Shares

if TYPE_CHECKING:
    from sentiment.training.texts import TextsPlan


def add_texts(parser: argparse.ArgumentParser, validates: str = "choose the best epoch") -> None:
    """Add which texts, and how they are split.

    Args:
        parser: Where to.
        validates: What the validation texts are for.
    """
    files = parser.add_argument_group("texts and labels")
    add_data(files)
    files.add_argument(
        "--data-weights",
        type=above_zero,
        nargs="+",
        default=[],
        metavar="N",
        help="how much the texts of each file count, one weight for each (default: all 1)",
    )
    for option, purpose in (("--validation", validates), ("--test", "measure")):
        files.add_argument(
            option,
            nargs="+",
            type=Path,
            default=[],
            metavar="FILE",
            help=f"labelled texts to {purpose} with, not a share of the data",
        )
    add_split(files)
    add_numbers(
        files,
        ("--validation-share", some_share, 0.1, f"share held out to {validates} with"),
        ("--test-share", share, 0.1, "share held out to measure with; may be 0"),
    )


def texts_plan(options: argparse.Namespace, folds: int = 0) -> "TextsPlan":
    """Return what the options say.

    Args:
        options: As they were given.
        folds: More networks to train, to tell how much figures vary.

    Raises:
        SettingsError: They contradict one another.
    """
    from sentiment.training.texts import TextsPlan  # noqa: PLC0415  (slow)

    return TextsPlan(
        data=options.data,
        validation=options.validation,
        test=options.test,
        columns=columns(options),
        shares=Shares(options.validation_share, options.test_share),
        weights=options.data_weights,
        encoding=options.encoding,
        rules=rules(options),
        remove_giveaways=options.giveaways == "remove",
        folds=folds,
    )
