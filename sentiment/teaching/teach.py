"""Labelled texts and a transformer to a directory of soft labels: read, learn, label, write."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from sentiment.cpus import available_cpus
from sentiment.data.dataset import Example, fingerprint
from sentiment.data.split import Parts
from sentiment.measuring.report import measure, measure_with_intervals
from sentiment.runtime import use_device, use_threads
from sentiment.settings import NORMALIZER, Device, TeachingSettings
from sentiment.teaching.answers import LogProbabilities, joint, of_those_left_out
from sentiment.teaching.cross_fitting import folds_of
from sentiment.teaching.fold import Fold
from sentiment.teaching.invented import invented
from sentiment.teaching.other_texts import apart, read_unlabelled
from sentiment.teaching.precision import PrecisionChoice, chosen_precision
from sentiment.teaching.processes import run_beside
from sentiment.teaching.soft_label_file import (
    SoftLabel,
    TeacherFacts,
    Teaching,
    check_destination,
    write_teaching,
)
from sentiment.teaching.teacher_directory import TeacherDirectory
from sentiment.teaching.transformer import check, steps, versions
from sentiment.training.checkpoint import Checkpoint, check_there
from sentiment.training.libraries import libraries
from sentiment.training.progress import TrainingProgress
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
    teacher.check_labels(parts.labels)
    asked = _asked(plan, parts, progress)
    left_to = folds_of(parts.train, settings.teachers, settings.blocks, plan.texts.rules.method)

    folds = _folds(teacher, settings, parts, left_to, asked)
    ours = libraries() | versions()
    decides = repr((teacher, settings, parts, left_to.tolist(), asked, ours))
    checkpoint = Checkpoint(plan.out, decides.encode("utf-8", "surrogatepass"), resumed=plan.resume)
    answers = _answers(folds, checkpoint, progress, beside=not gpu)

    own = of_those_left_out(answers, left_to)
    others = joint(answers, left_to, asked)
    classes = _classes(parts.train, parts.labels)
    teaching = Teaching(
        teacher=TeacherFacts(teacher.name, teacher.architecture, teacher.sha256),
        labels=parts.labels,
        fingerprint=fingerprint(parts.train),
        normalizer=NORMALIZER,
        settings=settings,
        folds=tuple(
            measure(classes[left], own[left].argmax(axis=1), parts.labels)
            for left in (left_to == each for each in range(settings.teachers))
        ),
        together={
            name: measure_with_intervals(
                _classes(examples, parts.labels), others[name].argmax(axis=1), parts.labels
            )
            for name, examples in (("validation", parts.validation), ("test", parts.test))
            if examples
        },
        texts={
            "labelled": len(parts.train),
            "unlabelled": len(asked["unlabelled"]),
            "invented": len(asked["invented"]),
        },
        libraries=ours,
    )
    write_teaching(plan.out, teaching, _rows(parts, own, asked, others), replace=plan.replace)
    checkpoint.remove()
    return teaching


def _asked(plan: TeachingPlan, parts: Parts, progress: TrainingProgress) -> dict[str, list[str]]:
    """Return the texts that all teachers are asked about, by what they are."""
    given = read_unlabelled(
        plan.unlabelled, plan.texts.columns.text, plan.texts.encoding, progress.say
    )
    made = invented(
        [each.text for each in parts.train], plan.invented, random.Random(plan.settings.seed)
    )
    return {
        "validation": [each.text for each in parts.validation],
        "test": [each.text for each in parts.test],
        "unlabelled": apart(given, parts, "unlabelled", progress.say),
        "invented": apart(made, parts, "invented", progress.say),
    }


def _folds(
    teacher: TeacherDirectory,
    settings: TeachingSettings,
    parts: Parts,
    left_to: npt.NDArray[np.int64],
    asked: Mapping[str, Sequence[str]],
) -> list[Fold]:
    """Return the work of each teacher; it is asked about what is left to it first."""
    texts = [each.text for each in parts.train]
    classes = _classes(parts.train, parts.labels)
    weights = np.array([each.weight for each in parts.train], np.float32)
    every = [text for some in asked.values() for text in some]

    def fold(number: int) -> Fold:
        learnt, left = (np.flatnonzero(some) for some in (left_to != number, left_to == number))
        return Fold(
            number=number,
            teacher=teacher,
            settings=settings,
            labels=len(parts.labels),
            texts=[texts[place] for place in learnt],
            classes=classes[learnt],
            weights=weights[learnt],
            scored=[*(texts[place] for place in left), *every],
        )

    return [fold(number) for number in range(settings.teachers)]


def _answers(
    folds: Sequence[Fold], checkpoint: Checkpoint, progress: TrainingProgress, *, beside: bool
) -> list[LogProbabilities]:
    """Return what each teacher says, of those that are done already as the checkpoint has it."""
    done: dict[str, LogProbabilities] = {}
    if checkpoint.resumed:
        done = checkpoint.load()
        progress.say(f"goes on after {len(done)} of {len(folds)} teachers")
    else:
        checkpoint.remove()  # What an earlier teaching left.
    to_do = [fold for fold in folds if str(fold.number) not in done]
    of_each = {fold.number: steps(len(fold.texts), fold.settings) for fold in folds}
    progress.steps(
        sum(of_each.values()), sum(of_each.values()) - sum(of_each[each.number] for each in to_do)
    )
    for number, answer in _run(to_do, progress, beside=beside):
        done[str(number)] = answer
        checkpoint.save(done)
        progress.say(f"teacher {number + 1} has learnt; {len(done)} of {len(folds)} are done")
    return [done[str(fold.number)] for fold in folds]


def _run(
    folds: Sequence[Fold], progress: TrainingProgress, *, beside: bool
) -> Iterator[tuple[int, LogProbabilities]]:
    cpus = available_cpus()
    at_once = min(cpus, len(folds)) if beside else 1
    if at_once > 1:
        yield from run_beside(folds, at_once, cpus // at_once, progress.step)
    else:
        yield from ((fold.number, fold.run(progress.step)) for fold in folds)


def _rows(
    parts: Parts,
    own: LogProbabilities,
    asked: Mapping[str, Sequence[str]],
    others: Mapping[str, LogProbabilities],
) -> Iterator[SoftLabel]:
    def shares(row: npt.NDArray[np.float32]) -> dict[str, float]:
        return dict(zip(parts.labels, np.exp(row).tolist(), strict=True))

    for example, row in zip(parts.train, own, strict=True):
        yield SoftLabel(example.text, shares(row), "labelled", example.label)
    for text, row in zip(asked["unlabelled"], others["unlabelled"], strict=True):
        yield SoftLabel(text, shares(row), "unlabelled")
    for text, row in zip(asked["invented"], others["invented"], strict=True):
        yield SoftLabel(text, shares(row), "invented")


def _classes(examples: Sequence[Example], labels: tuple[str, ...]) -> npt.NDArray[np.int64]:
    return np.array([labels.index(each.label) for each in examples], np.int64)
