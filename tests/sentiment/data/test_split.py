import pytest

from sentiment.data.dataset import Example, count_labels
from sentiment.data.duplicates import key, near
from sentiment.data.split import Shares, split
from sentiment.errors import DataError, SettingsError
from tests.sentiment.texts import make_texts

EXAMPLES = [Example(*pair) for pair in make_texts(300)]
SHARES = Shares(validation=0.1, test=0.2)


def test_the_shares_are_drawn_from_each_label():
    parts = split(EXAMPLES, SHARES, seed=1)
    assert count_labels(parts.test) == {"negative": 20, "neutral": 20, "positive": 20}
    assert count_labels(parts.validation) == {"negative": 10, "neutral": 10, "positive": 10}
    assert count_labels(parts.train) == {"negative": 70, "neutral": 70, "positive": 70}
    assert sorted(parts.train + parts.validation + parts.test) == sorted(EXAMPLES)


def test_the_parts_are_drawn_from_everywhere_even_when_the_data_is_sorted():
    in_order = sorted(EXAMPLES, key=lambda example: (example.label, example.text))
    parts = split(in_order, SHARES, seed=1)
    for part in parts.test, parts.validation:
        places = sorted(in_order.index(example) for example in part)
        assert places[0] < 25
        assert places[-1] >= 275


def test_the_same_seed_gives_the_same_parts():
    assert split(EXAMPLES, SHARES, seed=1) == split(EXAMPLES, SHARES, seed=1)
    assert split(EXAMPLES, SHARES, seed=1) != split(EXAMPLES, SHARES, seed=2)


def test_texts_that_say_the_same_are_counted_and_left_out():
    again = [
        Example(f"RT @bob: {text.upper()}! http://x.y", label) for text, label, *_ in EXAMPLES[:9]
    ]
    parts = split(EXAMPLES + again, SHARES, seed=1)
    assert parts.duplicates == 9
    assert sorted(parts.train + parts.validation + parts.test) == sorted(EXAMPLES)


def test_no_text_of_one_part_resembles_one_of_another():
    alike = [Example(f"{text} indeed", label) for text, label, *_ in EXAMPLES[:90]]
    parts = split(EXAMPLES + alike, SHARES, seed=1)
    train, validation, test = (
        [key(example.text) for example in part]
        for part in (parts.train, parts.validation, parts.test)
    )
    assert near(train, validation + test) == near(validation, test) == []
    assert parts.held_out_alike == 390 - len(train + validation + test) > 10
    assert len(test) == 78


def test_parts_that_are_given_are_taken_instead_of_shares():
    test, validation, rest = EXAMPLES[:30], EXAMPLES[30:60], EXAMPLES[60:]
    parts = split(rest, SHARES, 1, validation, test)
    assert (parts.test, parts.validation) == (test, validation)
    assert sorted(parts.train) == sorted(rest)


def test_a_given_test_stays_whole_and_what_resembles_it_goes():
    parts = split(EXAMPLES, SHARES, 1, test=EXAMPLES[:30] * 2)
    assert len(parts.test) == 60
    tested = {key(example.text) for example in parts.test}
    assert not tested & {key(example.text) for example in parts.train + parts.validation}
    assert parts.held_out_alike == 30


def test_a_share_of_nothing_is_no_test():
    assert split(EXAMPLES, Shares(test=0.0), seed=1).test == []


def test_shares_that_files_were_given_for_do_not_count():
    parts = split(EXAMPLES[30:], Shares(validation=0.1, test=0.95), 1, test=EXAMPLES[:30])
    assert len(parts.validation) == 27
    parts = split(EXAMPLES[30:], Shares(validation=0.95, test=0.1), 1, EXAMPLES[:30])
    assert len(parts.test) == 27


def test_shares_that_leave_nothing_are_refused():
    with pytest.raises(SettingsError, match="leave nothing to learn from"):
        split(EXAMPLES, Shares(validation=0.5, test=0.5), seed=1)


@pytest.mark.parametrize("shares", [Shares(0.1, 0.88), Shares(0.88, 0.1), Shares(0.49, 0.49)])
@pytest.mark.parametrize("texts", [9, 12, 15])
def test_every_label_is_in_every_part_however_large_the_shares(shares, texts):
    parts = split(EXAMPLES[:texts], shares, seed=1)
    for part in parts.train, parts.validation, parts.test:
        assert len(count_labels(part)) == 3


def test_labels_are_in_the_order_of_the_outputs():
    assert split(EXAMPLES, SHARES, seed=1).labels == ("negative", "neutral", "positive")


@pytest.mark.parametrize(
    ("examples", "why"),
    [
        ([Example(f"text {n}", "a") for n in range(9)], "all texts have the label 'a'"),
        ([*EXAMPLES, Example("rare", "odd")], r"'odd' has too few different texts \(1\)"),
        ([*EXAMPLES, *[Example("rare", "odd")] * 9], r"'odd' has too few different texts \(1\)"),
    ],
)
def test_too_little_to_learn_from_is_an_error(examples, why):
    with pytest.raises(DataError, match=why):
        split(examples, SHARES, seed=1)


def test_a_label_that_only_the_test_has_is_an_error():
    with pytest.raises(DataError, match="'new', which no other text has"):
        split(EXAMPLES, SHARES, 1, test=[Example("x", "new")])


def test_a_label_all_of_which_is_held_out_is_an_error():
    odd = [Example(f"{n} rare thing", "odd") for n in ("one", "two", "three")]
    with pytest.raises(DataError, match="every text of the label 'odd' resembles"):
        split([*EXAMPLES, *odd], SHARES, 1, test=odd)


def test_a_validation_that_is_all_in_the_test_is_an_error():
    with pytest.raises(DataError, match="every validation text resembles a test text"):
        split(EXAMPLES[30:], SHARES, 1, EXAMPLES[:30], EXAMPLES[:30])


def test_a_label_that_only_probabilities_name_is_an_error():
    soft = Example("x", "neutral", probabilities={"neutral": 0.9, "mixed": 0.1})
    with pytest.raises(DataError, match="probabilities name the label 'mixed', which no text has"):
        split([*EXAMPLES, soft], SHARES, 1)
