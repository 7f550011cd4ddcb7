"""`python -m sentiment`: which command, and which exit code."""

import argparse
import io
import os
import sys
from collections.abc import Sequence

from configuration.command_line import OneLineParser
from sentiment.commands import (
    compare,
    evaluate,
    inspect,
    score,
    sign,
    teach,
    train,
    train_vectors,
    tune,
)
from sentiment.commands.wiring import complain
from sentiment.errors import SentimentError

PROGRAM = "python -m sentiment"
# What an extra of its own brings.
EXTRAS = {
    "gensim": "vectors",
    "keras_hub": "teacher",
    "keras_tuner": "tune",
    "safetensors": "teacher",
    "tokenizers": "teacher",
}
# What is in none: the backend that KERAS_BACKEND names.
PACKAGES = {"jax": "jax", "torch": "torch"}
COMMANDS = {
    "inspect": inspect,
    "train": train,
    "evaluate": evaluate,
    "compare": compare,
    "score": score,
    "sign": sign,
    "train-vectors": train_vectors,
    "tune": tune,
    "teach": teach,
}


def parser() -> argparse.ArgumentParser:
    """Return the parser; the command's name is in `command`."""
    top = OneLineParser(
        prog=PROGRAM,
        description="Trains, measures and applies a CNN that labels short texts.",
    )
    names = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        command.add(
            names.add_parser(
                name, help=command.PURPOSE, description=command.PURPOSE, formatter_class=_Help
            )
        )
    return top


class _Help(argparse.ArgumentDefaultsHelpFormatter):
    """Show a default only where there is one."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        if not action.default or isinstance(action.default, bool):
            return action.help
        return super()._get_help_string(action)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns 0 when done, 1 when it failed, 2 for bad usage, 130 for Ctrl-C."""
    options = parser().parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):  # A terminal need not know every character.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        COMMANDS[options.command].run(options)
        sys.stdout.flush()
    except SentimentError as error:
        complain(f"{PROGRAM} {options.command}: {error}")
        return error.exit_code
    except ModuleNotFoundError as error:
        name = error.name or ""
        package = PACKAGES.get(name, f"'tweet-sentiment[{EXTRAS.get(name, 'train')}]'")
        complain(f"{PROGRAM}: {name} is missing: pip install {package}")
        return 1
    except BrokenPipeError:
        # Whoever read the output has seen enough; else Python would complain when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        complain(f"{PROGRAM} {options.command}: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
