from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.data.duplicates import SIMILARITY, first_of_each, key, near

TWEET = "the new album of our favourite band comes out on friday and we cannot wait for it"


def test_texts_that_differ_in_handles_links_case_and_punctuation_have_one_key():
    assert key("RT @bob: So GOOD!!! http://x.y") == key("so good @ann @carol.") == "so good"


def test_texts_that_differ_in_a_word_have_two():
    assert key("so good") != key("not so good")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("मेरी", "मेरा"),  # Hindi, "my" of a woman and of a man
        ("ดี", "ดุ"),  # Thai, "good" and "fierce"
        ("عِلْم", "عَلَم"),  # Arabic with vowels, "knowledge" and "flag"
    ],
)
def test_words_that_differ_in_a_vowel_sign_differ(one, other):
    assert key(one) != key(other)


def test_a_text_of_no_words_is_its_own_key():
    assert key("!!!") == "!!!"
    assert key("@bob") != key("http://x.y")


def test_the_first_of_each_is_kept():
    assert first_of_each(["b", "a", "b", "c", "a"]) == [0, 1, 3]


def test_a_text_with_one_word_changed_is_near():
    assert near([TWEET.replace("friday", "monday")], [TWEET]) == [0]


def test_a_text_with_its_end_cut_off_is_near():
    assert near([TWEET.rsplit(maxsplit=2)[0]], [TWEET]) == [0]


def test_a_text_that_only_shares_words_is_not():
    assert near(["we cannot wait for friday", "the band is out"], [TWEET]) == []


def test_with_nothing_held_out_nothing_is_near():
    assert near([TWEET], []) == []


SENTENCES = st.lists(
    st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=12).map(" ".join), max_size=8
)


@given(SENTENCES, SENTENCES)
def test_no_pair_is_missed(texts, held_out):
    def shingles(text):
        words = text.split()
        return {*words, *pairwise(words)}

    def similar(one, other):
        return len(one & other) / len(one | other) >= SIMILARITY

    expected = [
        place
        for place, text in enumerate(texts)
        if any(similar(shingles(text), shingles(other)) for other in held_out)
    ]
    assert near(texts, held_out) == expected
