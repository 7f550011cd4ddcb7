"""Labelled texts and a transformer to a directory of soft labels: read, learn, label, write."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from sentiment.counting import counted
from sentiment.data.content import hashes
from sentiment.data.dataset import fingerprint
from sentiment.data.split import Parts
from sentiment.errors import DataError
from sentiment.measuring.report import measure, measure_with_intervals
from sentiment.runtime import use_device, use_threads
from sentiment.settings import NORMALIZER, Device, TeachingSettings
from sentiment.storage.soft_label_file import check_destination, write_teaching
from sentiment.storage.soft_label_rows import SoftLabel
from sentiment.storage.teaching_facts import TeacherFacts, Teaching
from sentiment.storage.token_vectors import TokenVectors, that_fit
from sentiment.teaching.answers import LogProbabilities, joint, of_those_left_out
from sentiment.teaching.asking import answers_of
from sentiment.teaching.cross_fitting import folds_of
from sentiment.teaching.fold import Fold
from sentiment.teaching.other_texts import Asked, read_unlabelled
from sentiment.teaching.precision import PrecisionChoice, chosen_precision
from sentiment.teaching.teacher_directory import TeacherDirectory
from sentiment.teaching.teacher_tokenizer import READ, own_words
from sentiment.teaching.transformer import check, versions
from sentiment.teaching.words import foreign, frequent
from sentiment.training.checkpoint import Checkpoint, check_there
from sentiment.training.labelled import classes_of
from sentiment.training.libraries import libraries
from sentiment.training.progress import TrainingProgress
from sentiment.training.taught import check_probabilities, held_out_fingerprint
from sentiment.training.texts import TextsPlan, read_texts


@dataclass(frozen=True, slots=True)
class TeachingPlan:
    """All that a teaching is told.

    Attributes:
        texts: Which labelled texts it is about.
        teacher: Directory of the transformer.
        sha256: What its weights must have, if anything.
        out: Directory of the soft labels.
        replace: Whether a teaching that is there already is replaced.
        unlabelled: Files of texts to label besides.
        invented: How many texts to invent and label.
        settings: How the teachers learn, but for the precision.
        precision: What they compute in.
        device: What they learn on.
        resume: Whether it goes on where it was interrupted.
    """

    texts: TextsPlan
    teacher: Path
    sha256: str | None
    out: Path
    replace: bool
    unlabelled: Sequence[Path]
    invented: int
    settings: TeachingSettings
    precision: PrecisionChoice = "auto"
    device: Device = "auto"
    resume: bool = False


def teach(plan: TeachingPlan, progress: TrainingProgress) -> Teaching:
    """Train teachers, write what they say of the texts, and return what `teaching.json` says.

    Raises:
        SentimentError: The plan, the teacher, the data or the place is no good; then nothing is
            written.
    """
    check_destination(plan.out, replace=plan.replace)
    teacher = TeacherDirectory.look_at(plan.teacher, plan.sha256)
    check(teacher)
    if plan.resume:
        check_there(plan.out)
    use_threads()
    if gpu := use_device(plan.device):
        progress.say(f"computes on {gpu}")
    precision = chosen_precision(plan.precision, gpu=bool(gpu))
    settings = msgspec.structs.replace(plan.settings, precision=precision)
    parts, *_ = read_texts(plan.texts, settings.seed, progress.say)
    check_probabilities(parts)
    teacher.check_labels(parts.labels)
    _check_names(parts.labels)
    known = frequent((each.text for each in parts.train), READ)
    not_known = foreign(own_words(teacher), known, READ)
    left_to = folds_of(parts.train, settings.teachers, settings.blocks, plan.texts.rules.method)
    given = read_unlabelled(
        plan.unlabelled, plan.texts.columns.text, plan.texts.encoding, progress.say
    )
    files = hashes(plan.unlabelled)  # Now: they may be others when the teachers are done.
    draw = random.Random(settings.seed)
    asked = Asked.of(parts, left_to, given, plan.invented, not_known, draw, progress.say)

    words = that_fit([*known, *not_known], teacher.width * settings.teachers)
    if left_out := len(known) + len(not_known) - len(words):
        progress.say(f"vectors of {counted(left_out, 'word')} would not fit into a file: left out")
    folds = _folds(teacher, settings, parts, left_to, asked, words)
    ours = libraries() | versions()
    texts = (asked.by_all, asked.invented)
    decides = repr((teacher, settings, parts, left_to.tolist(), texts, ours))
    checkpoint = Checkpoint(plan.out, decides.encode("utf-8", "surrogatepass"), resumed=plan.resume)
    found = answers_of(folds, checkpoint, progress, beside=not gpu)

    answers = [each.log_probabilities for each in found]
    left = np.concatenate([left_to, asked.left_to])
    own, of_invented = np.split(of_those_left_out(answers, left), [len(left_to)])
    others = joint(answers, left, asked.by_all)
    classes = classes_of(parts.train, parts.labels)
    teaching = Teaching(
        teacher=TeacherFacts(teacher.name, teacher.architecture, teacher.sha256),
        labels=parts.labels,
        fingerprint=fingerprint(parts.train),
        held_out=held_out_fingerprint(parts),
        unlabelled=files,
        normalizer=NORMALIZER,
        settings=settings,
        folds=tuple(
            measure(classes[some], own[some].argmax(axis=1), parts.labels)
            for some in (left_to == each for each in range(settings.teachers))
        ),
        together={
            name: measure_with_intervals(
                classes_of(examples, parts.labels), others[name].argmax(axis=1), parts.labels
            )
            for name, examples in (("validation", parts.validation), ("test", parts.test))
            if examples
        },
        texts={
            "labelled": len(parts.train),
            "unlabelled": len(asked.by_all["unlabelled"]),
            "invented": len(asked.invented),
        },
        libraries=ours,
    )
    rows = _rows(parts, own, asked, others["unlabelled"], of_invented)
    # Behind one another: each teacher has learnt from other texts, and a network gains by all.
    vectors = np.concatenate([each.vectors for each in found], axis=1)
    write_teaching(
        plan.out, teaching, rows, TokenVectors(tuple(words), vectors), replace=plan.replace
    )
    checkpoint.remove()
    return teaching


def _check_names(labels: Sequence[str]) -> None:
    """Refuse labels that would be others when soft labels are read.

    Raises:
        DataError: One begins or ends with a space.
    """
    for label in labels:
        if label != label.strip():
            raise DataError(
                f"the label {label!r} begins or ends with white space: rename it with --labels"
            )


def _folds(
    teacher: TeacherDirectory,
    settings: TeachingSettings,
    parts: Parts,
    left_to: npt.NDArray[np.int64],
    asked: Asked,
    words: list[str],
) -> list[Fold]:
    """Return the work of each teacher; it is asked about what is left to it first."""
    texts = [each.text for each in parts.train]
    classes = classes_of(parts.train, parts.labels)
    weights = np.array([each.weight for each in parts.train], np.float32)
    every = [text for some in asked.by_all.values() for text in some]

    def fold(number: int) -> Fold:
        learnt, left = (np.flatnonzero(some) for some in (left_to != number, left_to == number))
        made = np.flatnonzero(asked.left_to == number)
        return Fold(
            number=number,
            teacher=teacher,
            settings=settings,
            labels=len(parts.labels),
            texts=[texts[place] for place in learnt],
            classes=classes[learnt],
            weights=weights[learnt],
            scored=[
                *(texts[place] for place in left),
                *(asked.invented[place] for place in made),
                *every,
            ],
            words=words,
        )

    return [fold(number) for number in range(settings.teachers)]


def _rows(
    parts: Parts,
    own: LogProbabilities,
    asked: Asked,
    of_unlabelled: LogProbabilities,
    of_invented: LogProbabilities,
) -> Iterator[SoftLabel]:
    labels = parts.labels  # Which looks at every text.

    def shares(row: npt.NDArray[np.float32]) -> dict[str, float]:
        return dict(zip(labels, np.exp(row).tolist(), strict=True))

    for example, row in zip(parts.train, own, strict=True):
        yield SoftLabel(example.text, shares(row), "labelled", example.label)
    for text, row in zip(asked.by_all["unlabelled"], of_unlabelled, strict=True):
        yield SoftLabel(text, shares(row), "unlabelled")
    for text, row in zip(asked.invented, of_invented, strict=True):
        yield SoftLabel(text, shares(row), "invented")
