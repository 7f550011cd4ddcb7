import time
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from sentiment.data.near_duplicates import SIMILARITY, clusters, near
from tests.sentiment.texts import make_texts

TWEET = "the new album of our favourite band comes out on friday and we cannot wait for it"


def test_a_text_with_one_word_changed_is_near():
    assert near([TWEET.replace("friday", "monday")], [TWEET]) == [0]


def test_a_text_with_its_end_cut_off_is_near():
    assert near([TWEET.rsplit(maxsplit=2)[0]], [TWEET]) == [0]


def test_a_text_that_only_shares_words_is_not():
    assert near(["we cannot wait for friday", "the band is out"], [TWEET]) == []


def test_with_nothing_held_out_nothing_is_near():
    assert near([TWEET], []) == near([], [TWEET]) == clusters([]) == []


def test_texts_that_are_near_through_others_are_in_one_cluster():
    second = TWEET.replace("friday", "monday")
    third = second.replace("album", "record")
    assert near([TWEET], [third]) == []
    assert clusters(["something else", third, TWEET, second]) == [0, 1, 1, 1]


def test_texts_of_thousands_of_words_take_no_time_worth_telling():
    long = [" ".join(text for text, _ in make_texts(150, seed=seed)) for seed in range(200)]
    long.append(long[3].replace("ba", "be", 5))
    begun = time.process_time()
    assert clusters(long) == [*range(200), 3]
    assert time.process_time() - begun < 5


def test_thousands_of_texts_of_one_template_take_no_time_worth_telling():
    posts = [f"{TWEET} says the bot of the shop on day {day} of the sale" for day in range(6000)]
    begun = time.process_time()
    assert clusters(posts) == [0] * 6000
    assert time.process_time() - begun < 2


SENTENCES = st.lists(
    st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=12).map(" ".join), max_size=8
)


def similar(one, other):
    def shingles(text):
        words = text.split()
        return {*words, *pairwise(words)}

    one, other = shingles(one), shingles(other)
    return len(one & other) / len(one | other) >= SIMILARITY


@given(SENTENCES, SENTENCES)
def test_no_pair_is_missed(texts, held_out):
    expected = [
        place for place, text in enumerate(texts) if any(similar(text, other) for other in held_out)
    ]
    assert near(texts, held_out) == expected


@given(SENTENCES)
def test_no_pair_within_is_missed(texts):
    expected = list(range(len(texts)))
    for _ in texts:
        for one, other in combinations(range(len(texts)), 2):
            if similar(texts[one], texts[other]):
                expected[one] = expected[other] = min(expected[one], expected[other])
    assert clusters(texts) == expected
