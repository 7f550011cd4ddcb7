import numpy as np

from sentiment.measuring.slices import kinds, slices
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
