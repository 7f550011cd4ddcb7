import hashlib
import json
import os

import pytest

from sentiment.errors import BundleError, DataError
from sentiment.teaching.teacher_directory import TeacherDirectory
from tests.sentiment.teaching.tiny_teacher import make_teacher

look_at = TeacherDirectory.look_at


def test_what_a_teacher_is_stands_in_its_directory(tiny_teacher):
    teacher = look_at(tiny_teacher)
    content = (tiny_teacher / "model.safetensors").read_bytes()
    assert teacher.sha256 == hashlib.sha256(content).hexdigest()
    assert (teacher.name, teacher.architecture, teacher.layers) == ("tiny", "bert", 1)
    assert teacher.labels == ()
    assert look_at(tiny_teacher, teacher.sha256.upper()) == teacher


def test_the_names_of_distilbert_are_others(tmp_path):
    teacher = look_at(make_teacher(tmp_path / "t", "distilbert", layers=2))
    assert (teacher.architecture, teacher.layers) == ("distilbert", 2)
    assert teacher.sizes["dim"] == 16


def test_what_is_no_teacher_is_refused(tmp_path, training_file):
    with pytest.raises(BundleError, match=r"there is no teacher in .*none: --teacher names the"):
        look_at(tmp_path / "none")
    with pytest.raises(BundleError, match=r"labelled.jsonl is no folder: --teacher names the one"):
        look_at(training_file)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_file_that_is_missing_is_named(spoilt, name):
    (spoilt / name).unlink()
    with pytest.raises(BundleError, match=rf"spoilt has no {name}: a teacher is a folder with"):
        look_at(spoilt)


def test_weights_in_several_files_are_refused(spoilt):
    (spoilt / "model.safetensors.index.json").write_text("{}")
    with pytest.raises(BundleError, match=r"in several files: save them as one model.safetensors"):
        look_at(spoilt)


def test_other_weights_than_those_that_are_wanted_are_refused(tiny_teacher):
    with pytest.raises(BundleError, match=r"has the SHA-256 [0-9a-f]{64}, not that of --teacher"):
        look_at(tiny_teacher, "0" * 64)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"model_type": "gpt2"}, "is of the architecture 'gpt2', and only bert,"),
        ({"model_type": ["bert"]}, r"is of the architecture \['bert'\], and only"),
        ({"registered_name": "keras>Model"}, "config.json is Keras's own, not Hugging Face's"),
        ({"num_hidden_layers": 0}, "config.json has no num_hidden_layers above 0"),
        ({"vocab_size": "many"}, "config.json has no vocab_size above 0"),
    ],
)
def test_settings_that_cannot_be_are_refused(tmp_path, settings, why):
    with pytest.raises(BundleError, match=why):
        look_at(make_teacher(tmp_path / "t", **settings))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_damaged_settings_are_refused(spoilt, content):
    (spoilt / "config.json").write_bytes(content)
    with pytest.raises(BundleError, match=r"config.json is damaged \(.+\): get the teacher anew"):
        look_at(spoilt)


def test_settings_that_are_too_large_are_refused(spoilt):
    os.truncate(spoilt / "config.json", 1 << 21)
    with pytest.raises(BundleError, match="is too large for settings"):
        look_at(spoilt)


def test_one_that_was_fine_tuned_for_other_labels_is_refused(tmp_path):
    names = {"id2label": {"0": "joy", "1": "anger"}}
    teacher = look_at(make_teacher(tmp_path / "t", **names))
    with pytest.raises(DataError, match="fine-tuned for the labels joy, anger, the texts have bad"):
        teacher.check_labels(("bad", "good"))
    teacher.check_labels(("Anger", "Joy"))


@pytest.mark.parametrize("names", [None, {}, {"0": "LABEL_0", "1": "LABEL_1"}])
def test_one_that_nobody_fine_tuned_may_learn_any(tmp_path, names):
    teacher = look_at(make_teacher(tmp_path / "t", id2label=names))
    teacher.check_labels(("bad", "good"))


def test_other_settings_and_another_tokenizer_make_another_teacher(spoilt):
    before = look_at(spoilt)
    config = json.loads((spoilt / "config.json").read_text())
    (spoilt / "config.json").write_text(json.dumps(config | {"note": "other"}))
    assert look_at(spoilt) != before
