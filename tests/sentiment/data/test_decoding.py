import pytest

from sentiment.data.decoding import Decoding
from sentiment.errors import SettingsError


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "caf\u00e9 is great"),
        ("cp1252", "sch\u00f6ne Gr\u00fc\u00dfe aus M\u00fcnchen \u00fcber alles"),
        ("cp1251", "Очень плохой фильм, не понравилось"),
        ("koi8_r", "Привет, как дела? Всё хорошо сегодня"),
        ("cp1250", "Zażółć gęślą jaźń, bardzo dobry dzień"),
        ("gb18030", "今天天气很好，我很高兴"),
        ("cp932", "今日はとてもいい天気ですね"),
    ],
)
def test_the_encoding_is_told_from_one_line(encoding, text):
    assert Decoding().text(text.encode(encoding)) == text


def test_further_lines_help_to_tell_it():
    lines = ["5 звёзд", "Привет, как дела? Всё хорошо сегодня", "Очень плохой фильм"]
    given = [line.encode("koi8_r") for line in lines]
    assert Decoding().text(given[0], given[1:]) == lines[0]


def test_an_encoding_that_is_told_is_used_where_a_line_is_not_utf_8():
    decoding = Decoding("latin-1")
    assert decoding.text("naïve \x85".encode("latin-1")) == "naïve \x85"
    assert decoding.text("naïve".encode()) == "naïve"
    assert (decoding.lines, decoding.replaced) == (1, 0)


@pytest.mark.parametrize("encoding", ["latin-99", "rot13", "utf-16", "utf-32-le", "hex", "\0"])
def test_an_encoding_of_no_lines_is_refused(encoding):
    with pytest.raises(SettingsError, match="--encoding"):
        Decoding(encoding)
