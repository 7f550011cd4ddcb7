import pytest

from sentiment.data.class_names import ClassNames, check_number, check_renames, read_renames
from sentiment.errors import DataError, SettingsError


def test_new_names_are_told_by_the_old():
    assert read_renames("0=negative, 4 = positive, unsup=") == {
        "0": "negative", "4": "positive", "unsup": "",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["0", "=x", "0=a,,1=b", "0=a,0=b", ""])
def test_what_renames_nothing_is_an_error(text):
    with pytest.raises(SettingsError, match="--labels 0=negative,4=positive"):
        read_renames(text)


def test_a_label_that_is_not_renamed_stays_as_it_is():
    names = ClassNames({"0": "negative"})
    assert [names[label] for label in ("0.0", "0", "1.0", "1.5", "v1.0")] == [
        "negative", "negative", "1", "1.5", "v1.0",
    ]  # fmt: skip
    assert names.seen == {"0", "1", "1.5", "v1.0"}


def test_to_rename_what_is_not_there_is_an_error_that_says_what_is():
    with pytest.raises(
        DataError, match=r"renames 'pos', which .* \(they have 'negative', 'positive'\)"
    ):
        check_renames({"pos": "good"}, {"positive", "negative"})
    check_renames({"positive": "good"}, {"positive", "negative"})


def test_more_than_20_labels_are_the_wrong_column():
    check_number([str(number) for number in range(20)])
    with pytest.raises(
        DataError, match=r"21 different labels \('0', '1', .*is it the right column"
    ):
        check_number([str(number) for number in range(21)])
