import errno
import hashlib
import os
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from sentiment import BundleError, Scorer
from sentiment.runtime import keras
from sentiment.storage.bundle import Bundle, check_destination, save
from sentiment.storage.placing import move
from tests.sentiment.spoiling import rewrite, vouch

FILES = {
    "bundle.json",
    "vocabulary.txt",
    "model.keras",
    "weights.npz",
    "reference.npz",
    "README.md",
    "report.json",
    "report.html",
}


def test_a_bundle_is_these_files(small_bundle):
    assert {path.name for path in small_bundle.iterdir()} == FILES


def test_its_vectors_take_half_the_room_and_plain_keras_has_the_same(small_bundle):
    with zipfile.ZipFile(small_bundle / "model.keras") as archive:
        assert {each.compress_type for each in archive.infolist()} == {zipfile.ZIP_DEFLATED}
    model = keras.saving.load_model(small_bundle / "model.keras", compile=False)
    (vectors,) = model.get_layer("embedding").get_weights()
    stored = np.load(small_bundle / "weights.npz")["embedding.embeddings"]
    assert stored.dtype == np.float16
    np.testing.assert_array_equal(vectors, stored, strict=True)


def test_its_hash_is_that_of_the_manifest(small_bundle):
    digest = hashlib.sha256((small_bundle / "bundle.json").read_bytes()).hexdigest()
    assert Bundle.load(small_bundle).sha256 == digest


@pytest.mark.parametrize("name", sorted(FILES - {"bundle.json"}))
def test_one_changed_byte_is_found(bundle, name):
    content = bytearray((bundle / name).read_bytes())
    content[len(content) // 2] ^= 1
    (bundle / name).write_bytes(content)
    with pytest.raises(BundleError, match=rf"{name} is not the file that bundle.json vouches for"):
        Scorer.load(bundle)


@pytest.mark.parametrize("name", sorted(FILES - {"report.json", "report.html"}))
def test_a_missing_file_is_named(bundle, name):
    (bundle / name).unlink()
    with pytest.raises(BundleError, match=rf"{name} is missing"):
        Scorer.load(bundle)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda manifest: manifest.update(format=2), "has format 2, this version reads format 1"),
        (lambda manifest: manifest.pop("format"), "missing required field `format`"),
        (lambda manifest: manifest.pop("labels"), "missing required field `labels`"),
        (lambda manifest: manifest.update(extra=1), "unknown field `extra`"),
        (lambda manifest: manifest.update(temperature=0.1), ">= 0.25"),
        (lambda manifest: manifest.update(temperature=1e300), "<= 4.0"),
        (lambda manifest: manifest["network"].update(filters="8"), "Expected `int`, got `str`"),
        (lambda manifest: manifest["network"].pop("vocabulary_size"), "`vocabulary_size`"),
        (lambda manifest: manifest.update(labels=["a"]), "two or more different labels"),
        (lambda manifest: manifest.update(labels=["a", "a", "b"]), "two or more different labels"),
        (lambda manifest: manifest.update(name="a b"), "'a b', which is no name"),
        (lambda manifest: manifest["files"].clear(), "vouches for"),
        (lambda manifest: manifest["network"].update(vocabulary_size=30_000), "expects 30,000"),
        (lambda manifest: manifest["preprocessor"].update(normalizer=9), "version 9 of the rules"),
        (lambda manifest: manifest.update(labels=["a", "b"]), r"\(64, 3\), not float32 \(64, 2\)"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(bundle, change, why):
    rewrite(bundle, change)
    with pytest.raises(BundleError, match=why):
        Scorer.load(bundle)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_a_manifest_that_is_no_json_object_is_refused(bundle, content):
    (bundle / "bundle.json").write_bytes(content)
    with pytest.raises(BundleError, match=r"bundle\.json is damaged"):
        Scorer.load(bundle)


@pytest.mark.parametrize("names", [("report.html",), ("report.json", "report.html")])
def test_a_bundle_whose_reports_were_taken_away_is_whole_too(bundle, names):
    before = Scorer.load(bundle).sha256
    for name in names:
        (bundle / name).unlink()
    assert Scorer.load(bundle).sha256 == before


def test_a_report_that_nothing_vouches_for_is_not_looked_at(bundle):
    rewrite(bundle, lambda manifest: manifest["files"].pop("report.html"))
    (bundle / "report.html").unlink()
    (bundle / "report.html").symlink_to("/etc/passwd")
    assert Scorer.load(bundle).name == "small"


def test_the_manifest_of_an_earlier_version_is_read(bundle):
    def as_it_was(manifest):
        for name in ("temperature", "calibration", "baselines"):
            del manifest[name]
        manifest["metrics"]["baseline"] = dict(manifest["metrics"]["test"])
        for report in manifest["metrics"].values():
            for name in ("f1_positive_negative", "mean_absolute_error", "intervals"):
                del report[name]

    rewrite(bundle, as_it_was)
    read = Bundle.load(bundle).manifest
    assert read.temperature is None
    assert read.baselines == {}
    assert read.metrics["baseline"].intervals is None


def test_a_directory_that_is_not_there_says_how_to_get_a_model(tmp_path):
    with pytest.raises(BundleError, match=r"there is no model in .*none.* sentiment train"):
        Scorer.load(tmp_path / "none")


def test_a_file_is_no_bundle(training_file):
    with pytest.raises(BundleError, match="there is no model"):
        Scorer.load(training_file)


def test_a_vocabulary_of_another_size_is_refused_though_it_is_vouched_for(bundle):
    with (bundle / "vocabulary.txt").open("a") as vocabulary:
        vocabulary.write("onemore\n")
    vouch(bundle, "vocabulary.txt")
    with pytest.raises(BundleError, match=r"the vocabulary in .* tokens, the network expects"):
        Scorer.load(bundle)


def rewrite_reference(bundle, **changes):
    """Change arrays of reference.npz, for which bundle.json vouches then."""
    with np.load(bundle / "reference.npz") as stored:
        arrays = dict(stored)
    arrays.update({name: change(arrays[name]) for name, change in changes.items()})
    np.savez(bundle / "reference.npz", **arrays)
    vouch(bundle, "reference.npz")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"ids": lambda ids: ids + 30_000}, "holds an id that is not among the 873"),
        ({"ids": lambda ids: -ids}, "holds an id that is not among the 873"),
        ({"ids": lambda ids: ids.astype(float)}, "holds no rows of ids"),
        ({"ids": lambda ids: ids[:-1]}, "holds offsets that are not those"),
        ({"offsets": lambda offsets: offsets[::-1]}, "holds offsets that are not those"),
        ({"offsets": lambda offsets: offsets[:0]}, "holds no rows"),
        ({"offsets": lambda offsets: offsets[:1]}, "holds no rows"),
        ({"texts": lambda texts: np.tile(texts, 9)}, r"\(171,\) as texts of 64 rows"),
        ({"probabilities": lambda each: each[:-1]}, r"\(63, 3\), not float32 \(64, 3\)"),
        ({"probabilities": lambda each: each[:, 1:]}, r"\(64, 2\), not float32 \(64, 3\)"),
    ],
)
def test_reference_rows_that_do_not_fit_are_refused_though_they_are_vouched_for(
    bundle, changes, why
):
    rewrite_reference(bundle, **changes)
    with pytest.raises(BundleError, match=why):
        Scorer.load(bundle)


