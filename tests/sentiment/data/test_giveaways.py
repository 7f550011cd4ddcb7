import random

from sentiment.data.dataset import Example
from sentiment.data.giveaways import Giveaway, find_giveaways, finding, without_giveaways
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
    assert " texts have a token that gives the label away, '" in told.line()
    assert "13 more: kept; where they are no words of mood, --giveaways remove " in told.line()
    assert finding([], examples, removed=False) is None
