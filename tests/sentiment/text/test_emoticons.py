import emoji
import pytest

from sentiment.text.emoticons import _FORMS, emoticons_to_words


@pytest.mark.parametrize(
    ("emoticon", "words"),
    [
        (":)", "smiling face"),
        (":-))", "smiling face"),
        ("(:", "smiling face"),
        ("^_^", "smiling face"),
        (":(", "frowning face"),
        ("):", "frowning face"),
        (":'(", "crying face"),
        ("T_T", "crying face"),
        (";-)", "winking face"),
        (":D", "grinning face"),
        ("xD", "grinning face"),
        ("XDDD", "grinning face"),
        (":P", "face with tongue"),
        (":o", "face with open mouth"),
        (":*", "face blowing a kiss"),
        (":/", "confused face"),
        ("-_-", "expressionless face"),
        ("<3", "red heart"),
        ("</3", "broken heart"),
    ],
)
def test_an_emoticon_becomes_the_words_of_its_emoji(emoticon, words):
    assert emoticons_to_words(emoticon).strip() == words
    assert emoticons_to_words(f"nice {emoticon}").split() == ["nice", *words.split()]


@pytest.mark.parametrize(
    "text",
    [
        "http://x.y",
        "10:00",
        "at 8:05",
        "(see: this)",
        "maxD",
        "xDrive",
        "f(x)",
        "a<30",
        "12:0",
        "c:/d",
    ],
)
def test_what_only_looks_like_one_stays(text):
    assert emoticons_to_words(text) == text


@pytest.mark.parametrize("words", _FORMS)
def test_its_words_are_the_name_of_an_emoji(words):
    assert emoji.emojize(f":{words.replace(' ', '_')}:").startswith(":") is False
