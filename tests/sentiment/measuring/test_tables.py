import numpy as np

from sentiment.measuring import tables
from sentiment.measuring.markdown import markdown
from sentiment.measuring.report import measure


def test_of_many_labels_the_most_frequent_confusions_are_told():
    labels = tuple("abcdefghij")
    expected = np.arange(100) % 10
    predicted = expected.copy()
    predicted[:30:10] = 4
    predicted[1] = 9
    short = tables.confusion_in_short(measure(expected, predicted, labels))
    assert short.rows == [("a", "e", "3"), ("b", "j", "1")]


def test_of_few_labels_the_whole_matrix_is_told():
    report = measure(np.array([0, 1, 1]), np.array([0, 1, 0]), ("a", "b"))
    assert tables.confusion_in_short(report) == tables.confusion(report)
    assert tables.confusion(report).rows == [("a", "1", "0"), ("b", "1", "1")]


def test_figures_that_only_some_labels_have_are_columns_only_for_these():
    stars = measure(np.array([0, 1, 2]), np.array([0, 2, 2]), ("1", "2", "3"))
    polar = measure(np.array([0, 1]), np.array([0, 1]), ("negative", "positive"))
    other = measure(np.array([0, 1]), np.array([0, 1]), ("x", "y"))
    headers = [tables.results([("a", "test", each)]).header for each in (stars, polar, other)]
    assert headers[0][-1] == "mean error"
    assert headers[1][-1] == "F1 of pos. and neg."
    assert headers[2][-1] == "accuracy"


def test_a_table_in_markdown_has_all_of_its_cells():
    shown = markdown(tables.per_class(measure(np.array([0]), np.array([0]), ("x", "y"))))
    assert [cell.strip() for cell in shown.splitlines()[-1].split("|")[1:-1]] == [
        "y", "–", "–", "–", "0",
    ]  # fmt: skip


def test_a_label_ends_no_cell_and_no_row():
    shown = markdown(tables.per_class(measure(np.array([0]), np.array([0]), ("a|b", "c\nd"))))
    assert len(shown.splitlines()) == 4
    assert "| a\\|b  |" in shown
    assert "| c d " in shown


def test_a_label_cannot_break_a_table_or_reach_the_terminal():
    report = measure(np.array([0, 1, 1]), np.array([0, 1, 0]), ("a|b", "c\x1b[2Jd\n"))
    shown = markdown(tables.per_class(report))
    assert "a\\|b" in shown
    assert "c\ufffd[2Jd" in shown
    assert len(shown.splitlines()) == 4
