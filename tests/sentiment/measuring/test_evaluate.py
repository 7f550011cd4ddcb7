import json

import pytest

from sentiment.data.dataset import Example
from sentiment.errors import DataError
from sentiment.measuring.evaluate import as_json, as_markdown, evaluate, write
from tests.sentiment.texts import make_texts


@pytest.fixture
def report(small_scorer):
    """Give the report on texts that the small model has not seen."""
    return evaluate(small_scorer, [Example(*pair) for pair in make_texts(60, seed=5)])


def test_a_model_is_measured_with_labelled_texts(report):
    assert report.examples == 60
    assert report.macro_recall > 0.9
    assert sum(map(sum, report.confusion)) == 60


def test_the_json_holds_what_is_promised(report):
    promised = {"examples", "accuracy", "macro_recall", "macro_f1", "per_class", "confusion"}
    content = json.loads(as_json(report, "small@12345678"))
    assert promised <= content.keys()
    assert content["model"] == "small@12345678"
    assert set(content["per_class"]) == {"negative", "neutral", "positive"}


def test_the_tables_have_columns_of_one_width(report):
    lines = [line for line in as_markdown(report, "m").splitlines() if line.startswith("| ")]
    assert len(lines) == 3 + 5 + 5
    assert len({len(line) for line in lines[3:8]}) == 1


def test_both_are_written_into_a_folder(report, tmp_path):
    write(report, "m", tmp_path / "new" / "folder")
    assert json.loads((tmp_path / "new" / "folder" / "report.json").read_text())["examples"] == 60
    assert "macro recall" in (tmp_path / "new" / "folder" / "report.md").read_text()


def test_a_report_cannot_be_written_into_a_file(report, training_file):
    with pytest.raises(DataError, match="no report can be written"):
        write(report, "m", training_file)


def test_a_label_that_the_model_does_not_know_is_an_error(small_scorer):
    with pytest.raises(DataError, match="'joy', which the model small does not know"):
        evaluate(small_scorer, [Example("hi", "joy")])
