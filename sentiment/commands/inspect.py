"""`inspect`: look at labelled texts before training."""

import argparse
import sys
from pathlib import Path

from configuration.command_line import whole_number
from sentiment.commands.options import add_data, add_show_texts
from sentiment.commands.wiring import read_dataset
from sentiment.settings import MOST_TOKENS, PreprocessorSettings

PURPOSE = "look at labelled texts: counts, lengths, repeats, telling tokens, likely mistakes"


def add(inspect: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_data(inspect)
    inspect.add_argument(
        "--max-tokens",
        type=whole_number(1, MOST_TOKENS),
        default=PreprocessorSettings().max_tokens,
        metavar="N",
        help="tokens of a text that a network would read",
    )
    inspect.add_argument(
        "--out", type=Path, metavar="DIR", help="write inspect.html and inspect.json there"
    )
    inspect.add_argument("--json", action="store_true", help="print it as one JSON object")
    add_show_texts(inspect)


def run(options: argparse.Namespace) -> None:
    """Look, print what is seen, and write it where that is asked for."""
    from sentiment.inspecting.inspection import inspect  # noqa: PLC0415  (slow)
    from sentiment.inspecting.inspection_page import as_files, as_markdown  # noqa: PLC0415
    from sentiment.measuring.page import check_folder, write_files  # noqa: PLC0415

    if options.out:
        check_folder(options.out)
    found = inspect(read_dataset(options), options.max_tokens, show_texts=options.show_texts)
    if options.out:
        write_files(options.out, as_files(found))
    if options.json:
        sys.stdout.buffer.write(found.to_json())
    else:
        print(as_markdown(found), end="")
        if options.out:
            print(f"\nDrawings of it are in {options.out / 'inspect.html'}.")
