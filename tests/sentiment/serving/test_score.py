import io
import json
import math
import tracemalloc

import pytest

from sentiment.data.lines import Lines
from sentiment.data.row import Columns
from sentiment.serving.score import score_rows
from tests.sentiment.texts import make_texts

TEXT = Columns()


@pytest.fixture
def score(small_scorer, tmp_path):
    """Give a function that scores a file and returns the records and the warnings."""

    def run(content, columns=TEXT, name="file", explain=None):
        path = tmp_path / name
        path.write_text(content)
        output, warnings = io.BytesIO(), []
        score_rows(small_scorer, Lines(path), columns, None, output, warnings.append, explain)
        return [json.loads(line) for line in output.getvalue().splitlines()], warnings

    return run


def test_each_line_becomes_a_record(score, small_scorer):
    records, warnings = score("I love it\nthis is awful\n")
    assert [record["text"] for record in records] == ["I love it", "this is awful"]
    assert [record["label"] for record in records] == ["positive", "negative"]
    first = records[0]
    assert list(first) == ["text", "label", "probabilities", "model"]
    assert list(first["probabilities"]) == ["negative", "neutral", "positive"]
    assert sum(first["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert first["model"] == small_scorer.model_id
    assert warnings == []


def test_ids_are_kept_as_they_came(score):
    records, _ = score('{"text": "a", "id": 7}\n{"text": "b", "id": "007"}\n{"text": "c"}\n')
    assert [record.get("id") for record in records] == [7, "007", None]
    assert "id" not in records[2]


def test_csv_is_scored_too(score):
    records, _ = score("id,tweet\n7,happy\n", Columns(text="tweet"))
    assert (records[0]["id"], records[0]["text"]) == ("7", "happy")


def test_many_texts_stay_in_order(score):
    texts = [f"text {number} {'happy ' * (number % 30)}" for number in range(5000)]
    records, _ = score("\n".join(texts))
    assert [record["text"] for record in records] == texts


def test_a_malformed_line_is_reported_and_the_others_are_scored(score, tmp_path):
    records, warnings = score('{"text": "a"}\n{"text": 1}\n{"text": "b"}\n')
    assert [record["text"] for record in records] == ["a", "b"]
    assert warnings == [f"{tmp_path / 'file'}:2: has no 'text' that is a string; left out"]


def test_half_an_emoji_leaves_as_it_came(score):
    records, _ = score('{"text": "\\ud83d x"}\n')
    assert records[0]["text"] == "\ud83d x"


def test_an_empty_file_gives_nothing(score):
    assert score("") == ([], [])


def test_a_large_file_is_not_held_in_memory(small_scorer, tmp_path):
    path = tmp_path / "large"
    path.write_text(("so happy to be here today with all of you " * 20 + "\n") * 10_000)

    class Discarded(io.BytesIO):
        def writelines(self, lines):
            for _ in lines:
                pass

    tracemalloc.start()
    score_rows(small_scorer, Lines(path), Columns(), None, Discarded(), print)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < path.stat().st_size / 2


def test_the_strongest_n_grams_are_added_when_asked_for(score):
    records, _ = score("I love it\nthis is awful\n", explain=2)
    assert list(records[0]) == ["text", "label", "probabilities", "model", "evidence"]
    for record in records:
        assert len(record["evidence"]) == 2
        first, second = record["evidence"]
        assert list(first) == ["text", "start", "end", "label", "weight"]
        assert first["weight"] >= second["weight"] > 0
        assert first["label"] == record["label"]
        assert record["text"][first["start"] : first["end"]] == first["text"]
    assert "awful" in records[1]["evidence"][0]["text"]


def test_evidence_changes_nothing_else(score):
    texts = "".join(f"{text}\n" for text, _ in make_texts(50))
    plain, _ = score(texts)
    explained, _ = score(texts, explain=1)
    assert [record | {"evidence": record.get("evidence")} for record in plain] != explained
    assert [{key: record[key] for key in plain[0]} for record in explained] == plain


def test_what_all_n_grams_and_the_bias_say_adds_up_to_the_logarithms(score):
    records, _ = score("I love it @bob 😂\nthis is awful :(\nba be bi\n", explain="all")
    for record in records:
        logarithms = {label: math.log(share) for label, share in record["probabilities"].items()}
        mean = sum(logarithms.values()) / len(logarithms)
        for label, share in record["probabilities"].items():
            said = sum(ngram["weights"][label] for ngram in record["evidence"])
            # Probabilities have six decimals, weights too.
            rounding = sum(5e-7 / each for each in record["probabilities"].values())
            expected = logarithms[label] - mean
            assert record["bias"][label] + said == pytest.approx(expected, abs=rounding + 1e-4), (
                share
            )
        for ngram in record["evidence"]:
            assert (
                ngram["weight"]
                == ngram["weights"][ngram["label"]]
                == max(ngram["weights"].values())
            )


def test_a_text_of_nothing_has_no_evidence_but_its_bias(score):
    records, _ = score('{"text": ""}\n', explain="all")
    assert records[0]["evidence"] == []
    assert list(records[0]["bias"]) == ["negative", "neutral", "positive"]
