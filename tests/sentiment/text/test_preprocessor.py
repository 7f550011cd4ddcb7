import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.settings import PreprocessorSettings
from sentiment.text.preprocessor import NO_TOKEN, Preprocessor, tokens
from sentiment.text.vocabulary import UNKNOWN_ID, Vocabulary

KNOWN = ["<user>", "i'm", "happy", "!!", "red", "heart"]
VOCABULARY = Vocabulary(["<padding>", "<unknown>", *KNOWN])
SETTINGS = PreprocessorSettings(max_tokens=8, max_characters=40)


# As the shipped model has them.
DEFAULT = PreprocessorSettings()


def prepare(*texts, settings=SETTINGS):
    return Preprocessor(VOCABULARY, settings)(texts)


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


def check(texts, settings):
    # Every token has an id of its own, so that none is mistaken for another.
    expected = [tokens(text, settings) for text in texts]
    known = dict.fromkeys(token for each in expected for token in each)
    vocabulary = Vocabulary(["<padding>", "<unknown>", *known])
    batch = Preprocessor(vocabulary, settings)(texts)
    for number, each in enumerate(expected):
        ids = batch.ids[batch.offsets[number] : batch.offsets[number + 1]]
        assert ids.tolist() == [vocabulary.id(token) for token in each]


@given(st.lists(st.text(max_size=100)))
def test_ids_are_those_of_the_tokens_one_by_one(texts):
    check(texts, SETTINGS)


# What a few of become long texts: words, what has no tokens, and what becomes many.
WRITTEN = (
    "happy Σ. @bob http://x.y #GoTeam &lt;3 &nbsp; -_.- :) ﷺ 日本 👩‍👩‍👧 🇩 5️⃣ e\u0301\u0316 ⒳ İ"
)
UNITS = [*WRITTEN.split(), *" \n\u200b\x01\ud83d\u3000"]
REPEATED = st.tuples(st.sampled_from(UNITS) | st.text(max_size=4), st.integers(1, 3_000))
LONG = st.lists(REPEATED.map(lambda pair: pair[0] * pair[1]), max_size=6).map("".join)


@given(LONG, st.integers(1, 80))
def test_of_a_long_text_too_the_ids_are_those_of_all_its_tokens_as_far_as_they_are_read(text, most):
    check([text], PreprocessorSettings(max_tokens=most))


def test_what_a_piece_has_no_token_of_is_told_by_its_characters():
    for number in range(0x110000):
        if NO_TOKEN.fullmatch(chr(number)):
            assert tokens(f"{chr(number)} {chr(number) * 2}", DEFAULT) == []


def test_what_comes_after_the_last_token_that_is_read_is_not_looked_at():
    preprocessor = Preprocessor(VOCABULARY, DEFAULT)
    preprocessor(["happy " * 64 + " ".join(f"w{number}" for number in range(500))])
    assert list(preprocessor._ids_of_piece) == ["happy"]


@pytest.mark.parametrize(
    "text", ["\ud83d", "\x00", "a" * 1_000_000, "😂" * 1_000_000, "\u0301" * 99]
)
def test_any_string_can_be_prepared(text):
    assert len(prepare(text)) == 1
