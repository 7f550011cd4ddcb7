"""`train`: learn from labelled texts."""

import argparse
from pathlib import Path

from configuration.command_line import above_zero, whole_number
from sentiment.commands.learning import add_learning, add_network, learning_settings
from sentiment.commands.options import (
    add_data,
    add_numbers,
    add_show_texts,
    add_split,
    columns,
    rules,
    share,
    some_share,
)
from sentiment.data.split import Shares

PURPOSE = "learn from labelled texts"


def add(train: argparse.ArgumentParser) -> None:
    """Add the options."""
    files = train.add_argument_group("texts and labels")
    add_data(files)
    files.add_argument(
        "--data-weights",
        type=above_zero,
        nargs="+",
        default=[],
        metavar="N",
        help="how much the texts of each file count, one weight for each (default: all 1)",
    )
    for option, purpose in (("--validation", "choose the best epoch"), ("--test", "measure")):
        files.add_argument(
            option,
            nargs="+",
            type=Path,
            default=[],
            metavar="FILE",
            help=f"labelled texts to {purpose} with, not a share of the data",
        )
    add_split(files)
    add_numbers(
        files,
        ("--validation-share", some_share, 0.1, "share held out to choose the best epoch with"),
        ("--folds", whole_number(2, 100), None, "more networks, to tell how much figures vary"),
        ("--test-share", share, 0.1, "share held out to measure with; may be 0"),
    )

    model = train.add_argument_group("the model")
    model.add_argument("--out", required=True, type=Path, metavar="DIR", help="where to write it")
    model.add_argument(
        "--force", dest="replace", action="store_true", help="replace the model that is there"
    )
    model.add_argument("--name", help="name in scored records (default: the last part of --out)")
    add_show_texts(model)

    add_network(train)
    add_learning(train)
    train.add_argument(
        "--resume", action="store_true", help="go on where this training was interrupted"
    )


def run(options: argparse.Namespace) -> None:
    """Train, and print how well the model does."""
    from sentiment.storage.model_card import results  # noqa: PLC0415  (slow)
    from sentiment.training.checkpoint import place  # noqa: PLC0415  (slow)
    from sentiment.training.progress import TrainingProgress  # noqa: PLC0415  (slow)
    from sentiment.training.train import Plan, train  # noqa: PLC0415  (slow)

    preprocessor, network, training = learning_settings(options)
    plan = Plan(
        data=options.data,
        device=options.device,
        resume=options.resume,
        vectors=options.vectors,
        data_weights=options.data_weights,
        encoding=options.encoding,
        rules=rules(options),
        remove_giveaways=options.giveaways == "remove",
        folds=options.folds or 0,
        validation=options.validation,
        test=options.test,
        columns=columns(options),
        shares=Shares(options.validation_share, options.test_share),
        out=options.out,
        replace=options.replace,
        name=options.name or options.out.absolute().name,
        preprocessor=preprocessor,
        network=network,
        training=training,
        show_texts=options.show_texts,
    )
    with TrainingProgress() as progress:
        try:
            manifest = train(plan, progress)
        except KeyboardInterrupt:
            left = place(options.out)
            progress.say(
                "interrupted: no model was written; the same command with --resume goes on"
                if left.exists()
                else "interrupted: nothing was written"
            )
            raise
    print(
        f"{results(manifest)}\n\nThe model is in {options.out}, the whole report in "
        f"{options.out / 'report.html'}."
    )
