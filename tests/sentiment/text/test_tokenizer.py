from hypothesis import given
from hypothesis import strategies as st

from sentiment.text.normalize import normalize
from sentiment.text.tokenizer import tokenize, tokens_lazily


def test_words_keep_their_apostrophes():
    assert tokenize("i'm sure it isn't 'quoted'") == [
        "i'm", "sure", "it", "isn't", "'", "quoted", "'",
    ]  # fmt: skip


def test_signs_are_tokens_and_doubled_ones_are_tokens_of_their_own():
    assert tokenize("no!! why?? well.. ok.") == ["no", "!!", "why", "??", "well", "..", "ok", "."]


def test_placeholders_are_tokens():
    assert tokenize("<user>: <url>") == ["<user>", ":", "<url>"]


def test_the_reserved_tokens_cannot_be_typed():
    assert tokenize("<padding> <unknown>") == ["<", "padding", ">", "<", "unknown", ">"]


def test_words_with_combining_vowel_signs_are_whole():
    assert tokenize("मुझे हिन्दी पसंद شُكْرًا") == ["मुझे", "हिन्दी", "पसंद", "شُكْرًا"]


def test_control_characters_and_broken_surrogates_are_nothing():
    assert tokenize("a\x00b \ud83d \x7f") == ["a", "b"]


@given(st.text())
def test_no_token_is_empty_or_holds_white_space(text):
    assert all(token and not any(map(str.isspace, token)) for token in tokenize(normalize(text)))


@given(st.text())
def test_lazily_the_tokens_are_the_same(text):
    assert list(tokens_lazily(text)) == tokenize(text)
