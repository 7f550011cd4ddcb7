"""`tune`: search for better settings."""

import argparse
from pathlib import Path
from typing import get_args

from configuration.command_line import above_zero, whole_number
from sentiment.commands.given import as_options, given
from sentiment.commands.learning import add_learning, add_network
from sentiment.commands.learning_settings import learning_settings
from sentiment.commands.texts import add_texts, texts_plan
from sentiment.commands.wiring import complain
from sentiment.settings import SearchMethod

PURPOSE = "search for better settings, in the minutes that you give it"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_texts(parser)
    group = parser.add_argument_group("the search")
    group.add_argument(
        "--out",
        required=True,
        type=Path,
        metavar="DIR",
        help="folder of the trials and of what was found; a search that is there goes on",
    )
    group.add_argument(
        "--minutes", type=above_zero, default=30.0, metavar="N", help="time to spend from now on"
    )
    group.add_argument(
        "--trials", type=whole_number(1), metavar="N", help="at most so many, however much time"
    )
    group.add_argument(
        "--method",
        choices=get_args(SearchMethod),
        default="random",
        help="random: settings at random; hyperband: many for a short while, then the best of them",
    )
    add_network(parser)
    add_learning(parser)


def run(options: argparse.Namespace) -> None:
    """Search, and print the best that was found."""
    from sentiment.training.tuning import TuningPlan, tune  # noqa: PLC0415  (slow)
    from sentiment.training.tuning_page import as_text  # noqa: PLC0415  (slow)

    preprocessor, network, training = learning_settings(options)
    plan = TuningPlan(
        texts=texts_plan(options),
        out=options.out,
        seconds=60 * options.minutes,
        trials=options.trials,
        method=options.method,
        preprocessor=preprocessor,
        network=network,
        training=training,
        device=options.device,
        vectors=options.vectors,
        # The vectors of a file have the size that they have.
        given=[*given(options), *(["embedding_size"] if options.vectors else [])],
        options=as_options(options),
    )
    try:
        found = tune(plan, complain)
    except KeyboardInterrupt:
        there = "has what was found, and the same command goes on"
        complain(f"interrupted: {options.out} {there if options.out.exists() else 'has nothing'}")
        raise
    print(f"{as_text(found)}\n\nAll trials are in {options.out / 'tuning.html'}.")
