"""`score`: label texts."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from configuration.command_line import whole_number
from sentiment.commands.options import add_column, add_encoding, add_model
from sentiment.commands.wiring import complain, load_scorer
from sentiment.data.folder import Folder
from sentiment.data.lines import STDIN, Lines
from sentiment.data.row import Columns
from sentiment.data.rows import Format
from sentiment.errors import DataError, SettingsError

if TYPE_CHECKING:
    from sentiment.serving.evidence_fields import Most

_MOST = 5
PURPOSE = "label texts: JSONL, CSV, Parquet or plain lines in, JSONL out"


def add(score: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_model(score)
    score.add_argument(
        "files",
        nargs="*",
        type=Path,
        default=[STDIN],
        metavar="FILE",
        help="the texts: JSONL, CSV, TSV or plain lines, gzip or not, Parquet, or a folder with "
        "one subfolder a label, in order; '-', alone, is standard input",
    )
    score.add_argument(
        "--format",
        type=Format,
        choices=list(Format),
        metavar="|".join(Format),
        help="of the texts (default: by the file's name, else its first line)",
    )
    add_column(score, "--text-column", "text", "of the text")
    add_encoding(score)
    score.add_argument(
        "--explain",
        nargs="?",
        type=_ngrams,
        const=_MOST,
        metavar="N|all",
        help="add the N n-grams that moved the probabilities most, exactly (docs/evidence.md); "
        f"{_MOST} without a number, 'all' with the weights of every label and what they add up to",
    )


def _ngrams(text: str) -> "Most":
    if text == "all":
        return "all"
    try:
        return whole_number(1)(text)
    except argparse.ArgumentTypeError as error:
        raise argparse.ArgumentTypeError(
            f"{error}, nor 'all'; name the file before it, or write --explain={_MOST}"
        ) from error


def run(options: argparse.Namespace) -> None:
    """Score what comes in.

    Raises:
        SettingsError: Files are named beside standard input.
        DataError: One cannot be read; what came before is scored, unless it was not there.
    """
    from sentiment.serving.score import score_rows  # noqa: PLC0415  (slow)

    columns = Columns(options.text_column)
    if STDIN in options.files and len(options.files) > 1:
        raise SettingsError("standard input is scored alone: name '-' without files")
    for path in options.files:
        if path != STDIN and not os.access(path, os.R_OK):
            raise DataError(f"{path} cannot be read: No such file, or no right to read it")
    scorer = load_scorer(options, options.model)
    if options.explain is not None:
        scorer.check_explains()
    output = sys.stdout.buffer
    for path in options.files:
        source = (Folder if path.is_dir() else Lines)(path, options.encoding)
        score_rows(scorer, source, columns, options.format, output, complain, options.explain)
