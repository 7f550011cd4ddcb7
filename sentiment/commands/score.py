"""`score`: label texts."""

import argparse
import sys
from pathlib import Path

from sentiment.commands.options import add_column, add_encoding, add_model
from sentiment.commands.wiring import complain, load_scorer
from sentiment.data.lines import STDIN, Lines
from sentiment.data.row import Columns
from sentiment.data.rows import Format

PURPOSE = "label texts: JSONL, CSV, Parquet or plain lines in, JSONL out"


def add(score: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_model(score)
    score.add_argument(
        "file",
        nargs="?",
        type=Path,
        default=STDIN,
        metavar="FILE",
        help="the texts: JSONL, CSV, TSV or plain lines, gzip or not, or Parquet; '-' is standard "
        "input",
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


def run(options: argparse.Namespace) -> None:
    """Score what comes in."""
    from sentiment.serving.score import score_rows  # noqa: PLC0415  (slow)

    columns = Columns(options.text_column)
    lines = Lines(options.file, options.encoding)
    score_rows(
        load_scorer(options, options.model),
        lines,
        columns,
        options.format,
        sys.stdout.buffer,
        complain,
    )
