"""A model directory: everything that scoring needs, each file vouched for by `bundle.json`.

    bundle.json      what the model is, and the SHA-256 of every other file
    vocabulary.txt   one token a line, in order of id
    model.keras      the network as Keras stores it, deflated
    weights.npz      the same weights as plain arrays, for serving without Keras
    reference.npz    texts, their ids and the probabilities that Keras gave them
    README.md        the model card
    report.json      all that was measured when it was trained; may be taken away
    report.html      the same as a page; may be taken away
    bundle.json.sig  optional: an Ed25519 signature of bundle.json, and so of all of these

Nothing in a bundle is ever run: no pickles are read, and Keras loads in its safe mode what
`keras_file` has found to be plain layers. Reports are verified and otherwise never looked at; other
files in the directory are not even that.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sentiment.errors import BundleError
from sentiment.settings import NORMALIZER
from sentiment.storage.archive import BadArchive, deflated
from sentiment.storage.bundle_files import (
    HASHED,
    MANIFEST,
    MODEL,
    OPTIONAL,
    REFERENCE,
    VOCABULARY,
    read_file,
)
from sentiment.storage.manifest import BUNDLE, Manifest, read_manifest
from sentiment.storage.placing import check_place, put_in_place
from sentiment.storage.reference import Reference
from sentiment.text.preprocessor import Preprocessor
from sentiment.text.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """A model directory that was read and found whole.

    Attributes:
        path: The directory.
        sha256: 64 hexadecimal digits: the hash of `bundle.json`, which holds all other hashes.
        manifest: The content of `bundle.json`.
        preprocessor: Texts to ids.
        reference: Rows to check an engine with.
    """

    path: Path
    sha256: str
    manifest: Manifest
    preprocessor: Preprocessor
    reference: Reference

    @classmethod
    def load(cls, path: Path, public_key: Path | None = None) -> "Bundle":
        """Read a model directory and verify the hash of every file; reports may be missing.

        Args:
            path: The directory.
            public_key: A PEM file with the Ed25519 key that its signature must be of, if any.

        Raises:
            BundleError: Something is missing, changed, not signed, or does not fit together.
            SettingsError: There is no such key.
        """
        content = read_file(path, MANIFEST)
        if public_key is not None:
            from sentiment.storage.signature import check_signature  # noqa: PLC0415  (few need it)

            check_signature(path, content, public_key)
        try:
            manifest = read_manifest(content)
        except BundleError as error:
            raise BundleError(f"{path / MANIFEST} {error}") from error
        if manifest.preprocessor.normalizer != NORMALIZER:
            raise BundleError(
                f"the model in {path} prepares texts by version {manifest.preprocessor.normalizer} "
                f"of the rules, here they are version {NORMALIZER}: retrain it, or use the version "
                "that wrote it"
            )
        files = {name: _verified(path, name, manifest) for name in HASHED}
        for name in OPTIONAL:
            # A link that leads nowhere is there, too.
            if name in manifest.files and os.path.lexists(path / name):
                _verified(path, name, manifest)
        preprocessor = Preprocessor(
            _vocabulary(path, files[VOCABULARY], manifest), manifest.preprocessor
        )
        reference = _reference(path, files[REFERENCE], manifest)
        return cls(path, hashlib.sha256(content).hexdigest(), manifest, preprocessor, reference)

    def read(self, name: str) -> bytes:
        """Return the content of one of the files.

        Raises:
            BundleError: It is missing or changed.
        """
        return _verified(self.path, name, self.manifest)


def _vocabulary(path: Path, content: bytes, manifest: Manifest) -> Vocabulary:
    # Counted first, for millions of tokens take gigabytes.
    tokens = content.removesuffix(b"\n").count(b"\n") + 1
    if tokens != manifest.network.vocabulary_size:
        raise BundleError(
            f"the vocabulary in {path} has {tokens:,} tokens, the network expects "
            f"{manifest.network.vocabulary_size:,}: restore the bundle's own vocabulary, "
            "or retrain it"
        )
    try:
        return Vocabulary.from_text(content.decode())
    except ValueError as error:
        raise BundleError(
            f"{path / VOCABULARY} is damaged ({error}): restore the bundle's own vocabulary, "
            "or retrain it"
        ) from error


def _reference(path: Path, content: bytes, manifest: Manifest) -> Reference:
    sizes = (
        manifest.network.vocabulary_size,
        manifest.preprocessor.max_tokens,
        len(manifest.labels),
    )
    try:
        return Reference.from_npz(content, *sizes, spelling=manifest.preprocessor.spelling)
    except BadArchive as error:
        raise BundleError(f"{path / REFERENCE} {error}: restore or retrain the model") from error


def _verified(path: Path, name: str, manifest: Manifest) -> bytes:
    return BUNDLE.verified(path / name, read_file(path, name), manifest.files)


def check_destination(out: Path, *, replace: bool) -> None:
    """Refuse, before any work is done, a directory that must not be written.

    Raises:
        BundleError: It exists and is not to be replaced, is no model, or cannot be written.
    """
    check_place(out, MANIFEST, "a model", replace=replace)


def save(
    out: Path,
    manifest: Manifest,
    files: dict[str, bytes],
    save_model: Callable[[Path], None],
    *,
    replace: bool = False,
) -> None:
    """Write a model directory beside its place and then move it there, whole or not at all.

    Args:
        out: Where to; where that is a symbolic link, to what it names.
        manifest: Without the hashes.
        files: Content of every file but `bundle.json` and `model.keras`.
        save_model: Writes `model.keras` at the path it is given.
        replace: Whether a model that is there already is replaced.

    Raises:
        BundleError: It cannot be written.
    """
    check_destination(out, replace=replace)
    with put_in_place(out) as staging:
        save_model(staging / MODEL)
        (staging / MODEL).write_bytes(deflated((staging / MODEL).read_bytes()))
        for name, content in files.items():
            (staging / name).write_bytes(content)
        optional = (name for name in OPTIONAL if name in files)
        BUNDLE.write_manifest(staging, manifest, (*HASHED, *optional))
        Bundle.load(staging)  # What cannot be read back is not put in its place.
