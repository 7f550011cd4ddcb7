"""docs/model.md tells what the shipped model does."""

import csv

from sentiment.scorer import Scorer
from tests.sentiment.tweets import DEFAULT, ROOT

TEXTS = ROOT / "examples" / "limits.csv"


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


def test_the_page_tells_how_it_does_on_kinds_of_texts_that_it_is_not_good_at():
    lines = list(lines_of(Scorer.load(DEFAULT)))
    assert len(lines) == 9
    page = (ROOT / "docs" / "model.md").read_text()
    assert "\n".join(lines) in page, "in docs/model.md it should say:\n" + "\n".join(lines)
