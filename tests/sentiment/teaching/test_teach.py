"""The whole way from files to a teaching, with teachers that learn by heart."""

import json
from functools import partial
from zlib import crc32

import msgspec
import numpy as np
import pytest

from sentiment.data.content import sha256
from sentiment.data.dataset import fingerprint
from sentiment.data.findings import Rules
from sentiment.data.row import Columns
from sentiment.data.split import Shares
from sentiment.errors import BundleError, DataError, SettingsError
from sentiment.settings import TeachingSettings
from sentiment.storage.soft_label_file import read_teaching
from sentiment.storage.token_vectors import that_fit
from sentiment.teaching import asking
from sentiment.teaching import teach as module
from sentiment.teaching.fold import Answer, Fold
from sentiment.teaching.teach import TeachingPlan, teach
from sentiment.training.checkpoint import place
from sentiment.training.progress import TrainingProgress
from sentiment.training.texts import TextsPlan, read_texts
from tests.sentiment.teaching.tiny_teacher import make_teacher
from tests.sentiment.texts import make_texts, write_jsonl

LEARNT = 0.99


def opinion(number, text):
    """Give what a teacher says of a text that it has not learnt: float64 (3,), adding up to 1."""
    negative = 0.1 + crc32(f"{number} {text}".encode()) % 997 / 2_000
    return np.array([negative, (1 - negative) / 2, (1 - negative) / 2])


def assert_said(row, shares):
    """Check that a soft label has these shares, but for how they are rounded."""
    assert list(row.probabilities.values()) == pytest.approx(list(shares), abs=1e-5)


class Quiet(TrainingProgress):
    """Keeps what is said."""

    def __init__(self):
        super().__init__()
        self.said = []

    def say(self, line):
        self.said.append(line)


class ByHeart:
    """Is sure of a text that it has learnt, and of another has an opinion that no other has."""

    def __init__(self):
        self.learnt, self.asked = {}, {}
        self.fails_at = None

    def __call__(self, fold, step_done):
        if fold.number == self.fails_at:
            raise KeyboardInterrupt
        step_done()
        self.learnt[fold.number], self.asked[fold.number] = set(fold.texts), set(fold.scored)
        sure = np.array([LEARNT, (1 - LEARNT) / 2, (1 - LEARNT) / 2])
        known = self.learnt[fold.number]
        shares = [sure if text in known else opinion(fold.number, text) for text in fold.scored]
        said = np.log(shares).astype(np.float32)
        lengths = [[len(word), fold.number] for word in fold.words]
        return Answer(said, np.array(lengths, np.float32).reshape(-1, 2))


@pytest.fixture
def by_heart(monkeypatch):
    """Let teachers learn by heart, one after the other in this process."""
    heart = ByHeart()

    def run(fold, step_done, threads=None):
        return heart(fold, step_done)

    monkeypatch.setattr(Fold, "run", run)
    monkeypatch.setattr(asking, "available_cpus", lambda: 1)
    return heart


@pytest.fixture
def plan(tmp_path, tiny_teacher, training_file):
    """Give a plan of two teachers for 240 texts."""
    texts = TextsPlan([training_file], [], [], Columns(label="label"), Shares())
    return TeachingPlan(
        texts=texts,
        teacher=tiny_teacher,
        sha256=None,
        out=tmp_path / "out",
        replace=False,
        unlabelled=[],
        invented=0,
        settings=TeachingSettings(teachers=2, epochs=1),
        precision="float32",
    )


def changed(plan, **values):
    return TeachingPlan(**{name: getattr(plan, name) for name in plan.__slots__} | values)


def test_no_teacher_labels_what_it_learnt_or_learns_what_is_held_out(plan, by_heart):
    progress = Quiet()
    teaching = teach(plan, progress)
    assert progress.said[-1] == "teacher 2 has learnt; 2 of 2 are done"
    texts = read_texts(plan.texts, plan.settings.seed, lambda _: None)
    held_out = {each.text for each in (*texts.parts.validation, *texts.parts.test)}
    one, other = by_heart.learnt.values()
    assert one | other == {each.text for each in texts.parts.train}
    assert (one | other).isdisjoint(held_out)
    assert one.isdisjoint(other)  # With two teachers, each learns from what the other labels.

    read, rows, vectors = read_teaching(plan.out)
    assert read == msgspec.structs.replace(teaching, files=read.files)
    assert [(row.text, row.label) for row in rows] == [
        (each.text, each.label) for each in texts.parts.train
    ]
    for row in rows:
        assert_said(row, opinion(1 if row.text in one else 0, row.text))
    assert read.fingerprint == texts.facts.fingerprint
    assert read.held_out == fingerprint([*texts.parts.validation, *texts.parts.test])
    assert read.labels == texts.parts.labels
    assert [report.examples for report in read.folds] == [96, 96]
    assert {name: report.examples for name, report in read.together.items()} == {
        "validation": 24, "test": 24,
    }  # fmt: skip
    # Words that are twice in the texts, and others that the teachers know, in one after the other.
    assert {"love", "monday"} <= set(vectors.words)
    assert {"user", "http"} <= set(vectors.words)
    assert vectors.vectors.tolist() == [[len(word), 0, len(word), 1] for word in vectors.words]
    assert read.libraries.keys() >= {"keras-hub", "tokenizers", "safetensors", "keras"}


def test_words_that_would_not_fit_into_a_file_are_told_before_teachers_learn(
    plan, by_heart, monkeypatch
):
    teach(plan, Quiet())
    whole = read_teaching(plan.out).vectors.words
    monkeypatch.setattr(module, "that_fit", partial(that_fit, most_bytes=2_000))
    progress = Quiet()
    teach(changed(plan, replace=True), progress)
    few = read_teaching(plan.out).vectors.words
    assert 5 < len(few) < 20
    assert few == whole[: len(few)]  # The most frequent ones.
    told = f"vectors of {len(whole) - len(few)} words would not fit into a file: left out"
    assert progress.said.index(told) < progress.said.index("teacher 1 has learnt; 1 of 2 are done")


