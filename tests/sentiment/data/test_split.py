import pytest

from sentiment.counting import counted
from sentiment.data.dataset import Example, count_labels
from sentiment.data.duplicates import key
from sentiment.data.findings import Rules, short
from sentiment.data.near_duplicates import near
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


def test_what_was_found_is_told_with_what_became_of_it():
    again = [EXAMPLES[0], EXAMPLES[1]._replace(text=f"@bob {EXAMPLES[1].text}!", label="positive")]
    findings = {each.kind: each for each in split([*EXAMPLES, *again], SHARES, 1).findings}
    assert {kind: each.texts for kind, each in findings.items()} == {
        "exact": 1, "alike": 1, "disputed": 1,
    }  # fmt: skip
    assert findings["exact"].line() == (
        "1 text with the very words of an earlier one: left out; --duplicates keep leaves them "
        f"in (“{short(EXAMPLES[0].text)}”)"
    )


def test_what_resembles_a_held_out_text_is_kept_where_the_rules_say_so():
    test = [EXAMPLES[0], EXAMPLES[1]._replace(text=f"{EXAMPLES[1].text} indeed")]
    for rules, left in (
        (Rules(), 2), (Rules(near=False), 1), (Rules(duplicates=False), 1),
        (Rules(duplicates=False, near=False), 0),
    ):  # fmt: skip
        parts = split(EXAMPLES, SHARES, 1, test=test, rules=rules)
        assert parts.held_out_alike == left
        assert len(parts.train) + len(parts.validation) == 300 - left
        assert {each.kind: each.texts for each in parts.findings} == {"held out": 1, "near": 1}


def test_duplicates_stay_where_the_rules_say_so():
    parts = split(EXAMPLES * 2, SHARES, 1, rules=Rules(duplicates=False))
    assert parts.duplicates == 0
    assert len(parts.train + parts.validation + parts.test) == 600
    assert {each.kind for each in parts.findings} == {"exact", "held out"}


def test_by_time_the_latest_are_held_out():
    timed = [each._replace(time=float(place // 2)) for place, each in enumerate(EXAMPLES)]
    parts = split(timed, SHARES, 1, rules=Rules("time"))
    assert max(each.time for each in parts.train) < min(each.time for each in parts.validation)
    assert max(each.time for each in parts.validation) < min(each.time for each in parts.test)
    assert (len(parts.test), len(parts.validation)) == (60, 30)


def test_texts_of_one_time_are_not_parted_and_those_without_are_learnt_from():
    times = [None] * 100 + [1.0] * 100 + [2.0] * 40 + [3.0] * 60
    timed = [each._replace(time=time) for each, time in zip(EXAMPLES, times, strict=True)]
    parts = split(timed, Shares(0.2, 0.25), 1, rules=Rules("time"))
    assert {each.time for each in parts.test} == {3.0}
    assert {each.time for each in parts.validation} == {2.0}
    assert {each.time for each in parts.train} == {None, 1.0}


@pytest.mark.parametrize(
    ("method", "option"), [("time", "--time-column"), ("group", "--group-col")]
)
def test_without_times_or_groups_there_is_nothing_to_split_by(method, option):
    with pytest.raises(DataError, match=option):
        split(EXAMPLES, SHARES, 1, rules=Rules(method))


def test_texts_of_the_same_time_only_cannot_be_split_by_it():
    with pytest.raises(DataError, match="the same time"):
        split([each._replace(time=1.0) for each in EXAMPLES], SHARES, 1, rules=Rules("time"))


def test_no_group_is_in_two_parts_and_the_shares_are_kept():
    grouped = [
        each._replace(group=str(place % 47) if place % 5 else None)
        for place, each in enumerate(EXAMPLES)
    ]
    parts = split(grouped, SHARES, 1, rules=Rules("group"))
    named = [{each.group for each in part} - {None} for part in parts[:3]]
    assert not named[0] & named[1]
    assert not (named[0] | named[1]) & named[2]
    for part, share in zip(parts[:3], (0.7, 0.1, 0.2), strict=True):
        for count in count_labels(part).values():
            assert abs(count - share * 100) <= 3
    parts = split(grouped, Shares(0.1, 0), 1, rules=Rules("group"))
    assert parts.test == []


def test_texts_by_an_author_of_a_given_part_are_not_learnt_from():
    by_ten = [each._replace(group=str(place % 10)) for place, each in enumerate(EXAMPLES)]
    test = [Example("quite other words here", "positive", group="3")]
    validation = [
        Example("some more words there", "neutral", group="3"),
        Example("and what the fourth says", "negative", group="4"),
    ]
    parts = split(by_ten, SHARES, 1, validation, test, Rules("group"))
    assert {each.group for each in parts.train} == set("01256789")
    assert (parts.validation, parts.test) == (validation[1:], test)
    (finding,) = parts.findings
    assert (finding.kind, finding.texts) == ("author", 61)
    assert finding.line().startswith("61 texts by the author of a given held-out one: left out (")
    assert len(split(by_ten, SHARES, 1, validation, test).train) == 300


@pytest.mark.parametrize("authors", [1, 2, 3, 4, 5])
def test_authors_who_are_too_few_for_the_parts_are_an_error_that_counts_them(authors):
    by_few = [each._replace(group=str(place % authors)) for place, each in enumerate(EXAMPLES)]
    with pytest.raises(DataError, match=f"would be empty, .* from {counted(authors, 'author')},"):
        split(by_few, Shares(0.1, 0.05), 1, rules=Rules("group"))


def test_texts_without_an_author_or_a_time_are_counted():
    known = [
        each._replace(group=str(place % 50), time=float(place)) if place >= 20 else each
        for place, each in enumerate(EXAMPLES)
    ]
    for method, kind in (("group", "no author"), ("time", "no time"), ("shuffle", None)):
        found = {
            each.kind: each.texts for each in split(known, SHARES, 1, rules=Rules(method)).findings
        }
        assert found == ({kind: 20} if kind else {})
