import pytest

from sentiment.inspecting.scripts import script


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hello", "LATIN"),
        ("so schön 😀", "LATIN"),
        ("Очень плохой film", "CYRILLIC"),
        ("今日はとてもいい天気ですね", "CJK"),
        ("오늘 날씨가 좋네요", "HANGUL"),
        ("مرحبا كيف حالك", "ARABIC"),
        ("😀 !!", "none"),
        ("123", "none"),
        ("", "none"),
        ("\ud83d", "none"),
    ],
)
def test_a_text_is_of_the_script_that_most_of_its_letters_have(text, name):
    assert script(text) == name
