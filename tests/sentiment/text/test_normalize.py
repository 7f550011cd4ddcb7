import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.text.emoji_text import _remembered
from sentiment.text.normalize import normalize, normalized_parts

# Texts of what the rules look for, so that hypothesis meets every rule and every border of two.
TRICKY = "http:// www. t.co/ &amp; aaa haha :// lol .bsky.social @a #A ＡＢ"
PIECES = st.sampled_from(
    TRICKY.split() + list("@#&:;/.!?_-'()<3=xXdD \t\u3000😂é日ſİ\ud83d\u200d\ufe0f\u0301\x00\x1c")
)
TEXTS = st.lists(PIECES | st.characters(), max_size=30).map("".join) | st.text(max_size=60)


def words(text):
    return normalize(text).split()


def test_a_handle_becomes_the_user_token():
    assert words("@bob hi @ann_2!") == ["<user>", "hi", "<user>", "!"]


def test_a_handle_on_another_network_is_one_handle():
    assert words("@bob@example.social and @ann.bsky.social") == ["<user>", "and", "<user>"]


def test_an_email_address_is_no_handle():
    assert "<user>" not in words("write to bob@example.org")


def test_a_link_becomes_the_url_token():
    assert words("see https://x.y/a?b=c#d, www.example.org and t.co/Ab1") == [
        "see", "<url>", "<url>", "and", "<url>",
    ]  # fmt: skip


def test_an_emoji_right_after_a_link_is_read():
    assert words("http://x.y😀") == ["<url>", "grinning", "face"]


def test_html_entities_are_read():
    assert words("fish &amp; chips &lt;3 &#39;til &quot;dawn&quot;") == [
        "fish", "&", "chips", "red", "heart", "'til", '"dawn"',
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["&;", "&nosuchthing;", "at&t", "a&b;c"])
def test_what_only_looks_like_an_entity_stays(text):
    assert normalize(text) == text


def test_a_numeric_entity_with_more_digits_than_python_reads_is_left_alone():
    assert "9" * 5000 in normalize("&#" + "9" * 5000 + ";")


def test_a_hashtag_becomes_its_words():
    assert words("#GoTeam #so_happy #BBCNews #love2014") == [
        "go", "team", "so", "happy", "bbc", "news", "love2014",
    ]  # fmt: skip


def test_a_sound_drawn_out_is_kept_twice():
    assert words("SOOOOO sweeet hahahaha") == ["soo", "sweet", "haha"]


def test_a_number_is_not_drawn_out():
    assert words("1000000 people") == ["1000000", "people"]


def test_a_sign_repeated_is_kept_twice():
    assert words("what!!!!! no....") == ["what!!", "no.."]


def test_emoticons_and_emoji_become_words():
    assert words("so good xD :) 😀") == [
        "so", "good", "grinning", "face", "smiling", "face", "grinning", "face",
    ]  # fmt: skip
    assert words("xD") == ["grinning", "face"]


def test_curly_quotes_are_straightened():
    assert words("I’m “fine”") == ["i'm", '"fine"']


def test_fancy_letters_are_letters():
    assert words("𝓱𝓪𝓹𝓹𝔂 ｆａｎｃｙ") == ["happy", "fancy"]


def test_each_chinese_or_japanese_character_stands_alone():
    assert words("今日は") == ["今", "日", "は"]


def test_a_plain_word_is_only_made_lower_case():
    assert normalize("Well, this is IT.") == "well, this is it."


@given(TEXTS)
def test_what_becomes_of_a_piece_depends_on_nothing_outside_it(text):
    assert words(text) == [word for piece in text.split() for word in words(piece)]


@given(st.lists(TEXTS | st.sampled_from(["😂" * 99, "ﷺ" * 99, "日本" * 99])).map("".join))
def test_the_parts_of_a_text_are_the_text(text):
    assert "".join(normalized_parts(text)).split() == words(text)


def test_parts_are_made_when_they_are_asked_for():
    first, *others = (len(part) for part in normalized_parts("ﷺ" * 1_000))
    assert first < 100 * 18
    assert sum(others) > 900 * 18


@given(TEXTS)
def test_any_text_can_be_normalised(text):
    assert isinstance(normalize(text), str)


REPEATED = (
    "a ab @ @a@ @a. # #a #aA _ & &# &amp; http:// www. / : :- <3 ( (: x xd ! !? ' - T_ ;_ "
    "😂 👩‍ 👩‍👩‍👧‍ \u200d e\u0301\u0316 \u0316\u0301 日 ﷺ \ud83d ａ"
)


@pytest.mark.parametrize("unit", REPEATED.split())
def test_a_crafted_text_takes_time_in_proportion_to_its_length(unit):
    # For 8 times the text, linear work takes 8 times as long and quadratic work 64 times.
    def seconds(characters):
        text = unit * (characters // len(unit))
        timed = []
        for _ in range(3):
            _remembered.cache_clear()
            start = time.process_time()
            normalize(text)
            timed.append(time.process_time() - start)
        return min(timed)

    assert seconds(40_000) < 20 * max(seconds(5_000), 0.0005)
