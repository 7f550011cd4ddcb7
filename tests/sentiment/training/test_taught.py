"""What teachers say of texts is learnt beside the labels, if it is about these very texts."""

import msgspec
import numpy as np
import pytest

from sentiment.data.dataset import Example, fingerprint
from sentiment.data.split import Parts
from sentiment.errors import SettingsError
from sentiment.settings import NORMALIZER, PreprocessorSettings, TeachingSettings, TrainingSettings
from sentiment.storage.soft_label_file import read_teaching, write_teaching
from sentiment.storage.soft_label_rows import SoftLabel
from sentiment.storage.teaching_facts import TeacherFacts, Teaching
from sentiment.storage.token_vectors import TokenVectors
from sentiment.text.preprocessor import Preprocessor
from sentiment.text.vocabulary import Vocabulary
from sentiment.training.labelled import labelled
from sentiment.training.taught import taught_of, with_teachers

LABELS = ("bad", "good")
ALL_THE_SAME = np.ones(3, np.float32)
TRAIN = [Example("so awful", "bad"), Example("so nice", "good"), Example("so so", "good")]
HELD_OUT = [Example("held out", "bad")]
SAID = {"so awful": (0.9, 0.1), "so nice": (0.2, 0.8), "so so": (0.6, 0.4), "awful": (0.7, 0.3)}


def soft(text, origin="labelled", label=None):
    return SoftLabel(text, dict(zip(LABELS, SAID[text], strict=True)), origin, label)


@pytest.fixture
def teaching(tmp_path):
    """Give a function that writes what teachers say of some texts."""

    def write(examples=TRAIN, **changes):
        rows = [soft(each.text, label=each.label) for each in reversed(examples)]
        facts = {
            "teacher": TeacherFacts("a-teacher", "bert", "0" * 64),
            "labels": LABELS,
            "fingerprint": fingerprint(examples),
            "held_out": fingerprint(HELD_OUT),
            "normalizer": NORMALIZER,
            "settings": TeachingSettings(),
            "folds": (),
            "together": {},
            "texts": {"labelled": len(examples), "invented": 1},
            "libraries": {},
        }
        path = tmp_path / "taught"
        vectors = TokenVectors(("so", "dreadful"), np.ones((2, 3), np.float32))
        rows.append(soft("awful", "invented"))
        write_teaching(path, Teaching(**(facts | changes)), rows, vectors)
        return path

    return write


@pytest.fixture
def parts():
    return Parts(TRAIN, HELD_OUT, [], 0, 0)


def taught(path, parts):
    return taught_of(parts, read_teaching(path), path)


def test_soft_labels_are_found_for_each_text_in_its_place(teaching, parts):
    found = taught(teaching(), parts)
    expected = [SAID[each.text] for each in TRAIN]
    np.testing.assert_allclose(found.of_labelled, expected, atol=1e-6)
    assert found.others == ["awful"]
    np.testing.assert_allclose(found.of_others, [SAID["awful"]], atol=1e-6)
    assert found.vectors.words == ("so", "dreadful")


def test_soft_labels_of_other_texts_are_refused(teaching, parts):
    with pytest.raises(SettingsError, match="2 labelled texts that are not just the 3 to learn"):
        taught(teaching(TRAIN[:2]), parts)


def test_the_same_text_with_another_label_is_another_text(teaching, parts):
    changed = [*TRAIN[:2], Example("so so", "bad")]
    with pytest.raises(SettingsError, match="are not just the"):
        taught(teaching(changed), parts)


@pytest.mark.parametrize("part", ["validation", "test"])
def test_soft_labels_that_may_be_of_texts_now_held_out_are_refused(teaching, parts, part):
    more = [*getattr(parts, part), Example("unseen", "good")]
    with pytest.raises(SettingsError, match="while other texts were held out"):
        taught(teaching(), parts._replace(**{part: more}))


def test_soft_labels_of_other_labels_are_refused(teaching, parts):
    path = teaching()
    said = read_teaching(path)
    more = msgspec.structs.replace(said.teaching, labels=(*LABELS, "so"))
    with pytest.raises(SettingsError, match="about the labels bad, good, so, the texts have bad"):
        taught_of(parts, said._replace(teaching=more), path)


def test_soft_labels_by_other_rules_for_tokens_are_refused(teaching, parts):
    with pytest.raises(SettingsError, match="another version"):
        taught(teaching(normalizer=NORMALIZER + 1), parts)


def learnt(found, given=ALL_THE_SAME, **settings):
    preprocessor = Preprocessor(
        Vocabulary.learn([["so", "awful", "nice"]] * 2, 10), PreprocessorSettings()
    )
    train = labelled(TRAIN, LABELS, preprocessor)._replace(weights=given)
    texts = preprocessor([*(each.text for each in TRAIN), *found.others])
    even = given * np.array([2, 1, 1], np.float32)
    return with_teachers(train, even, found, texts, TrainingSettings(**settings))


def test_a_label_weighs_its_share_and_a_teacher_the_rest(teaching, parts):
    found = learnt(taught(teaching(), parts), soft_share=0.75)
    assert found.weights.tolist() == pytest.approx([1.25, 1, 1, 1])
    # A quarter of twice the label, and three quarters of what the teacher says.
    both = np.array([0.25 * 2 * np.array([1, 0]) + 0.75 * np.array(SAID["so awful"])]) / 1.25
    np.testing.assert_allclose(found.targets[:1], both, atol=1e-6)
    np.testing.assert_allclose(found.targets[3], SAID["awful"], atol=1e-6)
    np.testing.assert_allclose(found.targets.sum(axis=1), 1, atol=1e-6)
    assert len(found.texts) == 4
    assert found.classes.tolist() == [0, 1, 1, 0]


def test_a_text_that_counts_less_counts_less_to_teachers_too(teaching, parts):
    given = np.array([1, 0.01, 1], np.float32)
    found = learnt(taught(teaching(), parts), given, soft_share=0.75)
    assert found.weights.tolist() == pytest.approx([1.25, 0.01, 1, 1])


def test_probabilities_of_the_data_are_others_than_those_of_teachers(teaching, parts):
    soft = TRAIN[0]._replace(probabilities={"bad": 0.5, "good": 0.5})
    with pytest.raises(SettingsError, match="--data has probabilities of its own"):
        taught(teaching(), parts._replace(train=[soft, *TRAIN[1:]]))


def test_a_power_below_one_makes_teachers_less_sure(teaching, parts):
    softened = learnt(taught(teaching(), parts), soft_share=1.0, soft_power=0.5).targets
    root = np.sqrt([SAID[text] for text in ("so awful", "so nice", "so so", "awful")])
    np.testing.assert_allclose(softened, root / root.sum(axis=1, keepdims=True), atol=1e-5)


def test_a_high_power_makes_teachers_sure(teaching, parts):
    sure = learnt(taught(teaching(), parts), soft_share=1.0, soft_power=1000).targets
    np.testing.assert_allclose(sure, [[1, 0], [0, 1], [1, 0], [1, 0]], atol=1e-6)
