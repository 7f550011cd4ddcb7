"""`sign`: sign a model with a key of one's own."""

import argparse
from pathlib import Path

PURPOSE = "sign a model with a key of yours, so that others can tell it is yours"


def add(sign: argparse.ArgumentParser) -> None:
    """Add the options."""
    sign.add_argument("--model", type=Path, required=True, metavar="DIR", help="the model")
    sign.add_argument(
        "--key", type=Path, required=True, metavar="PRIVATE.pem", help="your Ed25519 key (PEM)"
    )


def run(options: argparse.Namespace) -> None:
    """Sign, and print the signature."""
    from sentiment.storage.sign import sign  # noqa: PLC0415  (slow)

    print(f"{sign(options.model, options.key)} is the signature of {options.model}.")
