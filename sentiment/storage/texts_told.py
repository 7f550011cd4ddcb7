"""What a model card and a training's report tell of the texts: split, counts, what was found."""

from collections.abc import Iterable

from sentiment.counting import counted
from sentiment.measuring import tables
from sentiment.measuring.page import Paragraph, Section, Table
from sentiment.storage.manifest import Manifest

FOLDS = "Networks of the same settings, each measured with a fold that it has not seen:"
_SPLITS = {
    "shuffle": "drawn at random within each label",
    "time": "split by time, the latest texts to test with, those before them to validate with",
    "group": "drawn so that all texts of one author are in one part",
}
_FOUND = {
    "exact": "word for word the same as an earlier one",
    "alike": "the same as an earlier one but for handles, links and signs",
    "disputed": "the same as an earlier one, with another label",
    "held out": "to learn from, and the same as a held-out one",
    "near": "to learn from, and nearly the same as a held-out one",
    "author": "by the author of a given held-out one",
    "no author": "without an author that could be read",
    "no time": "without a time that could be read",
    "overruled": "to learn from, with probabilities at odds with their label",
    "giveaways": "with a token that gives the label away",
}


def counts(manifest: Manifest) -> Table:
    """Return a line for each part, with how many texts of each label are in it."""
    rows = [
        (part, *(f"{of.get(label, 0):,}" for label in manifest.labels), f"{sum(of.values()):,}")
        for part, of in manifest.data.counts.items()
    ]
    return Table(("part", *manifest.labels, "all"), rows)


def origin(manifest: Manifest) -> str:
    """Return where the texts are from, how they were split, and how many were left out."""
    data = manifest.data
    weighed = soft = ""
    if data.weights:
        weighed = (
            f" Those to learn from count {listed(f'{weight:g}' for weight in data.weights)}, "
            "in the order of the files."
        )
    if data.soft_labels:
        soft = f" {data.soft_labels:,} of the texts learnt from came with probabilities."
    return (
        f"From {listed(data.files)}; unless given as files of their own, the parts were "
        f"{_SPLITS.get(data.split, data.split)} (seed {manifest.training.seed}).{weighed}{soft} "
        f"Left out: {counted(data.duplicates, 'text')} that said what another one says (but for "
        f"handles, links, case and punctuation), {data.held_out_alike:,} the same as or near to a "
        f"held-out one, and {counted(data.malformed, 'row')} that could not be read. "
        "Fingerprint of the training texts: "
    )


def found(manifest: Manifest) -> str:
    """Return what was found that may flatter the figures; nothing where nothing was."""
    findings = manifest.data.findings
    if not findings:
        return ""
    each = "; ".join(f"{_FOUND.get(kind, kind)}: {texts:,}" for kind, texts in findings.items())
    return f"Found among the texts, whether kept or left out: {each}."


def sections(manifest: Manifest) -> list[Section]:
    """Return what a training's report tells of its texts, and of its folds if there were any."""
    told = [f"{origin(manifest)}{manifest.data.fingerprint}.", found(manifest)]
    paragraphs = [Paragraph(text) for text in told if text]
    shown = [Section("The texts", [counts(manifest), *paragraphs])]
    if manifest.folds:
        shown.append(Section("Folds", [Paragraph(FOLDS), tables.folds(manifest.folds)]))
    return shown


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence has them: "a, b and c"."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
