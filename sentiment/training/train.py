"""Labelled files to a bundle: read, split, learn, measure, write."""

import io
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import numpy as np

from sentiment.data.class_names import check_renames
from sentiment.data.dataset import Dataset, Example, count_labels, fingerprint, read_labelled
from sentiment.data.decoding import AUTO
from sentiment.data.findings import DEFAULT_RULES, Rules
from sentiment.data.folds import folds
from sentiment.data.giveaways import find_giveaways, finding, without_giveaways
from sentiment.data.row import Columns
from sentiment.data.split import Parts, Shares, split
from sentiment.errors import SettingsError
from sentiment.measuring.evaluate import as_files
from sentiment.measuring.folds import Folds
from sentiment.networks import network
from sentiment.runtime import keras, use_device, use_threads
from sentiment.serving.keras_engine import KerasEngine
from sentiment.settings import (
    Device,
    NetworkSettings,
    PreprocessorSettings,
    TrainingSettings,
)
from sentiment.storage import bundle, bundle_files
from sentiment.storage.manifest import DataFacts, Manifest, VectorsFacts, is_name
from sentiment.storage.model_card import model_card
from sentiment.storage.reference import Reference
from sentiment.text.preprocessor import Preprocessor
from sentiment.training.checkpoint import Checkpoint, check_there
from sentiment.training.fit import planned_epochs
from sentiment.training.folds import cross_validate
from sentiment.training.learn import learn
from sentiment.training.measured import temper_and_measure
from sentiment.training.prepared import prepare
from sentiment.training.progress import TrainingProgress
from sentiment.training.word_vectors import Covered, cover

