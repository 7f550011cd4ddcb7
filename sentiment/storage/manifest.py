"""`bundle.json`: what a model is, and the hash of every file that belongs to it."""

import re
from typing import Annotated

import msgspec
from msgspec import Meta

from sentiment.errors import BundleError
from sentiment.measuring.baselines import Baseline
from sentiment.measuring.calibration import (
    LEAST_TEMPERATURE,
    MOST_TEMPERATURE,
    CalibrationFigures,
)
from sentiment.measuring.folds import Folds
from sentiment.measuring.report import Report
from sentiment.settings import NetworkSettings, PreprocessorSettings, TrainingSettings
from sentiment.storage.bundle_files import HASHED, MANIFEST, OPTIONAL
from sentiment.storage.teaching_facts import Teaching
from sentiment.storage.vouched import Vouched

FORMAT = 1
BUNDLE = Vouched(MANIFEST, FORMAT, "train the model again", "restore or retrain the model")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class DataFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The labelled texts that a model learnt from and was measured with.

    Attributes:
        fingerprint: SHA-256 of the texts and labels learnt from, whatever their order and format.
        files: Names of all files read.
        counts: Part ("train", "validation", "test") to label to number of texts.
        duplicates: Texts left out because another of them says the same.
        held_out_alike: Texts left out because a held-out one says the same or nearly so.
        malformed: Rows that could not be read.
        split: How texts were held out: "shuffle", "time" or "group".
        findings: What was found that may flatter the figures, to number of texts.
        hashes: SHA-256 of each file, or of all in a folder, that texts to learn from were drawn
            from, as `sentiment.data.content` has it; none in bundles of earlier versions.
        weights: How much the texts of each file to learn from count; none where all count the same.
        soft_labels: Texts learnt from that came with probabilities.
    """

    fingerprint: str
    files: tuple[str, ...]
    counts: dict[str, dict[str, int]]
    duplicates: int
    held_out_alike: int
    malformed: int
    split: str = "shuffle"
    findings: dict[str, int] = {}
    hashes: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    soft_labels: int = 0


class VectorsFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The word vectors that a network started from.

    Attributes:
        file: The file's name.
        sha256: Of its content.
        dimensions: Of a vector.
        covered: Tokens of the vocabulary that it has.
    """

    file: str
    sha256: str
    dimensions: int
    covered: int


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The content of `bundle.json`.

    Attributes:
        format: Version of the bundle's layout.
        name: What the model is called in every scored record.
        labels: In the order of the probabilities.
        preprocessor: How texts are prepared.
        network: Sizes of the network.
        training: How it learnt.
        data: What it learnt from.
        metrics: What was measured: "validation", and "test" unless there was none. In bundles of
            earlier versions also "baseline", a linear classifier on the last of these parts.
        libraries: Version of each library that had a part in it.
        files: SHA-256 of every other file.
        baselines: Simple classifiers beside the network, on the test part, or on the validation
            part if there is no test; none in bundles of earlier versions.
        temperature: What the logits that training led to were divided by; None where they were not.
        vectors: What the words' vectors started from, where somebody else had trained them.
        calibration: Of the probabilities on the same part, "before" and "after" that.
        teaching: Who the teachers were that it learnt from; None without any.
        folds: Figures of networks that learnt from parts of the data, where that was asked for.
    """

    format: int = FORMAT
    name: str
    labels: tuple[str, ...]
    preprocessor: PreprocessorSettings
    network: NetworkSettings
    training: TrainingSettings
    data: DataFacts
    metrics: dict[str, Report]
    libraries: dict[str, str]
    folds: Folds | None = None
    files: dict[str, str] = {}
    baselines: dict[str, Baseline] = {}
    temperature: Annotated[float, Meta(ge=LEAST_TEMPERATURE, le=MOST_TEMPERATURE)] | None = None
    calibration: dict[str, CalibrationFigures] = {}
    vectors: VectorsFacts | None = None
    teaching: Teaching | None = None

    def learnt_from(self) -> frozenset[str]:
        """Return the SHA-256 of each file whose texts were learnt from, with labels or without."""
        of_teachers = self.teaching.unlabelled if self.teaching else ()
        return frozenset((*self.data.hashes, *of_teachers))


def read_manifest(content: bytes) -> Manifest:
    """Read the content of `bundle.json`.

    Raises:
        BundleError: It is not such a file; the message says why, without naming the file.
    """
    manifest = BUNDLE.read_manifest(content, Manifest)
    if len(set(manifest.labels)) != len(manifest.labels) or len(manifest.labels) < 2:
        raise BundleError("does not name two or more different labels: retrain the model")
    unknown = sorted(manifest.files.keys() - {*HASHED, *OPTIONAL})
    if unknown:
        raise BundleError(f"vouches for {unknown[0]!r}, which no model has: retrain the model")
    if manifest.preprocessor.spelling != (manifest.network.subwords > 0):
        raise BundleError(
            f"gives the network {manifest.network.subwords:,} subwords, and texts that are "
            f"prepared {'with' if manifest.preprocessor.spelling else 'without'} the spelling of "
            "words: retrain the model"
        )
    if not is_name(manifest.name):
        raise BundleError(f"calls the model {manifest.name!r}, which is no name: retrain it")
    return manifest


def is_name(name: str) -> bool:
    """Return whether a model may be called so, in records, metrics and file names."""
    return _NAME.fullmatch(name) is not None
