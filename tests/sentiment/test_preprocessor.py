import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.preprocessor import Preprocessor, tokens
from sentiment.settings import PreprocessorSettings
from sentiment.vocabulary import UNKNOWN_ID, Vocabulary

KNOWN = ["<user>", "i'm", "happy", "!!", "red", "heart"]
VOCABULARY = Vocabulary(["<padding>", "<unknown>", *KNOWN])
SETTINGS = PreprocessorSettings(max_tokens=8, max_characters=40)


def prepare(*texts):
    return Preprocessor(VOCABULARY, SETTINGS)(texts)


def test_texts_become_the_ids_of_their_tokens():
    batch = prepare("@bob I'm HAPPY!!! <3", "so happy")
    assert batch.ids.tolist() == [2, 3, 4, 5, 6, 7, UNKNOWN_ID, 4]
    assert batch.lengths.tolist() == [6, 2]


def test_no_texts_are_an_empty_batch():
    assert len(prepare()) == 0
    assert prepare().unknown_ratio == 0.0


def test_an_empty_text_has_no_tokens():
    assert prepare("", " \n").lengths.tolist() == [0, 0]


def test_a_long_text_is_cut_after_the_most_tokens():
    assert prepare("happy " * 100).lengths.tolist() == [7]  # 40 characters hold no eighth
    assert prepare("<3 " * 100).lengths.tolist() == [8]


def test_the_share_of_unknown_tokens_is_that_of_the_whole_batch():
    assert prepare("happy happy happy", "zebra").unknown_ratio == pytest.approx(0.25)


@given(st.lists(st.text(max_size=100)))
def test_ids_are_those_of_the_tokens_one_by_one(texts):
    batch = prepare(*texts)
    for number, text in enumerate(texts):
        ids = batch.ids[batch.offsets[number] : batch.offsets[number + 1]]
        assert ids.tolist() == [VOCABULARY.id(token) for token in tokens(text, SETTINGS)]


@pytest.mark.parametrize(
    "text", ["\ud83d", "\x00", "a" * 1_000_000, "😂" * 1_000_000, "\u0301" * 99]
)
def test_any_string_can_be_prepared(text):
    assert len(prepare(text)) == 1
