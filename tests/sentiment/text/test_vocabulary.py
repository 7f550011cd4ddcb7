import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.text.normalize import normalize
from sentiment.text.tokenizer import tokenize
from sentiment.text.vocabulary import UNKNOWN_ID, Vocabulary


def test_tokens_are_numbered_by_how_often_they_are_seen():
    vocabulary = Vocabulary.learn([["b", "a", "b"], ["c", "b", "a"]], max_size=10)
    assert [vocabulary.id(token) for token in ("b", "a")] == [2, 3]


def test_a_token_seen_once_is_unknown():
    vocabulary = Vocabulary.learn([["b", "b", "c"]], max_size=10)
    assert vocabulary.id("c") == UNKNOWN_ID


def test_the_rarest_tokens_are_left_out_when_there_are_too_many():
    vocabulary = Vocabulary.learn([["a"] * 3, ["b"] * 2, ["c"] * 4], max_size=4)
    assert len(vocabulary) == 4
    assert vocabulary.id("b") == UNKNOWN_ID


def test_there_may_be_room_for_none():
    assert len(Vocabulary.learn([["a"] * 3], max_size=1)) == 2


def test_equally_frequent_tokens_are_taken_in_alphabetical_order():
    one = Vocabulary.learn([["b", "a", "d", "c"] * 2], max_size=4)
    assert one.to_text() == "<padding>\n<unknown>\na\nb\n"


@given(st.lists(st.text()))
def test_any_vocabulary_that_texts_can_give_survives_being_stored(texts):
    vocabulary = Vocabulary.learn(
        [tokenize(normalize(text)) for text in texts], max_size=100, min_count=1
    )
    stored = vocabulary.to_text().encode()
    assert Vocabulary.from_text(stored.decode()).to_text() == vocabulary.to_text()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a\nb\n", "first two tokens"),
        ("<padding>\n<unknown>\na\na\n", "twice"),
        ("<padding>\n<unknown>\n\n", "empty"),
        ("", "first two tokens"),
    ],
)
def test_a_text_that_is_no_vocabulary_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        Vocabulary.from_text(text)


def test_what_is_counted_is_bounded_and_what_is_frequent_is_kept():
    texts = [["often", f"once{n}", "rather" if n % 3 else "often"] for n in range(500)]
    known = Vocabulary.learn(texts, 100, most_held=10)
    assert known.tokens == ("<padding>", "<unknown>", "often", "rather")
    assert known.tokens == Vocabulary.learn(texts, 100).tokens
