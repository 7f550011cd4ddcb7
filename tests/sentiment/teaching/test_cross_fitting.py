import numpy as np
import pytest

from sentiment.data.dataset import Example
from sentiment.errors import DataError
from sentiment.teaching.cross_fitting import folds_of
from tests.sentiment.texts import make_texts

EXAMPLES = [Example(text, label) for text, label in make_texts(90)]


def test_every_part_has_its_share_of_every_label():
    fold = folds_of(EXAMPLES, 3, "random")
    for each in range(3):
        labels = [
            example.label for example, left in zip(EXAMPLES, fold, strict=True) if left == each
        ]
        assert [labels.count(label) for label in sorted(set(labels))] == [10, 10, 10]


@pytest.mark.parametrize("blocks", ["random", "time"])
def test_texts_that_are_nearly_the_same_are_left_to_one_teacher(blocks):
    words = [text for text, _ in make_texts(24, seed=4)]
    copies = [
        Example(f"{' '.join(words[place % 8 :: 8])} {place}", "neutral") for place in range(40)
    ]
    texts = [
        each._replace(time=float(place)) for place, each in enumerate([*copies, *EXAMPLES, *copies])
    ]
    fold = folds_of(texts, 3, blocks)
    copies_of = np.arange(40) % 8
    assert len({*zip(copies_of, fold[:40], strict=True)}) == 8
    assert fold[:40].tolist() == fold[-40:].tolist()


def test_texts_of_one_author_are_left_to_one_teacher():
    examples = [each._replace(group=f"user{place % 15}") for place, each in enumerate(EXAMPLES)]
    fold = folds_of(examples, 3, "random", "group")
    assert len({(each.group, left) for each, left in zip(examples, fold, strict=True)}) == 15


def test_by_time_the_parts_follow_one_another():
    days = np.random.default_rng(1).permutation(90)
    examples = [each._replace(time=float(day)) for each, day in zip(EXAMPLES, days, strict=True)]
    fold = folds_of(examples, 3, "time")
    assert fold.tolist() == (days // 30).tolist()


def test_texts_of_one_time_are_in_one_part_and_those_without_are_dealt_out():
    times = [None] * 9 + [float(place // 20) for place in range(81)]
    examples = [each._replace(time=time) for each, time in zip(EXAMPLES, times, strict=True)]
    fold = folds_of(examples, 3, "time")
    assert len(set(zip(times[9:], fold[9:], strict=True))) == 5
    assert fold[:9].tolist() == [0, 1, 2] * 3


def test_texts_of_which_most_have_no_time_are_refused():
    with pytest.raises(DataError, match="only 0 of 90 texts have a time to go by: name its column"):
        folds_of(EXAMPLES, 3, "time")


def test_too_few_texts_are_refused():
    few = [*EXAMPLES[:9:3], Example("the only one", "positive")]
    with pytest.raises(DataError, match=r"--teachers 3: .* would learn from no text of the label"):
        folds_of(few, 3, "random")
    two_days = [each._replace(time=float(place > 44)) for place, each in enumerate(EXAMPLES)]
    with pytest.raises(DataError, match="--teachers 3: teacher 3 leaves none out, for the texts"):
        folds_of(two_days, 3, "time")
    same = [each._replace(time=1.0) for each in EXAMPLES]
    with pytest.raises(DataError, match="take fewer teachers"):
        folds_of(same, 2, "time")
