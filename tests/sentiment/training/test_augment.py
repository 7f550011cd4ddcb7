import random

import pytest

from sentiment.training.augment import (
    with_other_emoji,
    with_other_hashtags,
    with_words_dropped,
    with_words_swapped,
)

TEXT = "what a lovely day this is and how happy we are to be here"


@pytest.fixture
def draw():
    """Give random numbers, the same for each test."""
    return random.Random(3)


def test_dropped_words_are_gone_and_the_others_stay_in_order(draw):
    shorter = {with_words_dropped(TEXT, draw) for _ in range(50)}
    assert len(shorter) > 10
    for text in shorter:
        words = iter(TEXT.split())
        assert all(word in words for word in text.split())


def test_not_all_words_are_dropped(draw):
    assert {with_words_dropped("happy", draw) for _ in range(100)} == {"happy"}
    assert with_words_dropped("", draw) == ""


def test_swapped_words_are_the_same_ones(draw):
    swapped = with_words_swapped(TEXT, draw)
    assert swapped != TEXT
    assert sorted(swapped.split()) == sorted(TEXT.split())
    assert with_words_swapped("so happy", draw) == "happy so"
    assert with_words_swapped("happy", draw) == "happy"


def test_emoji_are_left_out_or_written_three_times(draw):
    forms = {with_other_emoji("so happy 😂👍🏽 !", draw) for _ in range(20)}
    assert forms == {"so happy  !", "so happy 😂😂😂👍🏽👍🏽👍🏽 !"}
    assert with_other_emoji(TEXT, draw) == TEXT


def test_hashtags_become_words_or_lower_case(draw):
    forms = {with_other_hashtags("#GoTeam we win # 1", draw) for _ in range(20)}
    assert forms == {"GoTeam we win # 1", "#goteam we win # 1"}


def test_a_word_becomes_a_hashtag_where_there_is_none(draw):
    forms = {with_other_hashtags("we win 10:1 !", draw) for _ in range(30)}
    assert forms == {"#we win 10:1 !", "we #win 10:1 !"}
    assert with_other_hashtags("10:1 !", draw) == "10:1 !"
