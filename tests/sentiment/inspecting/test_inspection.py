import json

import numpy as np
import pytest

from sentiment.data.dataset import Dataset, Example
from sentiment.errors import DataError
from sentiment.inspecting.counted import count
from sentiment.inspecting.doubtful import doubtful
from sentiment.inspecting.inspection import inspect
from sentiment.inspecting.inspection_page import as_files, as_markdown
from sentiment.inspecting.telling import telling
from tests.sentiment.texts import TELLING, make_texts

EXAMPLES = [Example(*pair) for pair in make_texts(300)]


def look(examples, max_tokens=64, **options):
    return inspect(Dataset(list(examples), ("a.csv",), 2, frozenset()), max_tokens, **options)


def test_labels_lengths_and_signs_are_counted():
    more = [Example("@bob 😀 http://x.y", "positive"), Example("Привет", "neutral")]
    found = look([*EXAMPLES, *more])
    assert found.texts == 302
    assert found.labels == {"negative": 100, "neutral": 101, "positive": 101}
    assert found.signs == {"emoji": 1, "handles": 1, "links": 1}
    assert found.scripts == {"LATIN": 301, "CYRILLIC": 1}
    assert (found.lengths.minimum, found.lengths.beyond) == (1, 0)
    assert look(EXAMPLES, max_tokens=4).lengths.beyond == 1
    assert sum(found.all_lengths.values()) == 302


def test_repeated_and_disputed_texts_are_counted_and_shown():
    first, second, third, *_ = EXAMPLES
    again = [
        first,
        second._replace(text=f"@bob {second.text}", label="positive"),
        third._replace(text=f"{third.text} and so on it goes on"),
        Example("what a long and winding road this has been for all of us today", "neutral"),
        Example("what a long and winding road this has been for all of us tonight", "neutral"),
    ]
    found = look([*EXAMPLES, *again])
    repeats = found.repeats
    assert (repeats.exact, repeats.alike, repeats.near) == (1, 1, 1)
    assert (repeats.disputed, repeats.remain) == (1, 303)
    (disputed,) = found.disputed
    assert disputed.labels == ("neutral", "positive")
    assert any("303 texts left" in each for each in found.advice)


def test_the_tokens_that_tell_most_are_those_that_were_put_in():
    found = look(EXAMPLES)
    for label, words in TELLING.items():
        assert {each.token for each in found.telling[label][:6]} == set(words)


def test_a_token_that_all_texts_have_alike_tells_nothing():
    counted = count([["the", "cat"], ["the", "cat"], ["the", "dog"], ["the", "dog"]] * 20)
    cats = telling(counted, np.array([True, True, False, False] * 20))
    assert [(each.token, each.times) for each in cats] == [("cat", 40)]


def test_labels_that_were_exchanged_are_doubted():
    labels = [each.label for each in EXAMPLES]
    exchanged = [3, 100, 200]
    for place in exchanged:
        labels[place] = "positive" if labels[place] == "negative" else "negative"
    counted = count([each.text.split() for each in EXAMPLES])
    doubted = doubtful(counted, labels)
    assert len(doubted) >= 2
    assert {each.place for each in doubted} <= set(exchanged)
    assert all(each.expected == EXAMPLES[each.place].label for each in doubted)


def test_with_too_few_texts_nothing_is_doubted():
    assert look(EXAMPLES[:6]).doubtful == ()


@pytest.mark.parametrize("examples", [EXAMPLES[:1], [Example("!!", "a"), Example("ho", "b")]])
def test_a_few_texts_are_looked_at_too(examples):
    assert as_markdown(look(examples)).startswith("# a.csv: ")


def test_advice_says_what_to_mend():
    few = [*EXAMPLES[:3], *(each for each in EXAMPLES if each.label == "neutral")]
    advice = " ".join(look(few, max_tokens=5).advice)
    assert "'neutral' has 101 times as many texts as 'negative'" in advice
    assert "'negative', 'positive': fewer than 100 texts" in advice
    assert "--max-tokens" in advice
    assert "2 rows could not be read" in advice
    assert "nothing to tell apart" in " ".join(look(EXAMPLES[:1]).advice)


def test_texts_of_strangers_become_no_html_and_upset_no_terminal():
    hostile = "<script>alert(1)</script>\x1b[31m red \u202e"
    found = look([*EXAMPLES, Example(hostile, "<b>x\x1b"), Example(hostile, "neutral")])
    files = as_files(found)
    page = files["inspect.html"].decode()
    assert "<script>" not in page
    assert "<b>x" not in page
    assert "&lt;script&gt;" in page
    assert "<svg" in page
    assert "\x1b" not in as_markdown(found)
    assert json.loads(files["inspect.json"])["texts"] == 302


def test_texts_are_kept_out_where_that_is_asked_for():
    found = look([*EXAMPLES, EXAMPLES[0]._replace(label="neutral")], show_texts=False)
    assert (found.disputed, found.doubtful) == ((), ())
    assert found.repeats.disputed == 1
    assert EXAMPLES[0].text not in as_markdown(found)


def test_more_than_20_labels_are_the_wrong_column():
    with pytest.raises(DataError, match="is it the right column"):
        look([Example(f"text {number}", str(number)) for number in range(21)])
