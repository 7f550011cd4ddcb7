"""docs/model.md, the README and the model's card tell what the shipped model is and does."""

import csv

import pytest

from sentiment.scorer import Scorer
from sentiment.serving.folded_layout import Layout
from sentiment.storage.manifest import read_manifest
from sentiment.storage.model_card import model_card, read_about
from tests.sentiment.tweets import DEFAULT, ROOT

TEXTS = ROOT / "examples" / "limits.csv"
PAGE, README = ROOT / "docs" / "model.md", ROOT / "README.md"
EVIDENCE, SPEED = ROOT / "docs" / "evidence.md", ROOT / "docs" / "performance.md"
MANIFEST = read_manifest((DEFAULT / "bundle.json").read_bytes())


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
    teaching, network, own = MANIFEST.teaching, MANIFEST.network, MANIFEST.metrics["validation"]
    together, recall = teaching.together["validation"], own.intervals.macro_recall
    learnt = sum(MANIFEST.data.counts["train"].values())
    figures = "| {0.macro_recall:.3f} | {0.accuracy:.3f} |".format
    yield PAGE, f"The {own.examples:,} from"
    yield PAGE, f"{learnt:,} are learnt from"
    yield PAGE, f"{teaching.texts['invented']:,} of pieces of the tweets"
    yield PAGE, f"of the {network.vocabulary_size:,} words that it knows"
    yield PAGE, f"| `models/default` {figures(own)}"
    yield PAGE, f"| its three teachers, all together {figures(together)}"
    yield README, f"learnt from {learnt:,} tweets"
    yield README, f"On the {own.examples:,} tweets"
    interval = f"({recall.low:.3f} to {recall.high:.3f})"
    yield README, f"macro recall of {own.macro_recall:.3f} {interval}"
    called = own.confusion[own.labels.index("neutral")]
    missed, neutral = called[own.labels.index("negative")], sum(called)
    yield PAGE, f"{missed} of the {neutral:,} neutral ones were called negative"
    tables = Layout(network, len(own.labels)).size * 4
    stored = sum(path.stat().st_size for path in DEFAULT.iterdir())
    yield PAGE, f"tables of {tables / 1e6:.0f} MB"
    yield PAGE, f"the bundle has {stored / 1e6:.0f} MB"


def rows_of(path, first):
    """Give the cells of a page's rows that begin with this one."""
    lines = (line for line in path.read_text(encoding="utf-8").splitlines() if line[:1] == "|")
    rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    return [row for row in rows if row[0] == first]


def test_the_page_tells_the_speed_that_was_measured():
    (engine,) = rows_of(SPEED, "folded, Numba, **one thread**")
    workers = rows_of(SPEED, "this worker")
    one, two = (row[3] for row in workers if row[1] == "exactly once" and row[2] in "12")
    times = engine[2].removesuffix("×").split(".")[0]
    told = words(PAGE)
    assert f"{engine[1]} tweets a second, {times} times what Keras does" in told
    assert f"probabilities differ by {engine[3]} at most" in told
    assert f"a worker scores {one} a second exactly once, and two on the same processors {two}" in (
        told
    )


@pytest.mark.parametrize("page", [README, EVIDENCE], ids=lambda page: page.name)
def test_examples_are_of_the_model_that_ships(page):
    assert f'"model": "{Scorer.load(DEFAULT).model_id}"' in page.read_text(encoding="utf-8")


def test_the_page_tells_how_it_does_on_kinds_of_texts_that_it_is_not_good_at():
    lines = list(lines_of(Scorer.load(DEFAULT)))
    assert len(lines) == 9
    page = PAGE.read_text(encoding="utf-8")
    assert "\n".join(lines) in page, "in docs/model.md it should say:\n" + "\n".join(lines)


@pytest.mark.parametrize(("page", "told"), list(facts()))
def test_pages_tell_the_figures_of_the_bundle(page, told):
    assert told in words(page)


def test_the_card_is_what_the_bundle_and_the_words_about_it_say():
    card = model_card(MANIFEST, read_about(ROOT / "models" / "about-default.md"))
    assert card == (DEFAULT / "README.md").read_text(encoding="utf-8")
