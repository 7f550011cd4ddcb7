"""`train`: learn from labelled texts."""

import argparse
from pathlib import Path

from sentiment.commands.learning import add_learning, add_network, learning_settings
from sentiment.commands.options import (
    add_show_texts,
)
from sentiment.commands.texts import add_texts, texts_plan

PURPOSE = "learn from labelled texts"


def add(train: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_texts(train)

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
        texts=texts_plan(options),
        device=options.device,
        resume=options.resume,
        vectors=options.vectors,
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
