"""`train-vectors`: word vectors from unlabelled texts."""

import argparse
from pathlib import Path

from configuration.command_line import whole_number
from sentiment.commands.options import add_column, add_encoding, add_numbers
from sentiment.commands.wiring import complain
from sentiment.data.row import Columns
from sentiment.errors import SettingsError

PURPOSE = "train word vectors on unlabelled texts, for train --vectors"

_COUNT = whole_number(1)


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument(
        "--data",
        required=True,
        nargs="+",
        type=Path,
        metavar="FILE",
        help="the texts: JSONL, CSV, TSV or plain lines, gzip or not, or Parquet",
    )
    add_column(parser, "--text-column", "text", "of the text")
    add_encoding(parser)
    parser.add_argument(
        "--out",
        required=True,
        type=Path,
        metavar="FILE",
        help="where to write them: word2vec's binary file as .bin, else its text; .gz behind it",
    )
    parser.add_argument("--force", action="store_true", help="replace the file that is there")
    add_numbers(
        parser,
        ("--dimensions", whole_number(2, 4096), 100, "of a vector"),
        ("--epochs", _COUNT, 5, "passes over the texts"),
        ("--window", _COUNT, 5, "words before and after a word that it should tell"),
        ("--least-count", _COUNT, 5, "how often a word has to be there"),
        ("--seed", whole_number(0, (1 << 32) - 1), 1, "of where the vectors start"),
    )


def run(options: argparse.Namespace) -> None:
    """Train, and tell how many there are."""
    from sentiment.training.skip_gram import SkipGram, train_vectors  # noqa: PLC0415  (slow)

    if options.out.exists() and not options.force:
        raise SettingsError(f"{options.out} is there already: choose another --out, or add --force")
    settings = SkipGram(
        options.dimensions, options.epochs, options.window, options.least_count, options.seed
    )
    found = train_vectors(
        options.data,
        Columns(options.text_column),
        options.encoding,
        options.out,
        settings,
        complain,
    )
    print(f"{options.out} has {found:,} vectors of {options.dimensions} dimensions.")