def test_texts_without_labels_are_labelled_by_all_teachers(plan, by_heart, tmp_path):
    texts = read_texts(plan.texts, plan.settings.seed, lambda _: None)
    new = [text for text, _ in make_texts(9, seed=5)]
    (tmp_path / "new.txt").write_text("\n".join([*new, texts.parts.test[0].text]))
    teach(changed(plan, unlabelled=[tmp_path / "new.txt"], invented=20), Quiet())
    teaching, rows, _ = read_teaching(plan.out)
    assert teaching.texts == {"labelled": 192, "unlabelled": 9, "invented": 20}
    assert teaching.unlabelled == (sha256(tmp_path / "new.txt"),)
    unlabelled = [row for row in rows if row.origin == "unlabelled"]
    assert [row.text for row in unlabelled] == new
    for row in unlabelled:
        mean = np.sqrt(opinion(0, row.text) * opinion(1, row.text))
        assert_said(row, mean / mean.sum())
    assert texts.parts.test[0].text not in {row.text for row in rows}


def test_invented_texts_are_labelled_by_the_teacher_that_knows_none_of_their_pieces(plan, by_heart):
    teach(changed(plan, invented=21), Quiet())
    rows = [row for row in read_teaching(plan.out).rows if row.origin == "invented"]
    made = {row.text for row in rows}
    assert len(made) == 21
    one, other = (asked & made for asked in by_heart.asked.values())
    for row in rows:
        assert_said(row, opinion(0 if row.text in one else 1, row.text))
    assert one.isdisjoint(other)
    assert one | other == made
    for asked, learnt in zip((one, other), reversed(by_heart.learnt.values()), strict=True):
        texts = {" ".join(text.split()) for text in learnt}  # What the other one has learnt.
        spans = [text for text in asked if any(f" {text} " in f" {each} " for each in texts)]
        assert len(spans) >= 4


def test_without_a_test_part_there_are_figures_of_validation_only(plan, by_heart):
    texts = TextsPlan(plan.texts.data, [], [], plan.texts.columns, Shares(0.1, 0))
    assert set(teach(changed(plan, texts=texts), Quiet()).together) == {"validation"}


def test_what_was_interrupted_goes_on_after_the_teachers_that_were_done(plan, by_heart):
    by_heart.fails_at = 1
    with pytest.raises(KeyboardInterrupt):
        teach(plan, Quiet())
    assert not plan.out.exists()
    assert place(plan.out).exists()
    with pytest.raises(SettingsError, match="had other texts, options, teachers or libraries"):
        teach(changed(plan, invented=5, resume=True), Quiet())
    with pytest.raises(SettingsError, match="had other texts, options, teachers or libraries"):
        teach(changed(plan, precision="bfloat16", resume=True), Quiet())
    by_heart.fails_at = 0  # It is done already.
    progress = Quiet()
    teach(changed(plan, resume=True), progress)
    assert progress.said[-2:] == [
        "goes on after 1 of 2 teachers", "teacher 2 has learnt; 2 of 2 are done",
    ]  # fmt: skip
    assert len(read_teaching(plan.out).rows) == 192
    assert not place(plan.out).exists()
    with pytest.raises(SettingsError, match="leave --resume out"):
        teach(changed(plan, resume=True, replace=True), Quiet())


def test_what_cannot_be_is_refused_before_any_teacher_learns(plan, by_heart, tmp_path):
    by_heart.fails_at = 0
    other = make_teacher(tmp_path / "other", id2label={"0": "joy", "1": "anger"})
    few = write_jsonl(tmp_path / "few.jsonl", make_texts(9))
    too_few = TextsPlan([few], [], [], plan.texts.columns, Shares())
    soft = tmp_path / "soft.jsonl"
    soft.write_text(few.read_text() + '{"text": "so so", "probabilities": {"negative": 1}}\n')
    with_soft_labels = TextsPlan([soft], [], [], plan.texts.columns, Shares(0.1, 0))
    for values, error, why in (
        ({"teacher": other}, DataError, "fine-tuned for the labels joy, anger"),
        ({"sha256": "0" * 64}, BundleError, "not that of --teacher-sha256"),
        ({"texts": too_few}, DataError, "--teachers 2: teacher 1 would learn from no text"),
        ({"texts": with_soft_labels}, SettingsError, "--data has probabilities of its own"),
        ({"unlabelled": [tmp_path / "none"]}, DataError, "none cannot be read"),
        ({"out": few}, BundleError, "exists and is not a teaching"),
        ({"resume": True}, SettingsError, "leave --resume out"),
    ):
        with pytest.raises(error, match=why):
            teach(changed(plan, **values), Quiet())
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "few.jsonl", "labelled.jsonl", "other", "soft.jsonl",
    ]  # fmt: skip


def test_the_parts_of_authors_stay_together(plan, by_heart, tmp_path):
    rows = [
        json.dumps({"text": text, "label": label, "user": place % 40})
        for place, (text, label) in enumerate(make_texts(240))
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(rows))
    texts = TextsPlan(
        [tmp_path / "a.jsonl"], [], [], Columns(label="label", group="user"), Shares(),
        rules=Rules("group"),
    )  # fmt: skip
    teach(changed(plan, texts=texts), Quiet())
    by_text = {text: place % 40 for place, (text, _) in enumerate(make_texts(240))}
    one, other = ({by_text[text] for text in each} for each in by_heart.learnt.values())
    assert one.isdisjoint(other)
