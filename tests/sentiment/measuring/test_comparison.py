import json
import shutil

import numpy as np
import pytest

from sentiment import Scorer
from sentiment.data.dataset import Example
from sentiment.errors import DataError
from sentiment.measuring.compare import as_files, as_markdown, compare
from sentiment.measuring.comparison import compare_scored
from sentiment.measuring.comparison_page import verdict
from sentiment.measuring.evaluation import Scored, evaluate_scored
from sentiment.text.encoded_texts import EncodedTexts
from tests.sentiment.measuring.test_page import Elements
from tests.sentiment.spoiling import rewrite
from tests.sentiment.texts import make_texts

LABELS = ("negative", "neutral", "positive")


def scored(expected, predicted, sure=0.8):
    """Give texts with predictions of that probability."""
    shares = np.full((len(expected), 3), (1 - sure) / 2, np.float32)
    shares[np.arange(len(expected)), predicted] = sure
    encoded = EncodedTexts.of([np.array([5], np.int32).tobytes()] * len(expected))
    texts = [f"text {place}" for place in range(len(expected))]
    return Scored(texts, encoded, np.array(expected), shares)


def compared(expected, first, second, **options):
    both = scored(expected, first), scored(expected, second, 0.9)
    reports = tuple(
        evaluate_scored(each, LABELS, name) for each, name in zip(both, "ab", strict=True)
    )
    return compare_scored(both, reports, **options)


EXPECTED = [0, 0, 1, 1, 2, 2, 2]
FIRST = [0, 1, 1, 1, 2, 0, 1]
SECOND = [0, 0, 1, 2, 2, 1, 2]


def test_labels_that_changed_are_counted_by_what_became_of_them():
    found = compared(EXPECTED, FIRST, SECOND).changes
    assert [(each.first, each.second, each.examples) for each in found] == [
        ("neutral", "positive", 2),
        ("negative", "neutral", 1),
        ("neutral", "negative", 1),
    ]
    assert [(each.mended, each.spoilt) for each in found] == [(1, 1), (0, 0), (1, 0)]


def test_the_texts_that_changed_most_are_shown_unless_they_must_not_be():
    found = compared(EXPECTED, FIRST, SECOND).changed
    assert [each.text for each in found] == ["text 1", "text 3", "text 5", "text 6"]
    assert (found[0].label, found[0].first, found[0].second) == ("negative", "neutral", "negative")
    assert found[0].first_probability == pytest.approx(0.8)
    # From (0.1, 0.8, 0.1) to (0.9, 0.05, 0.05).
    assert found[0].change == pytest.approx((0.8 + 0.75 + 0.05) / 2)
    assert compared(EXPECTED, FIRST, SECOND, show_texts=False).changed == ()


def test_mcnemars_test_looks_at_the_texts_that_only_one_is_right_about():
    found = compared(EXPECTED, FIRST, SECOND).mcnemar
    assert (found.only_first, found.only_second) == (1, 2)
    assert found.p_value == 1
    sure = compared([0] * 40, [1] * 10 + [0] * 30, [0] * 40).mcnemar
    assert (sure.only_first, sure.only_second) == (0, 10)
    assert sure.p_value == pytest.approx(2 * 0.5**10)


def test_a_model_beside_itself_differs_in_nothing():
    found = compared(EXPECTED, FIRST, FIRST)
    assert (found.changes, found.changed) == ((), ())
    assert found.mcnemar.p_value == 1
    assert found.differences.macro_recall.wins == 0
    assert "Neither is surely better" in verdict(found)


def test_who_is_better_is_said_with_its_name():
    wrong = [0] * 60
    right = [0, 1, 2] * 20
    assert verdict(compared(right, wrong, right)).startswith("b is better by macro recall")
    assert verdict(compared(right, right, wrong)).startswith("a is better by macro recall")
    assert "p < 0.0001" in verdict(compared(right, right, wrong))


def test_kinds_of_texts_have_the_difference_of_both():
    (length, unknown, emoji) = compared(EXPECTED, FIRST, SECOND).slices
    assert (length.by, unknown.by, emoji.by) == ("length", "unknown words", "emoji")
    assert length.macro_recall.difference == pytest.approx(length.second - length.first)
    assert length.few


def test_two_bundles_are_compared_and_the_page_runs_nothing(small_scorer, tmp_path, small_bundle):
    other = shutil.copytree(small_bundle, tmp_path / "m")
    rewrite(other, lambda manifest: manifest.update(name="other"))
    examples = [Example(f"<script>{text}</script>", label) for text, label in make_texts(30)]
    found = compare(small_scorer, Scorer.load(other), examples)
    files = as_files(found)
    content = json.loads(files["report.json"])
    assert content["first"]["model"].startswith("small@")
    assert content["second"]["model"].startswith("other@")
    assert content["differences"]["accuracy"]["difference"] == 0
    elements = Elements(files["report.html"].decode())
    assert "script" not in elements.names
    assert elements.names.count("svg") == 5
    assert "Other thresholds" in elements.texts
    assert "other@" in as_markdown(found)


def test_the_page_shows_the_curves_and_the_surest_mistakes_of_both():
    found = compared(EXPECTED, FIRST, SECOND)
    texts = Elements(as_files(found)["report.html"].decode()).texts
    assert "The surest mistakes" in texts
    assert texts.count("text 5") == 3  # Both are wrong about it, and it changed.
    for each in (found.first, found.second):
        assert f"{each.curves['neutral'].roc_area:.3f}" in texts


def test_labels_in_another_order_are_the_same_labels(small_scorer, tmp_path, small_bundle):
    other = shutil.copytree(small_bundle, tmp_path / "m")
    rewrite(other, lambda manifest: manifest.update(labels=["positive", "neutral", "negative"]))
    examples = [Example(*pair) for pair in make_texts(30)]
    found = compare(small_scorer, Scorer.load(other), examples)
    assert found.second.labels == found.first.labels
    assert found.second.accuracy < 0.5  # For now it calls good what is bad.


def test_models_of_other_labels_are_not_compared(small_scorer, tmp_path, small_bundle):
    other = shutil.copytree(small_bundle, tmp_path / "m")
    rewrite(other, lambda manifest: manifest.update(labels=["bad", "neutral", "good"]))
    with pytest.raises(DataError, match="bad, neutral, good: compare models of the same labels"):
        compare(small_scorer, Scorer.load(other), [Example("hi", "neutral")])
