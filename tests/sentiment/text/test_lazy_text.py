import re

from hypothesis import given
from hypothesis import strategies as st

from sentiment.text.lazy_text import cut_at_spaces, substituted

LETTERS = re.compile("[ab]+")


def upper(match):
    return match[0].upper()


@given(st.text("ab c"))
def test_what_is_substituted_lazily_is_what_sub_gives(text):
    assert "".join(substituted(LETTERS, upper, text)) == LETTERS.sub(upper, text)


def test_what_is_not_asked_for_is_not_made():
    made = []

    def note(match):
        made.append(match[0])
        return match[0]

    parts = substituted(LETTERS, note, "a b a b")
    assert [next(parts), next(parts)] == ["", "a"]
    assert made == ["a"]


@given(st.lists(st.text("a \n")))
def test_a_text_is_cut_after_spaces_only(chunks):
    parts = list(cut_at_spaces(chunks))
    assert "".join(parts) == "".join(chunks)
    assert all(part.endswith(" ") for part in parts[:-1])
    assert "" not in parts


def test_each_space_lets_go_of_what_comes_before_it():
    chunks = iter(["one tw", "o", " three", " "])
    parts = cut_at_spaces(chunks)
    assert next(parts) == "one "
    assert next(parts) == "two "
    assert list(chunks) == [" "]
