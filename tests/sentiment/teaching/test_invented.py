import random

from hypothesis import given
from hypothesis import strategies as st

from sentiment.teaching.invented import invented
from tests.sentiment.texts import make_texts

TEXTS = [text for text, _ in make_texts(60)]
WORDS = st.lists(st.sampled_from(["a", "b", "c", "ää", "😀"]), max_size=8).map(" ".join)


@given(st.lists(WORDS, max_size=6), st.integers(0, 40), st.integers(0, 9))
def test_none_is_there_twice_or_is_one_of_the_texts(texts, number, seed):
    made = invented(texts, number, random.Random(seed))
    assert len(made) == len(set(made)) <= number
    assert {" ".join(text.split()) for text in texts}.isdisjoint(made)
    pieces = {piece for text in texts for piece in text.split()}
    assert {piece for text in made for piece in text.split()} <= pieces
    assert all(made)


@given(st.integers(0, 99))
def test_the_same_seed_invents_the_same(seed):
    first, again = (invented(TEXTS, 20, random.Random(seed)) for _ in range(2))
    assert first == again
    assert len(first) == 20


def test_half_are_spans_of_a_text():
    made = invented(TEXTS, 400, random.Random(3))
    assert len(made) == 400
    spans = [text for text in made if any(f" {text} " in f" {each} " for each in TEXTS)]
    assert 190 <= len(spans) <= 230
    assert all(2 <= len(text.split()) <= 12 for text in spans)


def test_a_quarter_has_the_first_half_of_one_and_the_second_of_another():
    made = invented(TEXTS, 400, random.Random(3))[3::4]
    halves = [text.split() for text in TEXTS]
    for text in made:
        pieces = text.split()
        begins = {" ".join(each[: -(-len(each) // 2)]) for each in halves}
        ends = {" ".join(each[len(each) // 2 :]) for each in halves}
        cuts = range(1, len(pieces))
        assert any(
            " ".join(pieces[:cut]) in begins and " ".join(pieces[cut:]) in ends for cut in cuts
        )


def test_rare_pieces_come_into_more_contexts_than_their_share():
    texts = [" ".join(f"often {letter}{place}" for letter in "wxyz") for place in range(40)]
    made = invented(texts, 2000, random.Random(5))[1::4]
    pieces = [piece for text in made for piece in text.split()]
    assert 0.32 < pieces.count("often") / len(pieces) < 0.46


def test_words_of_others_come_into_some_texts():
    others = [f"other{number}" for number in range(50)]
    made = invented(TEXTS, 400, random.Random(3), others)
    shares = [len({*others} & {*text.split()}) / len(text.split()) for text in made]
    assert len(made) == 400
    assert not any(any(shares[kind::8]) for kind in (0, 1, 2, 3, 4, 6, 7))
    assert 0.05 < sum(shares[5::8]) / 50 < 0.17


def test_texts_of_one_piece_have_nothing_to_invent_from():
    assert invented(["one", "", "two"], 10, random.Random(1)) == []
