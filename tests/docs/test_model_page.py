"""docs/model.md, the README and the model's card tell what the shipped model is and does."""

import csv
import json

import pytest

from sentiment.scorer import Scorer
from tests.sentiment.tweets import DEFAULT, ROOT

TEXTS = ROOT / "examples" / "limits.csv"
PAGE, README = ROOT / "docs" / "model.md", ROOT / "README.md"


def words(path):
    """Give what a page says, however its lines are broken."""
    return " ".join(path.read_text(encoding="utf-8").split())


def lines_of(scorer):
    """Give a line of the table for each kind of text."""
    with TEXTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for kind in dict.fromkeys(row["kind"] for row in rows):
        some = [row for row in rows if row["kind"] == kind]
        batch = scorer.prepare([row["text"] for row in some])
        said = [scorer.labels[place] for place in scorer.score(batch).argmax(axis=1)]
        right = sum(row["label"] == label for row, label in zip(some, said, strict=True))
        called = " | ".join(str(said.count(label)) for label in scorer.labels)
        yield f"| {kind} | {right} of {len(some)} | {called} | {batch.unknown_ratio:.0%} |"


def facts():
    """Give what pages say of the bundle: the page, and what is to be in it."""
    bundle = json.loads((DEFAULT / "bundle.json").read_text(encoding="utf-8"))
    teaching, own = bundle["teaching"], bundle["metrics"]["validation"]
    together, recall = teaching["together"]["validation"], own["intervals"]["macro_recall"]
    learnt = sum(bundle["data"]["counts"]["train"].values())
    figures = "| {macro_recall:.3f} | {accuracy:.3f} |".format
    yield PAGE, f"The {own['examples']:,} from"
    yield PAGE, f"{learnt:,} are learnt from"
    yield PAGE, f"{teaching['texts']['invented']:,} of pieces of the tweets"
    yield PAGE, f"of the {bundle['network']['vocabulary_size']:,} words that it knows"
    yield PAGE, f"| `models/default` {figures(**own)}"
    yield PAGE, f"| its three teachers, all together {figures(**together)}"
    yield README, f"learnt from {learnt:,} tweets"
    yield README, f"On the {own['examples']:,} tweets"
    interval = f"({recall['low']:.3f} to {recall['high']:.3f})"
    yield README, f"macro recall of {own['macro_recall']:.3f} {interval}"


def test_the_page_tells_how_it_does_on_kinds_of_texts_that_it_is_not_good_at():
    lines = list(lines_of(Scorer.load(DEFAULT)))
    assert len(lines) == 9
    page = PAGE.read_text(encoding="utf-8")
    assert "\n".join(lines) in page, "in docs/model.md it should say:\n" + "\n".join(lines)


@pytest.mark.parametrize(("page", "told"), list(facts()))
def test_pages_tell_the_figures_of_the_bundle(page, told):
    assert told in words(page)


def test_the_card_tells_what_was_tried():
    assert words(ROOT / "models" / "about-default.md") in words(DEFAULT / "README.md")
