"""Each token's place in the text as it was before anything was changed."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.settings import PreprocessorSettings
from sentiment.text.alignment import Aligner
from sentiment.text.preprocessor import tokens
from tests.hostile.texts import TEXTS as HOSTILE
from tests.sentiment.tweets import read_tweets

SETTINGS = PreprocessorSettings()
WORDS = st.sampled_from(
    ["@bob", "I'm", "SOOO", "happyyy!!!", "&lt;3", "#GoTeam", "😂", "👍🏽👍🏽", ":-)", "T_T", "1.5",
     "c'mon", "http://t.co/x", "(see", "Mc_Donald", "U.S.A.", "……", "我爱你", "I&#39;m", "5️⃣",
     "\x00", "&", "ﷺ", "e\u0301", "\u200bhi", "<3<3", "AT&amp;T", "’s", "İ", "---",
     "wait...what", "#"]
)  # fmt: skip
TEXTS = st.text(max_size=60) | st.lists(
    WORDS | st.sampled_from([" ", "  ", "\n", "\u3000"]) | st.text(max_size=3), max_size=30
).map("".join)


def aligned(text, settings=SETTINGS):
    """Give each token of a text with the characters that it came from."""
    spans = Aligner(settings)([text])
    pairs = zip(spans.starts.tolist(), spans.ends.tolist(), strict=True)
    return [
        (token, text[start:end])
        for token, (start, end) in zip(tokens(text, settings), pairs, strict=True)
    ]


def underlined(text):
    """Give what somebody would underline, each once."""
    spans = Aligner(SETTINGS)([text])
    return [text[start:end] for start, end in dict.fromkeys(zip(*spans[:2], strict=True))]


def test_a_tweet_is_underlined_as_a_person_would():
    text = "@bob I'm SOOO happyyy!!! &lt;3 #GoTeam 😂"
    assert underlined(text) == [
        "@bob", "I'm", "SOOO", "happyyy", "!!!", "&lt;3", "#Go", "Team", "😂",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("piece", "atoms"),
    [
        ("lol:)", ["lol", ":)"]),
        ("I&#39;m", ["I&#39;m"]),
        ("AT&amp;T", ["AT", "&amp;", "T"]),
        ("don’t", ["don’t"]),
        ("“quoted”", ["“", "quoted", "”"]),
        ("#goteam", ["#goteam"]),
        ("#we_are_GREAT", ["#we", "are", "GREAT"]),
        ("great...really??!", ["great", "...", "really", "??", "!"]),
        ("(7th", ["(", "7th"]),
        ("👍🏽nice👨‍👩‍👧🇩🇪5️⃣", ["👍🏽", "nice", "👨‍👩‍👧", "🇩🇪", "5️⃣"]),
        ("😂😂", ["😂", "😂"]),
        ("我爱你", ["我", "爱", "你"]),
        ("@bob:http://x.y/z", ["@bob", ":", "http://x.y/z"]),
        ("SOOOO-GOOOOD", ["SOOOO", "-", "GOOOOD"]),
        ("\x00hi\u200b", ["hi"]),
    ],
)
def test_a_piece_is_cut_where_a_person_would(piece, atoms):
    assert underlined(piece) == atoms


def test_all_words_of_an_emoji_have_its_place():
    assert aligned("so 😂!") == [
        ("so", "so"), ("face", "😂"), ("with", "😂"), ("tears", "😂"), ("of", "😂"), ("joy", "😂"),
        ("!", "!"),
    ]  # fmt: skip


def test_spaces_of_any_kind_and_number_are_counted():
    spans = Aligner(SETTINGS)(["  two\n\nmore\t", "a b", "", " x", "\u3000y  z"])
    assert spans.starts.tolist() == [2, 7, 0, 2, 1, 1, 4]
    assert spans.offsets.tolist() == [0, 2, 4, 4, 5, 7]


def test_no_texts_have_no_spans():
    spans = Aligner(SETTINGS)([])
    assert [each.tolist() for each in spans] == [[], [], [0]]


def assert_sound(text, settings):
    spans = Aligner(settings)([text])
    assert len(spans.starts) == len(tokens(text, settings))
    assert (spans.starts < spans.ends).all()
    assert (np.diff(spans.starts) >= 0).all()
    assert (np.diff(spans.ends) >= 0).all()
    new = np.diff(spans.starts) > 0
    assert (spans.ends[:-1][new] <= spans.starts[1:][new]).all()
    assert spans.starts.min(initial=0) >= 0
    assert spans.ends.max(initial=0) <= min(len(text), settings.max_characters)


@given(TEXTS, st.integers(1, 20) | st.just(64), st.integers(1, 60) | st.just(4096))
def test_each_token_of_any_text_has_a_span_in_order(text, max_tokens, max_characters):
    assert_sound(text, PreprocessorSettings(max_tokens, max_characters))


@given(st.lists(TEXTS, max_size=6))
def test_a_text_is_aligned_the_same_alone_and_among_others(texts):
    spans = Aligner(SETTINGS)(texts)
    alone = [Aligner(SETTINGS)([text]) for text in texts]
    for number, single in enumerate(alone):
        own = slice(*spans.offsets[number : number + 2])
        np.testing.assert_array_equal(spans.starts[own], single.starts)
        np.testing.assert_array_equal(spans.ends[own], single.ends)


def test_of_a_long_text_what_the_network_reads_is_aligned():
    text = "word " * 2_000
    assert aligned(text) == [("word", "word")] * 64
    assert len(aligned("wordy!" * 100)) == 64


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_texts_are_aligned_too(kind):
    for length in (40, 600, 5_000):
        assert_sound(HOSTILE[kind](Random(1), length), SETTINGS)


def test_the_tokens_of_tweets_come_from_what_is_underlined():
    texts = [example.text for example in read_tweets()[:3000]]
    spans = Aligner(SETTINGS)(texts)
    of_span = wrong = 0
    for number, text in enumerate(texts):
        first, last = spans.offsets[number : number + 2]
        found = {}
        of_text = tokens(text, SETTINGS)
        for place in range(first, last):
            span = spans.starts[place], spans.ends[place]
            found.setdefault(span, []).append(of_text[place - first])
        of_span += len(found)
        wrong += sum(
            tokens(text[start:end], SETTINGS) != own for (start, end), own in found.items()
        )
    # A possessive of a hashtag, "#NewYork's", is one.
    assert wrong < of_span / 10_000


def test_to_forget_what_is_remembered_is_all_right():
    aligner = Aligner(SETTINGS)
    before = aligner(["so happy!!!"])
    aligner([" ".join(f"x{number}" for number in range(first, first + 60))
             for first in range(0, 70_000, 60)])  # fmt: skip
    np.testing.assert_array_equal(aligner(["so happy!!!"]).starts, before.starts)
