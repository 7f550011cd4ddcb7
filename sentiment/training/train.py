"""Labelled files to a bundle: read, split, learn, measure, write."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from sentiment.data.split import Parts
from sentiment.errors import SettingsError
from sentiment.measuring.evaluate import as_files
from sentiment.measuring.folds import Folds
from sentiment.networks import network
from sentiment.networks.inputs import Inputs
from sentiment.runtime import use_device, use_threads
from sentiment.serving.keras_engine import KerasEngine
from sentiment.settings import (
    Device,
    NetworkSettings,
    PreprocessorSettings,
    TrainingSettings,
)
from sentiment.storage import bundle, bundle_files, texts_told
from sentiment.storage.manifest import Manifest, is_name
from sentiment.storage.model_card import model_card, read_about
from sentiment.storage.reference import Reference
from sentiment.storage.soft_label_file import read_teaching
from sentiment.text.preprocessor import Preprocessor
from sentiment.training.checkpoint import Checkpoint, check_there
from sentiment.training.folds import cross_validate
from sentiment.training.learn import learn
from sentiment.training.libraries import libraries
from sentiment.training.measured import temper_and_measure
from sentiment.training.planning import planned_epochs
from sentiment.training.prepared import prepare, what_decides
from sentiment.training.progress import TrainingProgress
from sentiment.training.taught import taught_of
from sentiment.training.texts import TextsPlan, read_texts


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a training run is told.

    Attributes:
        texts: Which texts it is about.
        out: Directory of the bundle.
        replace: Whether a bundle that is there already is replaced.
        name: Name of the model.
        preprocessor: How texts are prepared.
        network: Sizes of the network; `vocabulary_size` is the most tokens it may have.
        training: How it learns.
        show_texts: Whether texts are in the report.
        device: What it learns on.
        resume: Whether it goes on where it was interrupted.
        vectors: A file of word vectors to start from, if any.
        soft_labels: A directory that `teach` wrote of the same texts, if any.
        about: A file of words for the model card, in Markdown, if any.
    """

    texts: TextsPlan
    out: Path
    replace: bool
    name: str
    preprocessor: PreprocessorSettings
    network: NetworkSettings
    training: TrainingSettings
    show_texts: bool = True
    device: Device = "auto"
    resume: bool = False
    vectors: Path | None = None
    soft_labels: Path | None = None
    about: Path | None = None


def train(plan: Plan, progress: TrainingProgress) -> Manifest:
    """Train a network, write its bundle and return what its `bundle.json` says.

    Raises:
        SentimentError: The plan, the data or the place of the bundle is no good; then nothing
            is written.
    """
    if not is_name(plan.name):
        raise SettingsError(
            f"{plan.name!r} is no name for a model: with --name, give it one of up to 64 letters, "
            "digits, '.', '_' and '-'"
        )
    bundle.check_destination(plan.out, replace=plan.replace)
    if plan.resume:
        check_there(plan.out)
    about = read_about(plan.about) if plan.about else ""
    soft_labels = read_teaching(plan.soft_labels) if plan.soft_labels else None
    use_threads()
    if gpu := use_device(plan.device):
        progress.say(f"computes on {gpu}")
    parts, splits, facts = read_texts(
        plan.texts, plan.training.seed, progress.say, show_texts=plan.show_texts
    )

    # First, so that what they fail for does not cost the model.
    of_folds = _folds(plan, splits, progress) if splits else None
    taught = None
    if soft_labels and plan.soft_labels:
        taught = taught_of(parts, soft_labels, plan.soft_labels)
    prepared = prepare(parts, plan.preprocessor, plan.network, plan.vectors, progress.say, taught)
    vectors = prepared.vectors and prepared.vectors.facts
    decides = what_decides(prepared, plan.training)
    checkpoint = Checkpoint(plan.out, decides, resumed=plan.resume)
    model, learning = learn(prepared, plan.training, progress, checkpoint)
    engine = KerasEngine(model, partial(Inputs, subwords=prepared.sizes.subwords))
    measured = temper_and_measure(engine, prepared, learning, plan.name, show_texts=plan.show_texts)
    manifest = Manifest(
        name=plan.name,
        labels=parts.labels,
        preprocessor=plan.preprocessor,
        network=prepared.sizes,
        training=msgspec.structs.replace(
            plan.training, epochs=planned_epochs(prepared.learnt_from, plan.training)
        ),
        data=facts,
        metrics=measured.metrics,
        baselines=measured.evaluation.baselines,
        temperature=measured.evaluation.temperature,
        calibration=measured.calibration,
        folds=of_folds,
        libraries=libraries(),
        vectors=vectors,
        teaching=prepared.taught and prepared.taught.teaching,
    )
    reference = Reference.make(
        prepared.preprocessor,
        engine.score,
        prepared.sizes.vocabulary_size,
        plan.preprocessor.max_tokens,
    )
    files = {
        bundle_files.VOCABULARY: prepared.preprocessor.vocabulary.to_text().encode(),
        bundle_files.WEIGHTS: _archive(model),
        bundle_files.REFERENCE: reference.to_npz(),
        bundle_files.CARD: model_card(manifest, about).encode(),
        **as_files(measured.evaluation, texts_told.sections(manifest)),
    }
    bundle.save(plan.out, manifest, files, model.save, replace=plan.replace)
    checkpoint.remove()
    return manifest


def _folds(plan: Plan, splits: Sequence[Parts], progress: TrainingProgress) -> Folds:
    def learn_from(parts: Parts) -> tuple[KerasEngine, Preprocessor]:
        prepared = prepare(parts, plan.preprocessor, plan.network, plan.vectors, progress.say)
        model, _ = learn(prepared, plan.training, progress)
        engine = KerasEngine(model, partial(Inputs, subwords=prepared.sizes.subwords))
        return engine, prepared.preprocessor

    return cross_validate(splits, learn_from, progress.say)


def _archive(model: Any) -> bytes:
    archive = io.BytesIO()
    arrays: dict[str, Any] = dict(network.weights(model))
    np.savez_compressed(archive, **arrays)
    return archive.getvalue()
