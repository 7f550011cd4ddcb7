import random

import numpy as np
import pytest

from sentiment.data.dataset import Example
from sentiment.data.duplicates import key
from sentiment.data.split import Parts
from sentiment.errors import DataError
from sentiment.teaching import other_texts
from sentiment.teaching.other_texts import Asked, apart, read_unlabelled

LONG = "we went to the old station by the river to see what the report said"
PARTS = Parts(
    train=[Example("what a lovely day", "positive")],
    validation=[Example(f"{LONG} today", "neutral")],
    test=[Example("I hate mondays @bob", "negative")],
    duplicates=0,
    held_out_alike=0,
)


def test_texts_are_read_from_files_of_any_form(tmp_path):
    plain, table = tmp_path / "a.txt", tmp_path / "b.csv"
    plain.write_bytes(b"one tweet\n\n\xff\xfe\nanother 2\n")
    table.write_text("text,label\nthe third,positive\n ,x\n")
    said = []
    assert read_unlabelled([plain, table], "text", "utf-8", said.append) == [
        "one tweet", "another 2", "the third",
    ]  # fmt: skip
    assert said == [f"{plain}:3: is not UTF-8; left out"]


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(DataError, match="none cannot be read: No such file"):
        read_unlabelled([tmp_path / "none"], "text", "auto", print)


@pytest.mark.parametrize(
    ("content", "why"),
    [("", "it is empty"), ('{"full_text": "a"}\n{"full_text": "b"}\n', "line 1 has no")],
)
def test_a_file_without_any_text_is_told(tmp_path, content, why):
    path = tmp_path / "new.jsonl"
    path.write_text(content)
    with pytest.raises(DataError, match=f"new.jsonl has no text to label: {why}"):
        read_unlabelled([path], "text", "auto", lambda _: None)


def test_what_is_held_out_or_there_already_is_left_out():
    said = []
    texts = [
        "What a lovely DAY!",
        "new here",
        f"{LONG}!",
        "new here",
        "i hate mondays http://t.co/x",
    ]
    assert apart({"unlabelled": texts}, PARTS, said.append) == {"unlabelled": ["new here"]}
    assert said == ["1 unlabelled text; left out 2 texts like a held-out one and 2 duplicates"]


def test_each_kind_is_told_and_may_say_what_another_says():
    said = []
    texts = {"unlabelled": ["new here", "What a lovely DAY!"], "invented": ["New here!"]}
    assert apart(texts, PARTS, said.append) == {
        "unlabelled": ["new here"],
        "invented": ["New here!"],
    }
    assert said == [
        "1 unlabelled text; left out 0 texts like a held-out one and 1 duplicate",
        "1 invented text; left out 0 texts like a held-out one and 0 duplicates",
    ]


def test_labelled_texts_are_normalized_once_for_all_kinds(monkeypatch):
    normalized = []
    monkeypatch.setattr(other_texts, "key", lambda text: normalized.append(text) or key(text))
    apart({"unlabelled": ["new here"], "invented": ["newer"]}, PARTS, print)
    labelled = [each.text for each in (*PARTS.validation, *PARTS.test, *PARTS.train)]
    assert normalized == [*labelled, "new here", "newer"]


def test_without_any_nothing_is_said():
    none = {"unlabelled": [], "invented": []}
    assert apart(none, PARTS, pytest.fail) == none


def test_fewer_texts_than_asked_for_are_told():
    train = [Example("so sad", "negative"), Example("so very nice", "positive")]
    said = []
    asked = Asked.of(
        PARTS._replace(train=train), np.array([0, 1]), [], 1_000_000, [], random.Random(1),
        said.append,
    )  # fmt: skip
    assert said[0].startswith("--invent 1,000,000: no more than ")
    assert said[0].endswith(" can be made of so few texts")
    assert 0 < len(asked.invented) < 100
