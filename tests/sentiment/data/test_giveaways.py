import random

import pytest

from sentiment.data.dataset import Example
from sentiment.data.giveaways import (
    Giveaway,
    find_giveaways,
    finding,
    look_for_giveaways,
    without_giveaways,
)
from sentiment.errors import DataError
from tests.sentiment.texts import SYLLABLES, make_texts


def plain(number, seed=0):
    """Give texts of no meaning, half of them with each label."""
    draw = random.Random(seed)
    return [
        Example(" ".join("".join(draw.choices(SYLLABLES, k=2)) for _ in range(6)), "ab"[place % 2])
        for place in range(number)
    ]


def test_a_token_that_comes_with_one_label_only_gives_it_away():
    examples = [
        each._replace(text=f"{each.text} #FromTheShop") if place % 8 == 1 else each
        for place, each in enumerate(plain(400))
    ]
    found = find_giveaways(examples)
    assert Giveaway("shop", "b", 50, 1.0) in found
    assert {each.token for each in found} == {"from", "the", "shop"}


def test_texts_whose_label_is_chance_give_nothing_away():
    assert find_giveaways(plain(2000)) == []


def test_a_token_of_a_few_texts_is_none():
    examples = [*plain(400), *(Example(f"header {text}", "a") for text, *_ in plain(19, seed=1))]
    assert find_giveaways(examples) == []


def test_what_nearly_all_texts_have_as_a_label_is_given_away_by_nothing():
    examples = [
        Example(text, "ab"[place % 500 == 0]) for place, (text, *_) in enumerate(plain(2000))
    ]
    assert find_giveaways(examples) == []


def test_giveaways_are_taken_out_and_the_rest_stays_as_it_was():
    examples = [Example("Via @bob: so GOOD #ViaBus http://x.y 😀!", "a"), Example("via", "b")]
    left = without_giveaways(examples, {"via"})
    assert left == [Example("@bob: so GOOD bus http://x.y 😀!", "a")]


def test_what_is_told_names_tokens_and_texts():
    examples = [Example(*pair) for pair in make_texts(300)]
    found = find_giveaways(examples)
    assert {each.token for each in found} >= {"awful", "love", "monday"}
    told = finding(found, examples, removed=False)
    assert told.texts == 300
    assert " texts with a token that gives the label away, '" in told.line()
    assert "13 more: kept; where they are no words of mood, --giveaways remove " in told.line()
    assert finding([], examples, removed=False) is None


def test_texts_with_nothing_but_giveaways_are_left_out_and_counted():
    examples = [*plain(400), *[Example("the header", "a")] * 30]
    left, told = look_for_giveaways(examples, remove=True)
    assert left == examples[:400]
    assert told.line().startswith("30 texts with a token that gives the label away, 'header' (a, ")
    assert "; 30 texts with no other token left out" in told.line()


def test_a_label_of_nothing_but_giveaways_is_not_lost_in_silence():
    examples = [*plain(400), *[Example("the header", "c\x1b[1m")] * 30]
    with pytest.raises(DataError, match=r"leaves no text of the label 'c�\[1m': .* leave --giv"):
        look_for_giveaways(examples, remove=True)
    assert look_for_giveaways(examples, remove=False)[0] == examples
