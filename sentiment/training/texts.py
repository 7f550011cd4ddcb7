"""The texts of a training: read, split, and looked through for leaks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sentiment.counting import counted
from sentiment.data.class_names import check_renames
from sentiment.data.content import hashes
from sentiment.data.dataset import Dataset, Example, count_labels, fingerprint, read_labelled
from sentiment.data.decoding import AUTO
from sentiment.data.findings import DEFAULT_RULES, Rules, overruled
from sentiment.data.folds import folds
from sentiment.data.giveaways import look_for_giveaways
from sentiment.data.row import Columns
from sentiment.data.split import Parts, Shares, split
from sentiment.storage.manifest import DataFacts


@dataclass(frozen=True, slots=True)
class TextsPlan:
    """Which texts a training is about.

    Attributes:
        data: Files or folders of labelled texts.
        validation: Files to validate with; a share of the data when empty.
        test: Files to measure with; a share of the data when empty.
        columns: Where the files have text and label.
        shares: Shares of the data to hold out.
        weights: How much the texts of each file of `data` count; all the same without any.
        encoding: Of what is not UTF-8; "auto" to detect it.
        rules: How texts come into parts, and what is taken out of these.
        remove_giveaways: Whether tokens that give the label away are taken out of the texts to
            learn from.
        folds: Networks to train on parts of the data only to tell how much figures vary; 0 for
            none.
    """

    data: Sequence[Path]
    validation: Sequence[Path]
    test: Sequence[Path]
    columns: Columns
    shares: Shares
    weights: Sequence[float] = ()
    encoding: str = AUTO
    rules: Rules = DEFAULT_RULES
    remove_giveaways: bool = False
    folds: int = 0


class Texts(NamedTuple):
    """The texts of a training.

    Attributes:
        parts: Those to train and measure with.
        splits: Those of each fold; none unless they were asked for.
        facts: What a bundle says of them.
    """

    parts: Parts
    splits: list[Parts]
    facts: DataFacts


def read_texts(
    plan: TextsPlan, seed: int, say: Callable[[str], None], *, show_texts: bool = True
) -> Texts:
    """Read the texts, split them, and look for leaks.

    Args:
        plan: Which texts.
        seed: Of the split.
        say: Receives lines about what was found and left out.
        show_texts: Whether some of what was found is in these lines.

    Raises:
        DataError: They cannot be read, or cannot be split.
        SettingsError: What is asked for cannot be.
    """

    def read(paths: Sequence[Path], weights: Sequence[float] = ()) -> Dataset:
        return read_labelled(paths, plan.columns, say, weights, plan.encoding)

    data = read(plan.data, plan.weights)
    validation = read(plan.validation) if plan.validation else None
    test = read(plan.test) if plan.test else None
    every = [dataset for dataset in (data, validation, test) if dataset]
    seen = {label for dataset in every for label in dataset.original_labels}
    check_renames(plan.columns.renames, seen)
    parts = split(
        data.examples,
        plan.shares,
        seed,
        validation and validation.examples,
        test and test.examples,
        plan.rules,
    )
    found = [*parts.findings]
    train, told = look_for_giveaways(parts.train, remove=plan.remove_giveaways)
    parts = parts._replace(train=train)
    found += filter(None, (told, overruled(train)))
    splits: list[Parts] = []
    if plan.folds:
        share = plan.shares.validation
        splits = folds(data.examples, plan.folds, share, seed, plan.rules)
    if plan.remove_giveaways:
        # Each from its own texts: those of the others are what it is measured with.
        splits = [
            each._replace(train=look_for_giveaways(each.train, remove=True)[0]) for each in splits
        ]
    facts = DataFacts(
        fingerprint=fingerprint(parts.train),
        files=tuple(name for dataset in every for name in dataset.files),
        counts={name: count_labels(examples) for name, examples in by_name(parts).items()},
        duplicates=parts.duplicates,
        held_out_alike=parts.held_out_alike,
        malformed=sum(dataset.malformed for dataset in every),
        split=plan.rules.method,
        findings={each.kind: each.texts for each in found},
        hashes=hashes(plan.data),
        weights=tuple(plan.weights),
        soft_labels=sum(each.probabilities is not None for each in parts.train),
    )
    say(
        ", ".join(f"{len(examples):,} {name}" for name, examples in by_name(parts).items())
        + f" texts; left out {counted(parts.duplicates, 'duplicate')} and "
        f"{counted(parts.held_out_alike, 'text')} like a held-out one"
    )
    for each in found:
        say((each if show_texts else each._replace(shown=())).line())
    return Texts(parts, splits, facts)


def by_name(parts: Parts) -> dict[str, list[Example]]:
    """Return the parts that have texts, by their names."""
    named = {"train": parts.train, "validation": parts.validation, "test": parts.test}
    return {name: examples for name, examples in named.items() if examples}
