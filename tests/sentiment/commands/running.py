"""The command as a user runs it, or in this process."""

import subprocess
import sys

from sentiment.__main__ import main

FEW = ["--epochs", "1", "--embedding-size", "4", "--filters", "2", "--widths", "1", "1"]


def run(*arguments, **options):
    """Run the command as a user would, without any noise kept off by the tests."""
    return subprocess.run(
        [sys.executable, "-m", "sentiment", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def exit_code(*arguments):
    """Run the command in this process and return what it would exit with."""
    try:
        return main([*map(str, arguments)])
    except SystemExit as error:  # as argparse ends a program
        return error.code