_LIBRARIES = ("keras", "numpy", "scipy", "scikit-learn", "emoji")


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a training run is told.

    Attributes:
        data: Files or folders of labelled texts.
        validation: Files to validate with; a share of the data when empty.
        test: Files to measure with; a share of the data when empty.
        columns: Where the files have text and label.
        shares: Shares of the data to hold out.
        out: Directory of the bundle.
        replace: Whether a bundle that is there already is replaced.
        name: Name of the model.
        preprocessor: How texts are prepared.
        network: Sizes of the network; `vocabulary_size` is the most tokens it may have.
        training: How it learns.
        data_weights: How much the texts of each file of `data` count; all the same without any.
        encoding: Of what is not UTF-8; "auto" to detect it.
        show_texts: Whether texts are in the report.
        device: What it learns on.
        resume: Whether it goes on where it was interrupted.
        vectors: A file of word vectors to start from, if any.
        rules: How texts come into parts, and what is taken out of these.
        remove_giveaways: Whether tokens that give the label away are taken out of the texts to
            learn from.
        folds: Networks to train on parts of the data only to tell how much figures vary; 0 for
            none.
    """

    data: Sequence[Path]
    validation: Sequence[Path]
    test: Sequence[Path]
    columns: Columns
    shares: Shares
    out: Path
    replace: bool
    name: str
    preprocessor: PreprocessorSettings
    network: NetworkSettings
    training: TrainingSettings
    data_weights: Sequence[float] = ()
    encoding: str = AUTO
    show_texts: bool = True
    device: Device = "auto"
    resume: bool = False
    vectors: Path | None = None
    rules: Rules = DEFAULT_RULES
    remove_giveaways: bool = False
    folds: int = 0


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
    use_threads()
    if gpu := use_device(plan.device):
        progress.say(f"computes on {gpu}")
    parts, splits, facts = _read(plan, progress)
    known, preprocessor, sizes = prepare(parts, plan.preprocessor, plan.network)
    vectors = _vectors(plan.vectors, preprocessor, parts, progress) if plan.vectors else None
    facts_of_vectors = vectors and vectors.facts
    decides = _what_decides(plan, parts, facts_of_vectors)
    checkpoint = Checkpoint(plan.out, decides, resumed=plan.resume)
    model, learning = learn(
        parts, preprocessor, sizes, plan.training, progress, checkpoint, vectors
    )
    engine = KerasEngine(model, sizes.subwords)
    measured = temper_and_measure(
        engine, parts, preprocessor, known, learning, plan.name, show_texts=plan.show_texts
    )
    manifest = Manifest(
        name=plan.name,
        labels=parts.labels,
        preprocessor=plan.preprocessor,
        network=sizes,
        training=msgspec.structs.replace(
            plan.training, epochs=planned_epochs(len(parts.train), plan.training)
        ),
        data=facts,
        metrics=measured.metrics,
        baselines=measured.evaluation.baselines,
        temperature=measured.evaluation.temperature,
        calibration=measured.calibration,
        folds=_folds(plan, splits, progress) if splits else None,
        libraries=_libraries(),
        vectors=facts_of_vectors,
    )
    reference = Reference.make(
        preprocessor, engine.score, sizes.vocabulary_size, plan.preprocessor.max_tokens
    )
    files = {
        bundle_files.VOCABULARY: preprocessor.vocabulary.to_text().encode(),
        bundle_files.WEIGHTS: _archive(model),
        bundle_files.REFERENCE: reference.to_npz(),
        bundle_files.CARD: model_card(manifest).encode(),
        **as_files(measured.evaluation),
    }
    bundle.save(plan.out, manifest, files, model.save, replace=plan.replace)
    checkpoint.remove()
    return manifest


def _vectors(
    path: Path, preprocessor: Preprocessor, parts: Parts, progress: TrainingProgress
) -> Covered:
    vocabulary = preprocessor.vocabulary
    found = cover(path, vocabulary.tokens)
    ids = preprocessor([example.text for example in parts.train]).without_spelling().ids
    progress.say(found.told(np.bincount(ids, minlength=len(vocabulary))))
    return found


def _folds(plan: Plan, splits: Sequence[Parts], progress: TrainingProgress) -> Folds:
    def learn_from(parts: Parts) -> tuple[KerasEngine, Preprocessor]:
        _, preprocessor, sizes = prepare(parts, plan.preprocessor, plan.network)
        vectors = _vectors(plan.vectors, preprocessor, parts, progress) if plan.vectors else None
        with TemporaryDirectory() as folder:
            checkpoint = Checkpoint(Path(folder) / "fold", b"")
            model, _ = learn(
                parts, preprocessor, sizes, plan.training, progress, checkpoint, vectors
            )
        return KerasEngine(model, sizes.subwords), preprocessor

    return cross_validate(splits, learn_from, progress.say)


def _what_decides(plan: Plan, parts: Parts, vectors: VectorsFacts | None) -> bytes:
    """Return all that what is learnt depends on."""
    texts = [fingerprint(parts.train), fingerprint(parts.validation)]
    weights = [example[2:4] for example in parts.train]
    settings = (plan.preprocessor, plan.network, plan.training)
    return msgspec.json.encode((texts, weights, settings, parts.labels, vectors, _libraries()))


def _libraries() -> dict[str, str]:
    names = (keras.backend.backend(), *_LIBRARIES)
    return {"python": platform.python_version()} | {name: version(name) for name in names}


def _read(plan: Plan, progress: TrainingProgress) -> tuple[Parts, list[Parts], DataFacts]:
    """Return the parts to train and measure with, the splits of each fold, and what they are."""

    def read(paths: Sequence[Path], weights: Sequence[float] = ()) -> Dataset:
        return read_labelled(paths, plan.columns, progress.say, weights, plan.encoding)

    data = read(plan.data, plan.data_weights)
    validation = read(plan.validation) if plan.validation else None
    test = read(plan.test) if plan.test else None
    every = [dataset for dataset in (data, validation, test) if dataset]
    seen = {label for dataset in every for label in dataset.original_labels}
    check_renames(plan.columns.renames, seen)
    parts = split(
        data.examples,
        plan.shares,
        plan.training.seed,
        validation and validation.examples,
        test and test.examples,
        plan.rules,
    )
    found = [*parts.findings]
    giveaways = find_giveaways(parts.train)
    if told := finding(giveaways, parts.train, removed=plan.remove_giveaways):
        found.append(told)
    splits: list[Parts] = []
    if plan.folds:
        share = plan.shares.validation
        splits = folds(data.examples, plan.folds, share, plan.training.seed, plan.rules)
    if plan.remove_giveaways:
        named = {giveaway.token for giveaway in giveaways}
        parts, *splits = (
            each._replace(train=without_giveaways(each.train, named)) for each in (parts, *splits)
        )
    facts = DataFacts(
        fingerprint=fingerprint(parts.train),
        files=tuple(name for dataset in every for name in dataset.files),
        counts={name: count_labels(examples) for name, examples in _by_name(parts).items()},
        duplicates=parts.duplicates,
        held_out_alike=parts.held_out_alike,
        malformed=sum(dataset.malformed for dataset in every),
        split=plan.rules.method,
        findings={each.kind: each.texts for each in found},
    )
    progress.say(
        ", ".join(f"{len(examples):,} {name}" for name, examples in _by_name(parts).items())
        + f" texts; left out {parts.duplicates:,} duplicates and {parts.held_out_alike:,} "
        "texts that resemble a held-out one"
    )
    for each in found:
        progress.say(each.line())
    return parts, splits, facts


def _by_name(parts: Parts) -> dict[str, list[Example]]:
    named = {"train": parts.train, "validation": parts.validation, "test": parts.test}
    return {name: examples for name, examples in named.items() if examples}


def _archive(model: Any) -> bytes:
    archive = io.BytesIO()
    arrays: dict[str, Any] = dict(network.weights(model))
    np.savez_compressed(archive, **arrays)
    return archive.getvalue()
