import emoji
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.text.emoji_text import _remembered, emoji_to_words, emoji_to_words_lazily


def words(text):
    return emoji_to_words(text).split()


def test_an_emoji_becomes_the_words_of_its_name():
    assert words("so funny😂") == ["so", "funny", "face", "with", "tears", "of", "joy"]


def test_a_skin_tone_changes_nothing():
    assert words("👍🏽") == words("👍") == ["thumbs", "up"]


def test_a_joined_emoji_is_one():
    assert words("🏳️‍🌈") == ["rainbow", "flag"]


def test_a_keycap_is_an_emoji():
    assert words("5️⃣") == ["keycap", "5"]


@pytest.mark.parametrize("text", ["plain :) text", "café", "日本語", "", "\ud83d", "a\x00b"])
def test_a_text_without_emoji_stays_as_it_is(text):
    assert emoji_to_words(text) == text


def test_more_emoji_than_are_looked_at_together_are_all_read():
    assert words("😂" * 1000) == words("😂") * 1000


@pytest.mark.parametrize("block", [0x00, 0x20, 0x30, 0xFE, 0x1F0, 0x1F6])
def test_what_is_passed_over_demojize_would_leave_as_it_is(block):
    for number in range(block << 8, (block + 1) << 8):
        text = f"é{chr(number)}é"
        if emoji.demojize(text) != text:
            assert emoji_to_words(text) != text


def test_every_emoji_is_seen():
    assert [each for each in emoji.EMOJI_DATA if emoji_to_words(each) == each] == []


@given(st.text(st.characters() | st.sampled_from("😂👍🏽🇩🇪\u200d\ufe0f5\u20e3é "), max_size=300))
def test_lazily_the_words_are_the_same(text):
    assert "".join(emoji_to_words_lazily(text)) == emoji_to_words(text)


def test_a_long_run_is_not_remembered():
    _remembered.cache_clear()
    emoji_to_words("😂" * 64)
    assert _remembered.cache_info().currsize == 0
    emoji_to_words("😂" * 8)
    assert _remembered.cache_info().currsize == 1
