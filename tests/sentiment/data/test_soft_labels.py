import pytest

from sentiment.data.soft_labels import NoSoftLabel, likeliest, soft_label


def test_shares_add_up_to_1_whatever_they_added_up_to():
    assert soft_label({"a": 1, "b": 3.0}) == {"a": 0.25, "b": 0.75}


def test_a_cell_of_a_table_holds_them_as_json():
    assert soft_label('{"a": 0.5, "b": 0.5}') == {"a": 0.5, "b": 0.5}


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_a_row_may_have_none(nothing):
    assert soft_label(nothing) is None


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("0.5", "no object"),
        ([0.5, 0.5], "no object"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ({}, "do not add up"),
        ({"a": 0, "b": 0.0}, "do not add up"),
        ({"a": -0.1, "b": 1.1}, "'a' that is no number"),
        ({"a": float("nan")}, "'a' that is no number"),
        ('{"a": Infinity}', "'a' that is no number"),
        ({"a": 10**400}, "'a' that is no number"),
        ({"a": "0.5"}, "'a' that is no number"),
        ({"a": True}, "'a' that is no number"),
        ({"": 1.0}, "empty"),
        ({"a": 0.5, " a": 0.5}, "twice"),
        ({"\ud83d": 1.0}, "not UTF-8"),
    ],
)
def test_what_are_no_shares_is_told(value, why):
    with pytest.raises(NoSoftLabel, match=why):
        soft_label(value)


def test_the_likeliest_of_equal_ones_is_the_first_by_name():
    assert likeliest({"b": 0.4, "a": 0.4, "c": 0.2}) == "a"
