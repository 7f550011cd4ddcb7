import pytest

from sentiment.data.dataset import Example, count_labels
from sentiment.data.duplicates import key
from sentiment.data.findings import Rules
from sentiment.data.folds import folds
from sentiment.data.near_duplicates import near
from sentiment.errors import DataError, SettingsError
from tests.sentiment.texts import make_texts

EXAMPLES = [Example(*pair) for pair in make_texts(300)]


def test_each_text_is_tested_with_once_and_every_part_has_its_share():
    splits = folds(EXAMPLES, 5, 0.1, 1, Rules())
    assert sorted(each for parts in splits for each in parts.test) == sorted(EXAMPLES)
    for parts in splits:
        assert count_labels(parts.test) == {"negative": 20, "neutral": 20, "positive": 20}
        assert count_labels(parts.validation) == {"negative": 8, "neutral": 8, "positive": 8}
        assert len(parts.train) == 216


def test_texts_that_are_near_are_in_one_part():
    alike = [each._replace(text=f"{each.text} indeed") for each in EXAMPLES[:90]]
    for parts in folds([*EXAMPLES, *alike], 3, 0.1, 1, Rules()):
        train, validation, test = ([key(each.text) for each in part] for part in parts[:3])
        assert near(train, validation + test) == near(validation, test) == []


def test_an_author_is_in_one_part_and_so_is_what_resembles_their_texts():
    grouped = [each._replace(group=str(place % 40)) for place, each in enumerate(EXAMPLES)]
    grouped.append(grouped[0]._replace(text=f"{grouped[0].text} indeed", group="1"))
    for parts in folds(grouped, 4, 0.1, 1, Rules("group")):
        named = [{each.group for each in part} for part in parts[:3]]
        assert not named[0] & named[1]
        assert not (named[0] | named[1]) & named[2]
        assert any({"0", "1"} <= each for each in named)


def test_what_cannot_be_folded_is_an_error():
    with pytest.raises(SettingsError, match="leave out --split time"):
        folds(EXAMPLES, 3, 0.1, 1, Rules("time"))
    with pytest.raises(DataError, match=r"too few different texts \(10\): at least 12"):
        folds(EXAMPLES[:30], 10, 0.1, 1, Rules())
    same = [each._replace(group=each.label) for each in EXAMPLES]
    with pytest.raises(DataError, match="not every part can have a text of the label"):
        folds(same, 3, 0.1, 1, Rules("group"))
