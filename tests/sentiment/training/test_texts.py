import json

import pytest

from sentiment.data.row import Columns
from sentiment.data.split import Shares
from sentiment.training.texts import TextsPlan, read_texts
from tests.sentiment.texts import make_texts, write_jsonl

COLUMNS = Columns(label="label")


@pytest.fixture
def said():
    """Give a list for what is told."""
    return []


def test_each_fold_is_rid_of_the_giveaways_of_its_own_training_texts(tmp_path, said):
    # Half of what says "header" is in each of two folds, too few there to be a giveaway.
    pairs = [
        (f"{'header ' if place % 20 == 0 else ''}{text}", label)
        for place, (text, label) in enumerate(make_texts(600, ("negative", "positive")))
    ]
    path = write_jsonl(tmp_path / "a.jsonl", pairs)
    plan = TextsPlan([path], [], [], COLUMNS, Shares(), remove_giveaways=True, folds=2)
    texts = read_texts(plan, 0, said.append)
    assert not any("header" in each.text for each in texts.parts.train)
    for fold in texts.splits:
        assert any("header" in each.text for each in fold.train)


def test_probabilities_that_overrule_a_label_are_told(tmp_path, said):
    path = tmp_path / "a.jsonl"
    rows = [
        {
            "text": text,
            "label": label,
            "probabilities": {"negative": 0.75, "positive": 0.25} if place < 40 else {},
        }
        for place, (text, label) in enumerate(make_texts(80, ("negative", "positive")))
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    texts = read_texts(TextsPlan([path], [], [], COLUMNS, Shares(0.1, 0)), 0, said.append)
    soft = [each for each in texts.parts.train if each.probabilities]
    at_odds = sum(each.label == "positive" for each in soft)
    assert texts.facts.findings["overruled"] == at_odds > 10
    assert (
        f"{at_odds} texts with another likeliest label than their own, of {len(soft)} with "
        "probabilities: both count, as --soft-share weighs them ("
    ) in said[-1]