def test_a_network_with_more_outputs_than_labels_is_refused(bundle):
    rewrite(bundle, lambda manifest: manifest.update(labels=["a", "b"]))
    rewrite_reference(bundle, probabilities=lambda each: each[:, 1:])
    with pytest.raises(BundleError, match="3 outputs for 2 labels"):
        Scorer.load(bundle)


def test_another_file_in_the_directory_is_ignored(bundle):
    (bundle / ".DS_Store").write_bytes(b"?")
    assert Scorer.load(bundle).labels == ("negative", "neutral", "positive")


def test_a_new_or_an_empty_directory_may_be_written(tmp_path):
    check_destination(tmp_path / "new" / "deeper", replace=False)
    check_destination(tmp_path, replace=False)


def test_an_empty_directory_in_one_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, _: path != tmp_path)  # root may write anywhere
    (tmp_path / "empty").mkdir()
    for name in "empty", "new":
        with pytest.raises(BundleError, match=rf"{tmp_path} cannot be written: choose another"):
            check_destination(tmp_path / name, replace=False)


def test_a_mount_point_is_refused():
    with pytest.raises(BundleError, match="/ is a mount point, which nothing can replace"):
        check_destination(Path("/"), replace=True)


def test_a_model_that_a_link_names_is_replaced_and_the_link_stays(bundle, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(bundle)
    read = Bundle.load(bundle)
    files = {path.name: path.read_bytes() for path in bundle.iterdir()}
    model = files.pop("model.keras")
    (bundle / "stale").touch()
    save(link, read.manifest, files, lambda path: path.write_bytes(model), replace=True)
    assert link.readlink() == bundle
    assert {path.name for path in bundle.iterdir()} == FILES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "link"]


def test_an_old_model_that_cannot_be_removed_does_not_make_the_new_one_fail(
    bundle, tmp_path, monkeypatch
):
    monkeypatch.setattr(os, "rmdir", refuse)
    staging = shutil.copytree(bundle, tmp_path / ".copy.partial")
    move(staging, bundle)
    assert Bundle.load(bundle).manifest.name == "small"
    assert (tmp_path / ".copy.old").is_dir()


def refuse(*_, **__):
    """Fail as a file system does that is read only."""
    raise PermissionError(errno.EACCES, "Permission denied")


def test_a_model_is_not_replaced_unless_told_to(small_bundle):
    with pytest.raises(BundleError, match="add --force"):
        check_destination(small_bundle, replace=False)
    check_destination(small_bundle, replace=True)


def test_what_is_no_model_is_never_replaced(training_file):
    for path in (training_file, training_file.parent):
        with pytest.raises(BundleError, match="is not a model"):
            check_destination(path, replace=True)
