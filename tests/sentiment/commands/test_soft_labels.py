"""`train --soft-labels`: a network learns from what teachers say, and its bundle tells of them."""

import json

import numpy as np
import pytest

from sentiment import Scorer
from sentiment.data.content import sha256
from sentiment.data.dataset import fingerprint
from sentiment.data.row import Columns
from sentiment.data.split import Shares
from sentiment.measuring.report import measure
from sentiment.settings import NORMALIZER, TeachingSettings
from sentiment.storage.soft_label_file import write_teaching
from sentiment.storage.soft_label_rows import SoftLabel
from sentiment.storage.teaching_facts import TeacherFacts, Teaching
from sentiment.storage.token_vectors import TokenVectors
from sentiment.training.taught import held_out_fingerprint
from sentiment.training.texts import TextsPlan, read_texts
from tests.sentiment.commands.running import FEW, exit_code

RECIPE = ["--soft-share", "0.8", "--soft-power", "0.6", "--network", "cnn-subword"]
# A word that no text has, and that teachers know as others that tell of joy.
FOREIGN = "rapturous"


@pytest.fixture
def teaching(tmp_path, training_file):
    """Give what two teachers say of the texts that `train` learns from by default."""
    plan = TextsPlan([training_file], [], [], Columns(label="label"), Shares())
    parts, *_ = read_texts(plan, 1, lambda _: None)

    def said(label):
        return {each: 0.9 if each == label else 0.05 for each in parts.labels}

    rows = [SoftLabel(each.text, said(each.label), "labelled", each.label) for each in parts.train]
    rows += [
        SoftLabel(f"so {FOREIGN} {number}", said("positive"), "invented") for number in range(20)
    ]
    words = ("love", "great", "awful", "hate", FOREIGN)
    vectors = np.array([[1, 0], [1, 0.1], [-1, 0], [-1, 0.1], [1, 0.05]], np.float32)
    classes = np.array([parts.labels.index(each.label) for each in parts.train])
    write_teaching(
        tmp_path / "taught",
        Teaching(
            teacher=TeacherFacts("a-teacher", "bert", "1" * 64),
            labels=parts.labels,
            fingerprint=fingerprint(parts.train),
            held_out=held_out_fingerprint(parts),
            unlabelled=("2" * 64,),
            normalizer=NORMALIZER,
            settings=TeachingSettings(teachers=2, blocks="time"),
            folds=(measure(classes, classes, parts.labels),) * 2,
            together={},
            texts={"labelled": len(parts.train), "invented": 20},
            libraries={},
        ),
        rows,
        TokenVectors(words, vectors),
    )
    return tmp_path / "taught"


def test_a_network_learns_from_teachers_and_its_card_tells_of_them(
    tmp_path, training_file, teaching, capsys
):
    out = tmp_path / "m"
    (tmp_path / "about.md").write_text("\ufeff\n## What was tried\n\n4 ≤ 5.\n\n", "utf-8")
    command = ["train", "--data", training_file, "--out", out, "--soft-labels", teaching]
    command += ["--about", tmp_path / "about.md"]
    assert exit_code(*command, *RECIPE, *FEW) == 0
    manifest = json.loads((out / "bundle.json").read_text())
    assert manifest["training"]["soft_power"] == 0.6
    assert manifest["teaching"]["teacher"]["name"] == "a-teacher"
    card = (out / "README.md").read_text()
    assert "trained from the texts below and what larger models, made of a-teacher, say" in card
    assert "2 transformers of a-teacher (bert, SHA-256 of its weights `1111" in card
    assert "one after the other in time, which it then labels" in card
    assert "Each labels those of 20 texts that are put together from pieces of its part." in card
    assert "| teacher 2  | left out |" in card
    assert "|\n\n## What was tried\n\n4 ≤ 5.\n\n## Limits\n" in card
    assert "a learnt projection of the tokens' vectors in the teachers added to these" in card
    assert "what teachers say to the power of 0.6, which makes up 0.8 of the targets" in card
    # Words that only teachers know come behind those of the texts.
    assert (out / "vocabulary.txt").read_text().split()[-1] == FOREIGN
    for engine in ("folded", "keras"):
        Scorer.load(out, engine).check_reference()
    assert Scorer.load(out).learnt_from == {sha256(training_file), "2" * 64}


@pytest.mark.parametrize("kind", ["cnn", "mlp"])
def test_other_networks_learn_from_teachers_too(tmp_path, training_file, teaching, kind):
    few = FEW[:4] if kind == "mlp" else FEW
    command = ["train", "--data", training_file, "--soft-labels", teaching, "--network", kind, *few]
    assert exit_code(*command, "--out", tmp_path / "m", "--vocabulary-size", 60) == 0
    manifest = json.loads((tmp_path / "m" / "bundle.json").read_text())
    assert manifest["training"]["soft_share"] == 0.8
    # The texts have more words than that, and so no place is left for those of teachers.
    assert manifest["network"]["vocabulary_size"] == 60
    assert FOREIGN not in (tmp_path / "m" / "vocabulary.txt").read_text()


def test_vectors_that_are_frozen_stay_as_they_were_given(tmp_path, training_file, teaching):
    given = {"love": [1, 2, 3, 4], "hate": [-4, 3, -2, 1]}
    lines = [f"{word} {' '.join(map(str, vector))}" for word, vector in given.items()]
    (tmp_path / "vectors.txt").write_text("\n".join(["2 4", *lines]) + "\n")
    command = ["train", "--data", training_file, "--soft-labels", teaching, *FEW]
    command += ["--vectors", tmp_path / "vectors.txt", "--vectors-use", "frozen"]
    assert exit_code(*command, "--out", tmp_path / "m") == 0
    tokens = (tmp_path / "m" / "vocabulary.txt").read_text().split()
    with np.load(tmp_path / "m" / "weights.npz") as weights:
        rows = weights["embedding.embeddings"].astype(np.float32)
    love, hate = rows[tokens.index("love")], rows[tokens.index("hate")]
    np.testing.assert_allclose(love / love[0], given["love"], rtol=0.01)
    np.testing.assert_allclose(hate / love[0], given["hate"], rtol=0.01)


def test_soft_labels_for_other_texts_are_refused(tmp_path, training_file, teaching, capsys):
    command = ["train", "--data", training_file, "--out", tmp_path / "m", "--soft-labels", teaching]
    assert exit_code(*command, "--seed", 2, *FEW) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert "taught is about 192 labelled texts that are not just the 192 to learn from" in told
    assert "the options of the split that teach was given" in told
    assert not (tmp_path / "m").exists()


def test_what_does_not_go_with_soft_labels_is_refused(tmp_path, training_file, teaching, fails):
    command = ["train", "--data", training_file, "--out", tmp_path / "m"]
    assert "--soft-power means nothing without" in fails(*command, "--soft-power", 0.5, code=2)
    command += ["--soft-labels", teaching]
    for options, why in (
        (["--folds", 3], "--folds does not go with --soft-labels, which were made for one split"),
        (["--augment", "drop"], "--augment does not go with --soft-labels, for which teach"),
        (["--balanced-sampling"], "--balanced-sampling does not go with --soft-labels, by which"),
    ):
        assert why in fails(*command, *options, code=2)
    assert "there are no soft labels in" in fails(*command[:-1], tmp_path / "none", *FEW)
