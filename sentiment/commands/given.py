"""Which options of network and learning a user gave, and how they are typed."""

import argparse

from sentiment.commands.learning import add_learning, add_network


def given(options: argparse.Namespace) -> list[str]:
    """Return the names of those that are not as they are by default."""
    parser = argparse.ArgumentParser()
    add_network(parser)
    add_learning(parser)
    default = vars(parser.parse_args([]))
    return [name for name, value in default.items() if getattr(options, name) != value]


def as_options(options: argparse.Namespace) -> str:
    """Return what has to be typed to have the same network, learning in the same way."""
    return " ".join(_typed(name, getattr(options, name)) for name in given(options))


def _typed(name: str, value: object) -> str:
    if name == "class_weights":
        return "--no-class-weights"
    option = "--network" if name == "kind" else "--" + name.replace("_", "-")
    values = value if isinstance(value, list | tuple) else [value]
    return " ".join([option, *(() if value is True else map(str, values))])
