"""`train`: learn from labelled texts."""

import argparse
from pathlib import Path

from configuration.command_line import above_zero, whole_number
from sentiment.commands.learning import add_learning, add_network
from sentiment.commands.learning_settings import learning_settings
from sentiment.commands.options import add_numbers, add_show_texts
from sentiment.commands.texts import add_texts, texts_plan
from sentiment.errors import SettingsError

PURPOSE = "learn from labelled texts"
# Of a target; the label makes up the rest.
_SHARE_OF_TEACHERS = 0.8


def add(train: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_texts(train)
    add_numbers(
        train,
        ("--folds", whole_number(2, 100), None, "more networks, to tell how much figures vary"),
    )

    model = train.add_argument_group("the model")
    model.add_argument("--out", required=True, type=Path, metavar="DIR", help="where to write it")
    model.add_argument(
        "--force", dest="replace", action="store_true", help="replace the model that is there"
    )
    model.add_argument("--name", help="name in scored records (default: the last part of --out)")
    model.add_argument(
        "--about",
        type=Path,
        metavar="FILE",
        help="words of your own for the model card, in Markdown: for what it is, what was tried",
    )
    add_show_texts(model)

    add_network(train)
    add_learning(train)
    teachers = train.add_argument_group("teachers")
    teachers.add_argument(
        "--soft-labels",
        type=Path,
        metavar="DIR",
        help="what teachers say of the texts to learn from, and of others, as teach wrote it; it "
        "makes up --soft-share of the target of a text with a label (then 0.8 by default)",
    )
    add_numbers(
        teachers,
        (
            "--soft-power",
            above_zero,
            None,
            "power of what they say; below 1 they are less sure",
        ),
    )
    train.add_argument(
        "--resume", action="store_true", help="go on where this training was interrupted"
    )


def run(options: argparse.Namespace) -> None:
    """Train, and print how well the model does."""
    from sentiment.storage.model_card import results  # noqa: PLC0415  (slow)
    from sentiment.training.checkpoint import place  # noqa: PLC0415  (slow)
    from sentiment.training.progress import TrainingProgress  # noqa: PLC0415  (slow)
    from sentiment.training.train import Plan, train  # noqa: PLC0415  (slow)

    _settle_soft_labels(options)
    preprocessor, network, training = learning_settings(options)
    plan = Plan(
        texts=texts_plan(options, options.folds or 0),
        device=options.device,
        resume=options.resume,
        vectors=options.vectors,
        soft_labels=options.soft_labels,
        about=options.about,
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


def _settle_soft_labels(options: argparse.Namespace) -> None:
    """Refuse what does not go with soft labels of teachers, and settle what they count."""
    if options.soft_labels is None:
        if options.soft_power is not None:
            raise SettingsError("--soft-power means nothing without --soft-labels: leave it out")
        return
    if options.soft_share is None:
        options.soft_share = _SHARE_OF_TEACHERS
    for option, given, instead in (
        ("--folds", options.folds, "which were made for one split"),
        ("--augment", options.augment, "for which teach --invent makes texts"),
        ("--balanced-sampling", options.balanced_sampling, "by which all labels count the same"),
    ):
        if given:
            raise SettingsError(f"{option} does not go with --soft-labels, {instead}: leave it out")
