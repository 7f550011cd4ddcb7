"""From options to what they name."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sentiment.commands.options import columns
from sentiment.data.class_names import check_renames
from sentiment.data.content import sha256
from sentiment.data.dataset import Dataset, Example, read_labelled
from sentiment.printable import printable

if TYPE_CHECKING:
    from sentiment.scorer import Scorer


def complain(line: str) -> None:
    """Tell the user, beside the output."""
    print(printable(line), file=sys.stderr)


def load_scorer(options: argparse.Namespace, model: Path) -> "Scorer":
    """Load a model as the options say, and have it prove that it works as it did.

    Raises:
        SentimentError: There is none, or it does not.
    """
    from sentiment.scorer import Scorer  # noqa: PLC0415  (slow)

    scorer = Scorer.load(model, options.engine, say=complain, public_key=options.model_public_key)
    scorer.check_reference()
    return scorer


def read_dataset(options: argparse.Namespace) -> Dataset:
    """Read the labelled texts that are named.

    Raises:
        SentimentError: They cannot be read, or have not the labels that are to be renamed.
    """
    where = columns(options)
    data = read_labelled(options.data, where, complain, encoding=options.encoding)
    check_renames(where.renames, data.original_labels)
    return data


def read_examples(options: argparse.Namespace) -> list[Example]:
    """Read the labelled texts that are named, without what is known of their files.

    Raises:
        SentimentError: As `read_dataset` does.
    """
    return read_dataset(options).examples


def learnt_from(options: argparse.Namespace, scorer: "Scorer") -> tuple[str, ...]:
    """Return the names of the labelled files that the model learnt from, and warn of them.

    Raises:
        DataError: One cannot be read.
    """
    names = tuple(
        path.name.encode(errors="replace").decode()
        for path in options.data
        if sha256(path) in scorer.learnt_from
    )
    if names:
        complain(
            f"WARNING: {scorer.name} learnt from {', '.join(names)}: figures on these texts say "
            "how well it remembers, not how good it is; measure it with other texts"
        )
    return names


def tell(
    options: argparse.Namespace, tables: str, json: bytes, files: Callable[[], dict[str, bytes]]
) -> None:
    """Print a report as `--json` says, and write its files where `--out` says.

    Raises:
        DataError: They cannot be written.
    """
    from sentiment.measuring.page import write_files  # noqa: PLC0415  (slow)

    if options.out:
        write_files(options.out, files())
    if options.json:
        sys.stdout.buffer.write(json)
    else:
        print(printable(tables), end="")
        if options.out:
            print(f"\nThe whole report is in {options.out / 'report.html'}.")
