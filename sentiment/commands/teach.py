"""`teach`: soft labels of a transformer, for a network to learn from."""

import argparse
import re
from pathlib import Path
from typing import get_args

from configuration.command_line import above_zero, whole_number
from sentiment.commands.options import SEED, add_device, add_numbers
from sentiment.commands.texts import add_texts, texts_plan
from sentiment.settings import Blocks, TeachingSettings
from sentiment.teaching.precision import PrecisionChoice

PURPOSE = "let a transformer learn from labelled texts, and label texts for train to learn from"

_DEFAULT = TeachingSettings()
_COUNT = whole_number(1)


def add(teach: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_texts(teach, "measure")

    labels = teach.add_argument_group("the soft labels")
    labels.add_argument("--out", required=True, type=Path, metavar="DIR", help="where to write")
    labels.add_argument(
        "--force", dest="replace", action="store_true", help="replace the teaching that is there"
    )
    labels.add_argument(
        "--unlabelled",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="texts to label besides: JSONL, CSV, TSV or plain lines, gzip or not, or Parquet",
    )
    add_numbers(
        labels,
        ("--invent", whole_number(0), 0, "texts to make of pieces of others, and to label"),
    )

    teacher = teach.add_argument_group("the teachers")
    teacher.add_argument(
        "--teacher",
        required=True,
        type=Path,
        metavar="DIR",
        help="a transformer as Hugging Face lays it out: config.json, model.safetensors, "
        "tokenizer.json",
    )
    teacher.add_argument(
        "--teacher-sha256",
        type=_sha256,
        metavar="HEX",
        help="refuse a teacher whose model.safetensors has another SHA-256",
    )
    add_numbers(
        teacher,
        (
            "--teachers",
            whole_number(2, 100),
            _DEFAULT.teachers,
            "how many learn, each from all texts but its part, which it then labels",
        ),
        ("--epochs", _COUNT, _DEFAULT.epochs, "passes over the texts"),
        ("--batch-size", _COUNT, _DEFAULT.batch_size, "texts of a step"),
        ("--learning-rate", above_zero, _DEFAULT.learning_rate, "of AdamW when it is highest"),
        (
            "--seed",
            SEED,
            _DEFAULT.seed,
            "of the split, the parts, the order and the invented texts",
        ),
    )
    teacher.add_argument(
        "--blocks",
        choices=get_args(Blocks),
        default=_DEFAULT.blocks,
        help="random: the parts are drawn at random, like texts in one part; time: they follow "
        "one another, told as for --split time",
    )
    teacher.add_argument(
        "--precision",
        choices=get_args(PrecisionChoice),
        default="auto",
        help="what is computed in; auto takes bfloat16 where that is quicker",
    )
    add_device(teacher)
    teach.add_argument(
        "--resume", action="store_true", help="go on after the teachers that were done"
    )


def run(options: argparse.Namespace) -> None:
    """Teach, and print how well the teachers do."""
    from sentiment.measuring.markdown import markdown  # noqa: PLC0415  (slow)
    from sentiment.storage.teachers_told import reached  # noqa: PLC0415  (slow)
    from sentiment.teaching.teach import TeachingPlan, teach  # noqa: PLC0415  (slow)
    from sentiment.training.checkpoint import place  # noqa: PLC0415  (slow)
    from sentiment.training.progress import TrainingProgress  # noqa: PLC0415  (slow)

    plan = TeachingPlan(
        texts=texts_plan(options),
        teacher=options.teacher,
        sha256=options.teacher_sha256,
        out=options.out,
        replace=options.replace,
        unlabelled=options.unlabelled,
        invented=options.invent,
        settings=TeachingSettings(
            teachers=options.teachers,
            blocks=options.blocks,
            epochs=options.epochs,
            batch_size=options.batch_size,
            learning_rate=options.learning_rate,
            seed=options.seed,
        ),
        precision=options.precision,
        device=options.device,
        resume=options.resume,
    )
    with TrainingProgress() as progress:
        try:
            teaching = teach(plan, progress)
        except KeyboardInterrupt:
            progress.say(
                "interrupted: no soft labels were written; the same command with --resume goes on "
                "after the teachers that were done"
                if place(options.out).exists()
                else "interrupted: nothing was written, and --resume has nothing to go on from"
            )
            raise
    counts = ", ".join(f"{count:,} {origin}" for origin, count in teaching.texts.items() if count)
    print(
        f"{markdown(reached(teaching))}\n\nThe soft labels of {counts} texts are in {options.out}."
    )


def _sha256(text: str) -> str:
    if re.fullmatch("[0-9a-fA-F]{64}", text) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no SHA-256: give 64 hexadecimal digits")
    return text.lower()
