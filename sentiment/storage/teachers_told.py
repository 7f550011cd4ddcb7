"""What a model card tells of the teachers that a network learnt from."""

from collections.abc import Mapping

from sentiment.counting import counted
from sentiment.measuring import tables
from sentiment.measuring.page import Table
from sentiment.storage.teaching_facts import Origin, Teaching

_PARTS = {
    "random": "drawn at random",
    "time": "one after the other in time",
}
_LABELLED_BY: Mapping[Origin, str] = {
    "unlabelled": " All of them together label {} without a label.",
    "invented": " Each labels those of {} that are put together from pieces of its part.",
}


def who(teaching: Teaching) -> str:
    """Return who the teachers were, what they learnt, and what they labelled."""
    settings, teacher = teaching.settings, teaching.teacher
    asked = "".join(
        told.format(counted(teaching.texts[origin], "text"))
        for origin, told in _LABELLED_BY.items()
        if teaching.texts.get(origin)
    )
    return (
        f"{settings.teachers} transformers of {teacher.name} ({teacher.architecture}, SHA-256 of "
        f"its weights `{teacher.sha256}`), each fine-tuned on the texts to learn from but for one "
        f"of {settings.teachers} parts, {_PARTS[settings.blocks]}, which it then labels: AdamW at "
        f"{settings.learning_rate:g}, batches of {settings.batch_size}, "
        f"{counted(settings.epochs, 'epoch')}, {settings.precision}, seed {settings.seed}.{asked} "
        "On the texts that each left out, and all together on those held out:"
    )


def reached(teaching: Teaching) -> Table:
    """Return a line for each teacher, and for all together."""
    measured = [
        (f"teacher {number}", "left out", report)
        for number, report in enumerate(teaching.folds, start=1)
    ]
    measured += [("all teachers", part, report) for part, report in teaching.together.items()]
    return tables.results(measured)
