"""Whatever bytes a stranger wrote, a terminal prints them and obeys none."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from worker.safe_text import escaped, hexdump, shortened


@given(st.binary(max_size=300))
@example(b"\x1b]0;title\x07\x1b[2J\x00\x9b31m")
@example("\u202egnp.exe\u2066\u200d\ufeff".encode())
@example(b"\xed\xa0\x80 a lone surrogate, and \xff")
def test_only_printable_ascii_comes_out(content):
    assert all(" " <= character <= "~" for character in escaped(content))
    assert all(" " <= character <= "~" for line in hexdump(content) for character in line)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"plain", "plain"),
        (b"a\x00b\nc", r"a\x00b\nc"),
        ("caf\u00e9 \u202e 😀".encode(), r"caf\xe9 \u202e \U0001f600"),
        (b"caf\xe9", r"caf\\xe9"),
        (rb"caf\xe9", r"caf\\xe9"),
    ],
)
def test_what_is_escaped_can_still_be_read(content, text):
    assert escaped(content) == text


def test_a_hexdump_shows_every_byte_and_where_it_is():
    content = bytes(range(0x38, 0x4A))
    assert list(hexdump(content)) == [
        "00000000  38 39 3a 3b 3c 3d 3e 3f 40 41 42 43 44 45 46 47  |89:;<=>?@ABCDEFG|",
        "00000010  48 49                                            |HI|",
    ]


def test_text_is_shortened_to_what_fits():
    assert shortened("12345", 5) == "12345"
    assert shortened("123456", 5) == "12..."
