import pytest

from sentiment.data.duplicates import first_of_each, key


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
