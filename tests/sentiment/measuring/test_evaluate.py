import json

import numpy as np
import pytest

from sentiment.data.dataset import Example
from sentiment.errors import DataError
from sentiment.measuring.evaluate import as_files, as_markdown, evaluate
from tests.sentiment.measuring.test_page import Elements
from tests.sentiment.texts import make_texts

HOSTILE = "<script>alert('love')</script> great best happy"


@pytest.fixture
def evaluation(small_scorer):
    """Give the report on texts that the small model has not seen."""
    return evaluate(small_scorer, [Example(*pair) for pair in make_texts(60, seed=5)])


def test_a_model_is_measured_with_labelled_texts(evaluation):
    assert evaluation.examples == 60
    assert evaluation.macro_recall > 0.9
    assert sum(map(sum, evaluation.confusion)) == 60
    assert evaluation.intervals.macro_recall.low <= evaluation.macro_recall


def test_the_json_holds_what_is_promised(evaluation, small_scorer):
    promised = {"examples", "accuracy", "macro_recall", "macro_f1", "per_class", "confusion"}
    content = json.loads(as_files(evaluation)["report.json"])
    assert promised <= content.keys()
    assert as_files(evaluation)["report.json"].endswith(b"}\n")
    assert content["model"] == small_scorer.model_id
    assert set(content["per_class"]) == {"negative", "neutral", "positive"}
    assert set(content["curves"]) == set(content["per_class"])
    assert content["calibration"]["ece"] < content["calibration_before"]["ece"]


def test_the_tables_have_columns_of_one_width(evaluation):
    lines = [line for line in as_markdown(evaluation).splitlines() if line.startswith("| ")]
    assert len(lines) == 3 + 5 + 5 + 4
    assert len({len(line) for line in lines[3:8]}) == 1


def test_the_page_shows_the_worst_mistakes_and_runs_none_of_them(small_scorer):
    examples = [Example(*pair) for pair in make_texts(30, seed=5)]
    page = as_files(evaluate(small_scorer, [*examples, Example(HOSTILE, "negative")]))[
        "report.html"
    ].decode()
    elements = Elements(page)
    assert "script" not in elements.names
    assert HOSTILE in elements.texts
    assert elements.names.count("svg") == 3


def test_texts_stay_out_of_the_report_when_told_to(small_scorer):
    files = as_files(evaluate(small_scorer, [Example(HOSTILE, "negative")], show_texts=False))
    assert not any(b"great best happy" in content for content in files.values())


@pytest.mark.parametrize("pairs", [[("so happy", "positive")], make_texts(9, ("negative",))])
def test_one_text_and_one_label_are_enough(small_scorer, pairs):
    evaluation = evaluate(small_scorer, [Example(*pair) for pair in pairs])
    assert evaluation.curves == {}
    assert evaluation.per_class["neutral"].recall is None
    assert np.isfinite(evaluation.calibration.log_loss)
    assert "–" in as_markdown(evaluation)
    assert f"Measured with {len(pairs)} text" in as_markdown(evaluation)
    assert len(as_files(evaluation)) == 2


def test_a_label_that_the_model_does_not_know_is_an_error(small_scorer):
    with pytest.raises(DataError, match="'joy', which the model small does not know"):
        evaluate(small_scorer, [Example("hi", "joy")])
