import pytest

from sentiment.emoji_text import emoji_to_words


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
