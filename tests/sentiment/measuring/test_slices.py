import numpy as np

from sentiment.measuring.report import measure
from sentiment.measuring.slices import cautions, few_texts, kinds, slices
from sentiment.text.encoded_texts import EncodedTexts

LABELS = ("negative", "positive")


def encoded(*rows):
    return EncodedTexts.of([np.array(row, np.int32).tobytes() for row in rows])


TEXTS = ("so happy 😀", "hm", "", "the worst of all days")
ENCODED = encoded([5, 6, 7], [1], [], [2, 3, 1, 4, 5])


def test_each_text_is_in_one_kind_of_each_way_to_tell_them_apart():
    found = list(kinds(TEXTS, ENCODED))
    for by in ("length", "unknown words", "emoji"):
        rows = np.concatenate([kind.rows for kind in found if kind.by == by])
        assert sorted(rows.tolist()) == [0, 1, 2, 3]


def test_texts_are_told_apart_by_tokens_unknown_words_and_emoji():
    found = {(kind.by, kind.name): kind.rows.tolist() for kind in kinds(TEXTS, ENCODED)}
    assert found == {
        ("length", "0 tokens"): [2],
        ("length", "1–4 tokens"): [0, 1],
        ("length", "5–9 tokens"): [3],
        ("unknown words", "none"): [0, 2],
        ("unknown words", "over 10% to 20%"): [3],
        ("unknown words", "over 40%"): [1],
        ("emoji", "with emoji"): [0],
        ("emoji", "without emoji"): [1, 2, 3],
    }


def test_words_of_which_only_the_spelling_is_read_are_unknown():
    (unknown,) = [kind for kind in kinds(["a b"], encoded([5, -1])) if kind.by == "unknown words"]
    assert unknown.name == "over 40%"


def test_a_text_of_800_tokens_has_a_kind_too():
    (kind,) = [each for each in kinds(["a"], encoded([5] * 800)) if each.by == "length"]
    assert kind.name == "800 tokens or more"


def test_each_kind_is_measured_by_itself_and_small_ones_are_marked():
    texts = ["happy"] * 150 + ["😀"] * 30
    expected = np.array([0, 1] * 90)
    predicted = np.where(np.arange(180) < 150, expected, 0)
    found = {
        each.kind: each
        for each in slices(list(kinds(texts, encoded(*[[5]] * 180))), expected, predicted, LABELS)
    }
    assert (found["with emoji"].macro_recall, found["with emoji"].few) == (0.5, True)
    assert (found["without emoji"].accuracy, found["without emoji"].few) == (1, False)
    assert found["with emoji"].examples == 30
    assert found["with emoji"].macro_recall_interval.low <= 0.5


def report_of(*counts, wrong=1):
    """Give the report on so many texts of each label, some of which are wrong."""
    expected = np.repeat(np.arange(len(counts)), counts)
    predicted = expected.copy()
    predicted[:wrong] = 1
    return measure(expected, predicted, ("bad", "good", "odd")[: len(counts)])


def test_few_texts_are_told_also_of_the_rarest_label():
    assert few_texts(report_of(500, 30)) == []
    assert few_texts(report_of(500, 30, 0)) == []  # A label that no text has is not measured.
    (told,) = few_texts(report_of(500, 60, 12))
    assert told.startswith("Only 12 of the texts measured with have the label odd: fewer than 30")
    (told,) = few_texts(report_of(500, 1))
    assert "Only 1 of the texts measured with has the label good" in told
    (told,) = few_texts(report_of(20, 12))
    assert told.startswith("Measured with 32 texts only")


def test_an_interval_without_width_is_told_of():
    assert cautions(report_of(500, 500)) == []
    (told,) = cautions(report_of(150, 150, wrong=0))
    assert "No label is wrong" in told
    assert "as much as 1.0% may be wrong" in told


def test_a_kind_of_texts_of_which_a_label_has_few_is_marked():
    texts, expected = ["happy"] * 220, np.repeat([0, 1], [200, 20])
    found = slices(list(kinds(texts, encoded(*[[5]] * 220))), expected, expected, LABELS)
    assert all(each.few for each in found)
